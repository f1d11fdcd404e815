import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../harness/kit/random.js';
import { readTransactions } from '../../transactions/transactions.js';
import { Limits } from '../limits.js';
import { historyOf, impossible, smallHistory, type SmallHistory } from '../oracle.js';
import { decideRegisters, type Decision } from './decide.js';
import type { Isolation } from './isolation.js';
import type { TimeOrdering } from './time.js';

const LEVELS: readonly (readonly [model: string, isolation: Isolation, order: TimeOrdering])[] = [
  ['serializable', 'serializable', 'none'],
  ['strong-session-serializable', 'serializable', 'process'],
  ['strict-serializable', 'serializable', 'realtime'],
  ['snapshot-isolation', 'snapshot-isolation', 'none'],
  ['strong-session-snapshot-isolation', 'snapshot-isolation', 'process'],
  ['strong-snapshot-isolation', 'snapshot-isolation', 'realtime'],
];

function decide({ events }: SmallHistory, isolation: Isolation, order: TimeOrdering): Decision {
  return decideRegisters(readTransactions(historyOf(events), 'rw-register'), isolation, order, new Limits());
}

describe('against brute force over all executions', () => {
  it('is valid exactly when an execution exists', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [history] = Random.fromSeed(seed).draw((dice) => smallHistory(dice, 'rw-register', 6, 'open'));
        for (const [model, isolation, order] of LEVELS) {
          const { kind } = decide(history, isolation, order);
          expect([model, kind]).toEqual([model, impossible(history, model) ? 'invalid' : 'valid']);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
