import { describe, expect, it } from 'vitest';
import { generate } from '../../bench/generate.js';
import { UNLIMITED } from '../checker.js';
import { casRegister } from '../models/register.js';
import { linearizable } from './linearizability.js';

/**
 * Few values and many cas, for long: mistakes of the frontier engine in what a write of the current value does have shown
 * once in 10⁵ to 10⁶ operations and in no short history. `bench/linearizability-long.ts` goes on where this ends.
 */
describe('100,000 operations, legal by construction, are found legal', () => {
  it.each([
    { values: 2, mix: { reads: 1, writes: 1, cas: 4 }, concurrency: 5, infoShare: 0 },
    { values: 3, mix: { reads: 1, writes: 2, cas: 3 }, concurrency: 10, infoShare: 0 },
    { values: 3, mix: { reads: 2, writes: 1, cas: 3 }, concurrency: 6, infoShare: 0.0005 },
    { values: 5, mix: { reads: 1, writes: 3, cas: 2 }, concurrency: 15, infoShare: 0 },
  ])('%j', async (shape) => {
    const history = generate({ kind: 'cas', operations: 100_000, flaw: 'none', seed: 11, ...shape });
    const { validity, details } = await linearizable(casRegister).check(history, { budget: UNLIMITED, options: {} });
    expect(validity).toBe('valid');
    expect(details['engines']).toEqual({ frontier: 1 });
  });
});
