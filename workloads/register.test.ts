import { describe, expect, it } from 'vitest';
import { register } from './register.js';
import { drive } from './testing/drive.js';
import { keepsItsPromises, plan, validities, verdicts } from './testing/promises.js';

keepsItsPromises(register);

describe('register', () => {
  it('compares and sets with success often enough, and takes fresh keys', async () => {
    const history = await drive(register, { ...plan, options: { operationsPerKey: 60 } });
    const cas = [...history.events()].filter(({ f, type }) => f === 'cas' && type !== 'invoke');
    expect(cas.filter(({ type }) => type === 'ok').length).toBeGreaterThan(cas.length / 4);
    expect(history.columns.keyNames.length).toBeGreaterThan(8);
  });

  it('is valid with few values, too', async () => {
    const options = { values: 'few' };
    const found = await verdicts(register, await drive(register, { ...plan, options }), options);
    expect(validities(found)).not.toContain('invalid');
  });
});
