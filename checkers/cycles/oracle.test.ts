import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../harness/kit/random.js';
import { impossible, ORACLE_MODELS, ruledOut, smallHistory } from './oracle.js';

const seeds = fc.integer();

describe('against brute force over all orders', () => {
  it('rules out a model for lists exactly when no execution exists, once every append was read', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [history] = Random.fromSeed(seed).draw((dice) => smallHistory(dice, 'list-append', 5, 'read'));
        for (const model of ORACLE_MODELS) {
          expect([model, ruledOut(history, model, true)]).toEqual([model, impossible(history, model)]);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['list-append', true],
    ['rw-register', false],
    ['rw-register', true],
  ] as const)('never rules out %s wrongly (writes follow reads: %s)', (family, writesFollowReads) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [history] = Random.fromSeed(seed).draw((dice) => smallHistory(dice, family, 6, 'open'));
        for (const model of ORACLE_MODELS) {
          if (ruledOut(history, model, writesFollowReads))
            expect([model, impossible(history, model)]).toEqual([model, true]);
        }
      }),
      { numRuns: 700 },
    );
  });
});
