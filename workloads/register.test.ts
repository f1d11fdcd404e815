import { describe, expect, it } from 'vitest';
import { register } from './register.js';
import { drive } from './testing/drive.js';
import { holdsOnEveryInterleaving, keepsItsPromises, outcome, plan, validities, verdicts } from './testing/promises.js';
import { onSql } from './testing/stores.js';

keepsItsPromises(register);

describe('register', () => {
  it('compares and sets with success often enough, and takes fresh keys', async () => {
    const history = await drive(register, { ...plan, options: { operationsPerKey: 60 } });
    const cas = [...history.events()].filter(({ f, type }) => f === 'cas' && type !== 'invoke');
    expect(cas.filter(({ type }) => type === 'ok').length).toBeGreaterThan(cas.length / 4);
    expect(history.columns.keyNames.length).toBeGreaterThan(8);
  });

  holdsOnEveryInterleaving(register, { ...onSql() });

  it('needs no more than read committed in tables, because a compare-and-set is one statement', async () => {
    expect(await outcome(register, { ...onSql({ isolation: 'read-committed' }) })).toEqual(['valid']);
  });

  it('finds stale reads and lost writes in tables', async () => {
    const stale = await outcome(register, { ...onSql({ bug: 'stale reads' }), bugShare: 0.2 });
    expect(stale).toEqual(expect.arrayContaining(['invalid', 'nonlinearizable']));
    const lost = await outcome(register, { ...onSql({ bug: 'lost commits' }), bugShare: 0.02 });
    expect(lost).toEqual(expect.arrayContaining(['invalid', 'nonlinearizable']));
  });

  it('is valid with few values, too', async () => {
    const options = { values: 'few' };
    const found = await verdicts(register, await drive(register, { ...plan, options }), options);
    expect(validities(found)).not.toContain('invalid');
  });
});
