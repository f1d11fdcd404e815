import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { Dice } from '../../harness/kit/random.js';
import { UNLIMITED } from '../checker.js';
import type { Model } from '../model.js';
import { fetchAndAdd } from '../models/counter.js';
import { kvStore } from '../models/kv-store.js';
import { kv } from '../models/kv.js';
import { multiRegister } from '../models/multi-register.js';
import { queue, stack } from '../models/queue.js';
import { casRegister, register } from '../models/register.js';
import { set } from '../models/set.js';
import { decideSequential } from '../sequential/decide.js';
import { Deadline } from './budget.js';
import { linearizable } from './linearizability.js';
import { partitions, timedOperations } from './partition.js';
import { searchLinearizable } from './search.js';
import { bruteForce } from './testing/oracle.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS * 3;
/** What is easily taken for nothing. */
const ELEMENTS: readonly Json[] = [null, null, 0, '', false];
const element = (dice: Dice) => dice.pick(ELEMENTS);

/** A correct store answers the first of these that its specification accepts. */
function honest<State>(
  model: Model<State>,
  ask: (dice: Dice) => { readonly f: string; readonly input: Json },
  answers: (f: string, input: Json) => readonly Json[],
): Vocabulary<unknown> {
  return {
    model: model as Model<unknown>,
    ask,
    answer: (state, f, input) =>
      answers(f, input).find((output) => model.step(state as State, { f, input, output }) !== undefined),
    corrupt: (dice, f, output) => {
      const others = answers(f, output);
      return others.length > 1 ? dice.pick(others) : output;
    },
  };
}

const takes = (put: string, take: string) => (dice: Dice) =>
  dice.chance(0.5) ? { f: put, input: element(dice) } : { f: take, input: null };
const taken = (take: string) => (f: string) => (f === take ? ELEMENTS : [null]);
const registers = (dice: Dice) => {
  const f = dice.pick(['read', 'write', 'cas']);
  return { f, input: f === 'read' ? null : f === 'write' ? element(dice) : [element(dice), element(dice)] };
};

const vocabularies: Readonly<Record<string, Vocabulary<unknown>>> = {
  queue: honest(queue, takes('enqueue', 'dequeue'), taken('dequeue')),
  stack: honest(stack, takes('push', 'pop'), taken('pop')),
  register: honest(register, (dice) => ({ ...takes('write', 'read')(dice) }), taken('read')),
  'cas-register': honest(casRegister, registers, taken('read')),
  kv: honest(kv, takes('put', 'get'), (f) => (f === 'get' ? ELEMENTS : [null])),
  'kv-store': honest(
    kvStore,
    (dice) => (dice.chance(0.5) ? { f: 'put', input: ['k', element(dice)] } : { f: 'get', input: 'k' }),
    (f) => (f === 'get' ? ELEMENTS : [null]),
  ),
  'multi-register': honest(
    multiRegister,
    (dice) => ({ f: 'txn', input: [dice.chance(0.5) ? ['w', 'x', element(dice)] : ['r', 'x', null]] }),
    (_f, asked) => {
      const [[f, key, value]] = asked as [[string, string, Json]];
      return f === 'w' ? [[[f, key, value]]] : ELEMENTS.map((one) => [[f, key, one]]);
    },
  ),
  set: honest(
    set,
    (dice) => ({ f: dice.pick(['add', 'remove', 'contains']), input: element(dice) }),
    () => [true, false],
  ),
  'fetch-and-add': honest(
    fetchAndAdd,
    (dice) => ({ f: 'fetch-and-add', input: dice.pick([0, 1]) }),
    () => [0, 1, 2, 3, 4, 5, 6],
  ),
};

describe('elements that look like nothing', () => {
  for (const [name, vocabulary] of Object.entries(vocabularies)) {
    it(`are judged as brute force judges them: ${name} (${RUNS} histories)`, async () => {
      const seen = { valid: 0, invalid: 0 };
      for (let seed = 0; seed < RUNS; seed++) {
        const shape = {
          operations: 3 + (seed % 6),
          concurrency: 1 + (seed % 4),
          infoShare: (seed % 3) * 0.15,
          corruption: (seed % 2) * 0.25,
        };
        const history = historyOf(simulate(vocabulary, shape, seed));
        const parts = partitions(history, vocabulary.model);
        const legal = parts.map((part) => bruteForce(vocabulary.model, timedOperations(part)));
        const expected = legal.includes(false) ? 'invalid' : 'valid';
        seen[expected]++;
        const verdict = await linearizable(vocabulary.model).check(history, { budget: UNLIMITED, options: {} });
        expect(verdict.validity, `${name}, seed ${seed}`).toBe(expected);
        for (const [at, part] of parts.entries()) {
          const searched = searchLinearizable(vocabulary.model, part, new Deadline(10_000, 100_000));
          expect(searched.validity, `${name}, seed ${seed}, part ${at}`).toBe(legal[at] ? 'valid' : 'invalid');
        }
        const context = { budget: UNLIMITED, options: {} };
        const sequential = decideSequential(history, vocabulary.model, context, new Deadline(10_000, 100_000));
        if (expected === 'valid') expect(sequential.validity, `${name}, seed ${seed}`).not.toBe('invalid');
      }
      expect(seen.valid).toBeGreaterThan(RUNS / 20);
      expect(seen.invalid).toBeGreaterThan(RUNS / 20);
    });
  }
});
