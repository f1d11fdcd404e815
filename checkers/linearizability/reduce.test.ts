import { expect, it } from 'vitest';
import { generate, type Kind } from '../../bench/generate.js';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import { UNLIMITED } from '../checker.js';
import { casRegister } from '../models/register.js';
import { Deadline } from './budget.js';
import { decideRegister } from './decide.js';
import { linearizable } from './linearizability.js';
import { without } from './reduce.js';
import { RegisterReader } from './registers.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';
import { withOneLess } from '../witness/fewer.js';
import { verify } from '../witness/verify.js';
import { withProofs } from '../witness/witness.js';

const UNHURRIED = new Deadline(Number.POSITIVE_INFINITY, 1_000_000);

/** Size of the witness, after holding it to what a witness is; undefined for a legal history. */
async function minimalWitness(history: History): Promise<number | undefined> {
  const verdict = await linearizable(casRegister).check(history, { budget: UNLIMITED, options: {} });
  if (verdict.validity !== 'invalid') return undefined;
  const request = { history, checker: 'linearizable', options: {}, timeMs: 60_000 };
  const [anomaly] = withProofs(verdict, request).anomalies;
  expect(anomaly.details).toMatchObject({ minimal: true });
  expect(anomaly.proven, anomaly.unproven).toBe(true);
  const kept = new Set(anomaly.operations);
  const alone = historyOf([...history.events()].filter((event) => kept.has(event.index)));
  const register = new RegisterReader(alone, { read: 'read', write: 'write', cas: 'cas' }, null).read(
    undefined,
    undefined,
  );
  const { pairs } = alone.columns;
  expect(decideRegister(register, pairs, UNHURRIED).validity).toBe('invalid');
  // Some operations are there only because the whole history has others: they show that those cannot matter. So what is
  // legal without an operation is not the operations alone, but the history: nothing less proves that it is illegal.
  expect(verify(withOneLess(history, anomaly), request).filter(({ proven }) => proven)).toEqual([]);
  return register.count;
}

it('a witness is illegal by itself, and nothing less proves it (150 small illegal histories)', async () => {
  for (let seed = 0, seen = 0; seen < 150; seed++) {
    const vocabulary = [registers(3, [2, 2, 2]), registers(0, [3, 2, 1]), registers(2, [3, 2, 1])][seed % 3];
    const shape = { operations: 60, concurrency: 4, infoShare: 0.02 * (seed % 3), corruption: 0.08 };
    if ((await minimalWitness(historyOf(simulate(vocabulary, shape, seed)))) !== undefined) seen++;
  }
});

it('what is left out of a legal history leaves a legal one, so that what is left of another proves it illegal', () => {
  let [legal, smaller] = [0, 0];
  for (let seed = 0; seed < 400; seed++) {
    const vocabulary = [registers(3, [2, 2, 2]), registers(0, [3, 2, 1]), registers(2, [5, 2, 1])][seed % 3];
    const shape = { operations: 40, concurrency: 4, infoShare: 0.05 * (seed % 3), corruption: 0 };
    const history = historyOf(simulate(vocabulary, shape, seed));
    const { pairs } = history.columns;
    const names = { read: 'read', write: 'write', cas: 'cas' };
    let register = new RegisterReader(history, names, null).read(undefined, undefined);
    if (decideRegister(register, pairs, UNHURRIED).validity !== 'valid') continue;
    legal++;
    // One after the other, from ever smaller histories.
    for (let op = register.count - 1 - (seed % 7); op >= 0; op -= 1 + (seed % 3)) {
      if (op >= register.count) continue;
      const rest = without(register, op);
      if (rest.count === register.count) continue;
      smaller++;
      expect(decideRegister(rest, pairs, UNHURRIED).validity, `seed ${seed}, without ${op}`).toBe('valid');
      register = rest;
    }
  }
  expect(legal).toBe(400);
  expect(smaller).toBeGreaterThan(2000);
});

it('a stale read among thousands of operations with unknown outcomes is told by three', async () => {
  for (const kind of ['register', 'unique-cas', 'cas', 'few'] satisfies Kind[])
    for (const concurrency of [5, 20])
      for (const operations of [1_000, 5_000]) {
        const history = generate({ kind, operations, concurrency, infoShare: 0.01, flaw: 'stale', seed: 7 });
        const size = await minimalWitness(history);
        expect(size, `${kind} ${concurrency} ${operations}`).toBeLessThanOrEqual(4);
      }
});
