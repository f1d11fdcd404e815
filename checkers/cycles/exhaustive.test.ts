import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../harness/kit/random.js';
import { readTransactions } from '../transactions/reader.js';
import { noOrder, realTime, sessions } from './brute-force.js';
import { exhaust } from './exhaustive.js';
import { Limits } from './limits.js';
import { historyOf, impossible, smallHistory, type SmallHistory } from './oracle.js';
import { decideRegisters } from './polygraph/decide.js';
import { LEVELS } from './polygraph/levels.js';
import { randomReads } from './polygraph/random-reads.js';

const ORDERS = { none: noOrder, process: sessions, realtime: realTime } as const;

function drawn(seed: number, limit: number): SmallHistory {
  return Random.fromSeed(seed).draw((dice) =>
    dice.chance(0.5) ? smallHistory(dice, 'rw-register', limit, 'open') : randomReads(dice, limit),
  )[0];
}

describe('trying every execution', () => {
  it('agrees with trying every permutation', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const history = drawn(seed, 6);
        for (const { model, isolation, order } of LEVELS) {
          const { possible } = exhaust(history.transactions, isolation, ORDERS[order]);
          expect([model, possible]).toEqual([model, !impossible(history, model)]);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('agrees with the solver on histories too large for permutations', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const history = drawn(seed, 11);
        const transactions = readTransactions(historyOf(history.events), 'rw-register');
        for (const { model, isolation, order } of LEVELS) {
          const { possible } = exhaust(history.transactions, isolation, ORDERS[order]);
          const { kind } = decideRegisters(transactions, isolation, order, new Limits());
          expect([model, kind]).toEqual([model, possible ? 'valid' : 'invalid']);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('refuses what it cannot try', () => {
    const { transactions } = drawn(1, 6);
    const many = Array.from({ length: 32 }, () => transactions[0]);
    expect(() => exhaust(many, 'serializable', noOrder)).toThrow('32 transactions are too many to try all orders');
  });
});
