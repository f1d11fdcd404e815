import { describe, expect, it } from 'vitest';
import { counter } from './counter.js';
import { holdsOnEveryInterleaving, outcome } from './testing/promises.js';
import { onSql } from './testing/stores.js';

const strict = { consistency: 'strict-serializable' };

describe('counter', () => {
  holdsOnEveryInterleaving(counter, {});
  for (const updates of ['relative', 'computed']) {
    holdsOnEveryInterleaving(counter, { ...onSql(), options: { updates } });
  }

  it('finds lost updates: where clients calculate at read committed, and nowhere else', async () => {
    const lost = { ...onSql({ isolation: 'read-committed' }), options: { updates: 'computed' } };
    expect(await outcome(counter, { ...lost, consistency: 'snapshot-isolation' })).toEqual([
      'invalid',
      'counter-out-of-bounds',
    ]);
    // What read committed allows is listed, and no violation.
    expect(await outcome(counter, { ...lost, consistency: 'read-committed' })).toEqual([
      'valid',
      'counter-out-of-bounds',
    ]);
    for (const isolation of ['snapshot', 'serializable'] as const) {
      const held = { ...onSql({ isolation }), options: { updates: 'computed' }, ...strict };
      expect(await outcome(counter, held)).toEqual(['valid']);
    }
    const relative = { ...onSql({ isolation: 'read-committed' }), consistency: 'read-committed' };
    expect(await outcome(counter, relative)).toEqual(['valid']);
  });

  it('finds acknowledged additions that are gone, at every level', async () => {
    const gone = { ...onSql({ bug: 'lost commits', isolation: 'read-committed' }), bugShare: 0.02 };
    expect((await outcome(counter, { ...gone, consistency: 'read-committed' }))[0]).toBe('invalid');
    expect((await outcome(counter, { bug: 'lost updates', bugShare: 0.02, ...strict }))[0]).toBe('invalid');
  });

  it('finds stale reads where they are forbidden', async () => {
    const stale = { ...onSql({ bug: 'stale reads' }), bugShare: 0.3, unknownShare: 0 };
    expect((await outcome(counter, { ...stale, ...strict }))[0]).toBe('invalid');
    expect((await outcome(counter, { ...stale, consistency: 'serializable' }))[0]).toBe('valid');
  });
});
