import { describe, expect, it } from 'vitest';
import { generate, type Kind } from '../../bench/generate.js';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import { UNLIMITED } from '../checker.js';
import { casRegister } from '../models/register.js';
import { linearizable } from './linearizability.js';
import { partitions, timedOperations } from './partition.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';
import { validateOrder } from './validate.js';

/** Validity, and what is wrong with the order that came with it. */
async function judgeWithOrder(history: History) {
  const verdict = await linearizable(casRegister).check(history, { budget: UNLIMITED, options: { order: true } });
  if (verdict.validity !== 'valid') return { validity: verdict.validity };
  const orders = (verdict.details['order'] ?? {}) as Readonly<Record<string, readonly number[]>>;
  const problems = partitions(history, casRegister).map((partition) => {
    const operations = timedOperations(partition);
    const numbers = new Map(operations.map((one, op) => [history.columns.indices[one.invocation], op]));
    const order = orders[partition.name ?? ''].map((index) => numbers.get(index)!);
    return validateOrder(casRegister, operations, order);
  });
  return { validity: 'valid', problem: problems.find((problem) => problem !== undefined) };
}

describe('a legal order on request', () => {
  it('is accepted by an independent validator (1,500 random histories)', async () => {
    const vocabularies = [
      registers(2, [2, 2, 5]),
      registers(3, [2, 2, 2]),
      registers(3, [2, 4, 0]),
      registers(0, [2, 1, 3]),
      registers(0, [2, 2, 0]),
    ];
    let valid = 0;
    for (let seed = 0; seed < 1500; seed++) {
      const shape = {
        operations: 5 + (seed % 40),
        concurrency: 2 + (seed % 6),
        infoShare: (seed % 3) * 0.05,
        corruption: (seed % 4) * 0.02,
      };
      const history = historyOf(simulate(vocabularies[seed % vocabularies.length], shape, seed));
      const judged = await judgeWithOrder(history);
      if (judged.validity !== 'valid') continue;
      valid++;
      expect(judged.problem, `seed ${seed}`).toBeUndefined();
    }
    expect(valid).toBeGreaterThan(1000);
  });
});

describe('long histories that are valid by construction', () => {
  const cases: readonly (readonly [Kind, number, number])[] = [
    ['cas', 10, 0],
    ['cas', 20, 0.01],
    ['cas', 50, 0.001],
    ['few', 30, 0.01],
    ['unique-cas', 20, 0.01],
    ['register', 20, 0.01],
    ['kv', 20, 0.01],
  ];
  for (const [kind, concurrency, infoShare] of cases) {
    it(`${kind}, 10,000 operations, ${concurrency} open, ${infoShare * 100} % unknown: valid, with an order`, async () => {
      const operations = 10_000;
      const history = generate({ kind, operations, concurrency, infoShare, flaw: 'none', seed: concurrency });
      expect(await judgeWithOrder(history)).toEqual({ validity: 'valid', problem: undefined });
    });
    it(`${kind}, 10,000 operations, ${concurrency} open, one stale read: invalid, shown by a few operations`, async () => {
      const operations = 10_000;
      const history = generate({ kind, operations, concurrency, infoShare, flaw: 'stale', seed: concurrency });
      const verdict = await linearizable(casRegister).check(history, {
        budget: { ...UNLIMITED, timeMs: 60_000 },
        options: {},
      });
      expect(verdict.validity).toBe('invalid');
      expect(verdict.anomalies[0].details?.['operations']).toBeLessThan(100);
    });
  }
});
