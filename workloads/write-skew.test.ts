import { describe, expect, it } from 'vitest';
import { holdsOnEveryInterleaving, outcome } from './testing/promises.js';
import { onSql } from './testing/stores.js';
import { writeSkew } from './write-skew.js';

describe.each([
  ['predicate', 'G2', 'repeatable-read'],
  ['rows', 'G2-item', 'snapshot-isolation'],
])('write-skew by %s', (form, kind, allowing) => {
  const options = { form };
  holdsOnEveryInterleaving(writeSkew, { options });
  holdsOnEveryInterleaving(writeSkew, { ...onSql(), options });

  it.each(['snapshot', 'read-committed'] as const)('finds it at %s', async (isolation) => {
    const skewed = { ...onSql({ isolation }), options };
    expect(await outcome(writeSkew, { ...skewed, consistency: 'serializable' })).toEqual(['invalid', kind]);
    expect(await outcome(writeSkew, { ...skewed, consistency: allowing })).toEqual(['valid', kind]);
  });

  it('finds it where conditions are not checked', async () => {
    const unchecked = { bug: 'unchecked conditions', options, consistency: 'serializable' } as const;
    expect(await outcome(writeSkew, unchecked)).toEqual(['invalid', kind]);
  });
});
