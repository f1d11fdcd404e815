import { describe, expect, it } from 'vitest';
import { historyOf, type EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { Dice } from '../../harness/kit/random.js';
import { UNLIMITED } from '../checker.js';
import { linearizable } from '../linearizability/linearizability.js';
import { partitions, timedOperations } from '../linearizability/partition.js';
import { bruteForce } from '../linearizability/testing/oracle.js';
import { simulate, type Vocabulary } from '../linearizability/testing/random-history.js';
import type { Model } from '../model.js';
import { kvStore } from './kv-store.js';
import { multiRegister } from './multi-register.js';

const KEYS = ['a', 'b', 'c', 'd'];

type Ask = { readonly f: string; readonly input: Json };

function askStore(dice: Dice): Ask {
  const key = dice.pick(KEYS);
  const value = dice.int(2);
  switch (dice.int(9)) {
    case 0:
      return { f: 'put', input: [key, value] };
    case 1:
      return { f: 'delete', input: key };
    case 2:
      return { f: 'cas', input: [key, dice.pick([null, 0, 1]), dice.pick([null, value])] };
    case 3:
      return { f: 'range', input: dice.pick<Json>([null, ['a', 'c'], { prefix: 'b' }]) };
    case 4:
      return { f: 'grant', input: 'L' };
    case 5:
      return { f: 'put', input: { key, value, lease: 'L' } };
    case 6:
      return { f: dice.pick(['revoke', 'expire']), input: 'L' };
    case 7: {
      const other = dice.pick(KEYS);
      const steps = [
        ['put', other, value],
        ['get', key],
        ['delete', key],
      ];
      return {
        f: 'txn',
        input: { if: [[key, dice.pick(['=', '!=', '>']), value]], then: steps, else: [['get', other]] },
      };
    }
    default:
      return { f: 'get', input: key };
  }
}

/** What a correct store answers, found by trying: the specification accepts one answer only. */
function answerOf(state: unknown, f: string, input: Json): Json | undefined {
  const model = kvStore as Model<unknown>;
  const legal = (output: Json) => model.step(state, { f, input, output }) !== undefined;
  const candidates: Json[] =
    f === 'get' || f === 'delete' || f === 'cas'
      ? [null, 0, 1, true, false]
      : f === 'txn'
        ? [null, 0, 1].flatMap((read) => [
            ...[true, false].map((deleted) => ({ succeeded: true, responses: [null, read, deleted] })),
            { succeeded: false, responses: [read] },
          ])
        : f === 'range'
          ? maps()
          : [null];
  return candidates.find(legal);
}

function maps(): Json[] {
  let all: Readonly<Record<string, Json>>[] = [{}];
  for (const key of KEYS) all = all.flatMap((map) => [map, { ...map, [key]: 0 }, { ...map, [key]: 1 }]);
  return all;
}

const stores: Vocabulary<unknown> = {
  model: kvStore as Model<unknown>,
  ask: (dice) => askStore(dice),
  answer: answerOf,
  corrupt: (dice, f, output) => (f === 'get' ? dice.pick([null, 0, 1]) : f === 'range' ? dice.pick(maps()) : output),
};

const registers: Vocabulary<unknown> = {
  model: multiRegister as Model<unknown>,
  ask: (dice) => {
    const micros = Array.from({ length: 1 + dice.int(2) }, (): Json => {
      const key = dice.pick(KEYS);
      return dice.chance(0.5) ? ['read', key, null] : ['write', key, dice.int(2)];
    });
    return { f: 'txn', input: micros };
  },
  answer: (state, _f, input) => {
    const values: Record<string, Json> = { ...(state as { values: Record<string, Json> }).values };
    return (input as [string, string, Json][]).map(([f, key, value]) => {
      if (f === 'write') values[key] = value;
      return [f, key, values[key] ?? null];
    });
  },
  corrupt: (dice, _f, output) =>
    (output as [string, string, Json][]).map(([f, key, value]) => [
      f,
      key,
      f === 'read' ? dice.pick([null, 0, 1]) : value,
    ]),
};

describe.each([
  ['kv-store', stores],
  ['multi-register', registers],
] as const)('%s', (name, vocabulary) => {
  it('is judged as brute force judges the whole history, split into what hangs together (1,500 histories)', async () => {
    const seen = { valid: 0, invalid: 0, parts: 0 };
    for (let seed = 0; seed < 1500; seed++) {
      const shape = {
        operations: 3 + (seed % 6),
        concurrency: 1 + (seed % 4),
        infoShare: (seed % 3) * 0.15,
        corruption: [0, 0.2, 0.4][seed % 3],
      };
      const history = historyOf(simulate(vocabulary, shape, seed));
      // The whole as one object, as the definition has it.
      const one: Model<unknown> = { ...vocabulary.model, keysOf: () => ['one'] };
      const [whole] = partitions(history, one);
      const expected =
        whole === undefined || bruteForce(vocabulary.model, timedOperations(whole)) ? 'valid' : 'invalid';
      const verdict = await linearizable(vocabulary.model).check(history, { budget: UNLIMITED, options: {} });
      expect(verdict.validity, `${name}, seed ${seed}`).toBe(expected);
      seen[expected]++;
      if (Number(verdict.details['objects']) > 1) seen.parts++;
    }
    expect(seen.valid).toBeGreaterThan(300);
    expect(seen.invalid).toBeGreaterThan(200);
    expect(seen.parts).toBeGreaterThan(100);
  });
});

describe('Knossos’ multi-register histories', () => {
  const judge = async (events: readonly EventInput[], options = {}) =>
    (await linearizable(multiRegister).check(historyOf(events), { budget: UNLIMITED, options })).validity;
  const done = (process: number, f: string, asked: Json, told: Json, key?: string): EventInput[] => [
    { process, type: 'invoke', f, value: asked, ...(key !== undefined && { key }) },
    { process, type: 'ok', f, value: told, ...(key !== undefined && { key }) },
  ];

  it('may be transactions', async () => {
    const write = done(
      0,
      'txn',
      [
        [':write', 'x', 1],
        [':write', 'y', 2],
      ],
      [
        [':write', 'x', 1],
        [':write', 'y', 2],
      ],
    );
    const read = (x: Json, y: Json) =>
      done(
        1,
        'txn',
        [
          ['read', 'x', null],
          ['read', 'y', null],
        ],
        [
          ['read', 'x', x],
          ['read', 'y', y],
        ],
      );
    expect(await judge([...write, ...read(1, 2)])).toBe('valid');
    expect(await judge([...write, ...read(1, null)])).toBe('invalid');
    expect(await judge([...read(0, 0), ...write], { initial: 0 })).toBe('valid');
    expect(await judge([...read(0, null), ...write], { initial: 0 })).toBe('invalid');
  });

  it('may be maps', async () => {
    const write = done(0, 'write', { x: 1, y: 2 }, { x: 1, y: 2 });
    expect(await judge([...write, ...done(1, 'read', { x: null, y: null }, { x: 1, y: 2 })])).toBe('valid');
    expect(await judge([...write, ...done(1, 'read', null, { x: 1, y: null })])).toBe('invalid');
  });

  it('are not split by keys, whether those stand in the event or in the value', async () => {
    const torn = [
      ...done(0, 'write', 1, 1, 'x'),
      ...done(
        0,
        'txn',
        [
          ['r', 'x', null],
          ['w', 'y', 1],
        ],
        [
          ['r', 'x', null],
          ['w', 'y', 1],
        ],
      ),
    ];
    expect(await judge(torn)).toBe('invalid');
    await expect(judge(done(0, 'write', 5, 5))).rejects.toThrow('names no register');
  });
});
