import { describe, expect, it } from 'vitest';
import { Random } from '../../harness/kit/random.js';
import { UNLIMITED } from '../checker.js';
import { register } from '../models/register.js';
import { linearizableAcrossRestores } from './linearizable.js';
import { type Defect, record, type Recorded, type StoreShape } from './testing/backed-up-store.js';
import { isLegal } from './testing/brute-force.js';

const checker = linearizableAcrossRestores(register);
const check = async ({ history, restores }: Recorded) =>
  checker.acrossRestores!(history, { budget: UNLIMITED, options: {} }, restores);

function run(seed: number, shape: Partial<StoreShape> & { readonly defect: Defect }): Recorded {
  const whole = { keys: 2, processes: 3, operations: 30, restores: 1, ...shape };
  return Random.fromSeed(seed)
    .fork(shape.defect)
    .draw((dice) => record(dice, whole))[0];
}

const DEFECTS: readonly Defect[] = ['none', 'torn', 'old', 'late', 'empty', 'zombie'];

describe('linearizability across a restore', () => {
  it.each(DEFECTS)('is what trying every order says, with defect %s', async (defect) => {
    let illegal = 0;
    for (let seed = 0; seed < (defect === 'torn' ? 300 : 60); seed++) {
      const recorded = run(seed, { defect, restores: 1 + (seed % 4 === 0 ? 1 : 0) });
      const legal = isLegal(recorded);
      const { validity } = await check(recorded);
      expect(validity, `seed ${seed}`).toBe(legal ? 'valid' : 'invalid');
      if (!legal) illegal++;
    }
    // The defects are there to be seen, and the store without one is never wrong.
    if (defect === 'none') expect(illegal).toBe(0);
    else expect(illegal).toBeGreaterThan(1);
  });

  it('accepts long runs of a correct store, and names what a defect did', async () => {
    const shape = { keys: 3, processes: 4, operations: 160, restores: 2 };
    for (let seed = 0; seed < 4; seed++)
      expect((await check(run(seed, { ...shape, defect: 'none' }))).validity).toBe('valid');
    for (const defect of ['old', 'late', 'empty', 'torn'] as const) {
      const verdicts = await Promise.all([1, 2, 3, 4].map((seed) => check(run(seed, { ...shape, defect }))));
      expect(verdicts.map(({ validity }) => validity)).toContain('invalid');
      for (const { anomalies } of verdicts)
        for (const { operations } of anomalies) expect(operations.length).toBeGreaterThan(0);
    }
  });
});
