import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { fetchAndAdd } from '../models/counter.js';
import { answersFall } from './answers-fall.js';
import { Deadline } from './budget.js';
import { decidePartition } from './decide-partition.js';
import { partitions, timedOperations } from './partition.js';
import { bruteForce } from './testing/oracle.js';
import { simulate } from './testing/random-history.js';
import { vocabularies } from './testing/vocabularies.js';

const type = { kind: 'counter', read: 'read', tells: 'every operation' } as const;

const ROUNDS = 1_500;

const sequential = (steps: readonly (readonly [amount: number, answer: number])[]) =>
  historyOf(
    steps.flatMap(([amount, answer], process) => [
      { process, type: 'invoke' as const, f: 'fetch-and-add', value: amount },
      { process, type: 'ok' as const, f: 'fetch-and-add', value: answer },
    ]),
  );

describe('answers that fall', () => {
  it(`are never those of a legal history (${ROUNDS} histories against brute force)`, () => {
    const seen = { valid: 0, fell: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const shape = {
        operations: 3 + (seed % 7),
        concurrency: 1 + (seed % 4),
        infoShare: (seed % 3) * 0.15,
        corruption: (seed % 2) * 0.25,
      };
      const history = historyOf(simulate(vocabularies['fetch-and-add'] as never, shape, seed));
      for (const partition of partitions(history, fetchAndAdd)) {
        const isLegal = bruteForce(fetchAndAdd, timedOperations(partition));
        const decision = decidePartition(history.columns, fetchAndAdd, partition, {}, new Deadline(10_000, 100_000));
        expect(decision.validity, `seed ${seed}`).toBe(isLegal ? 'valid' : 'invalid');
        if (isLegal) seen.valid++;
        if (decision.engine === 'counter') seen.fell++;
      }
    }
    expect(seen.valid).toBeGreaterThan(ROUNDS / 10);
    expect(seen.fell).toBeGreaterThan(ROUNDS / 20);
  });

  it('are told by the two operations', () => {
    const [partition] = partitions(
      sequential([
        [1, 0],
        [2, 1],
        [1, 2],
      ]),
      fetchAndAdd,
    );
    expect(answersFall(partition, type)).toEqual({ ops: [1, 2], event: 5 });
  });

  it('prove nothing where something may take away', () => {
    const [partition] = partitions(
      sequential([
        [3, 0],
        [-2, 3],
        [1, 1],
      ]),
      fetchAndAdd,
    );
    expect(answersFall(partition, type)).toBeUndefined();
    const decision = decidePartition(
      sequential([
        [3, 0],
        [-2, 3],
        [1, 1],
      ]).columns,
      fetchAndAdd,
      partition,
      {},
      new Deadline(10_000, 100_000),
    );
    expect(decision.validity).toBe('valid');
  });
});
