import { describe, expect, it } from 'vitest';
import { monotonic } from './monotonic.js';
import { holdsOnEveryInterleaving, outcome } from './testing/promises.js';
import { onSql } from './testing/stores.js';

const strict = { consistency: 'strict-serializable' };

describe('monotonic', () => {
  holdsOnEveryInterleaving(monotonic, {});
  for (const updates of ['relative', 'computed']) {
    holdsOnEveryInterleaving(monotonic, { ...onSql(), options: { updates } });
  }

  it('finds answers that go back, as far as the model forbids it', async () => {
    const stale = { ...onSql({ bug: 'stale reads' }), bugShare: 0.3 };
    for (const model of ['strict-serializable', 'sequential']) {
      expect(await outcome(monotonic, { ...stale, consistency: model })).toEqual(['invalid', 'non-monotonic']);
    }
    expect(await outcome(monotonic, { ...stale, consistency: 'serializable' })).toEqual(['valid', 'non-monotonic']);
    const scoped = { ...stale, options: { scope: 'node' }, consistency: 'serializable' };
    expect(await outcome(monotonic, scoped)).toEqual(['invalid', 'non-monotonic']);
  });

  it('finds lost updates by increments that answer the same', async () => {
    const lost = { ...onSql({ isolation: 'read-committed' }), options: { updates: 'computed' } };
    const found = await outcome(monotonic, { ...lost, consistency: 'snapshot-isolation' });
    expect(found).toEqual(expect.arrayContaining(['invalid', 'lost-update']));
    expect((await outcome(monotonic, { ...lost, consistency: 'read-committed' }))[0]).toBe('valid');
    expect((await outcome(monotonic, { bug: 'unchecked conditions', ...strict }))[0]).toBe('invalid');
    const relative = { ...onSql({ isolation: 'read-committed' }), consistency: 'snapshot-isolation' };
    expect(await outcome(monotonic, relative)).toEqual(['valid']);
  });
});
