import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { Random } from '../../harness/kit/random.js';
import { UNLIMITED, type Validity } from '../checker.js';
import { differences } from './agreement.js';
import { listAppend, rwRegister } from './cycles.js';
import { DEFINITIONS } from './definitions.js';
import { ARRANGEMENTS, arranged, everyHistory, everyPlan } from './every-small.js';
import { atLeast } from './lattice.js';
import { historyOf, smallHistory, type SmallHistory } from './oracle.js';
import { randomReads } from './polygraph/random-reads.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
const LIMIT_MS = 600_000;

const draws: readonly (readonly [string, (seed: number) => SmallHistory])[] = [
  ['lists', (seed) => Random.fromSeed(seed).draw((dice) => smallHistory(dice, 'list-append', 4, 'open'))[0]],
  ['registers', (seed) => Random.fromSeed(seed).draw((dice) => smallHistory(dice, 'rw-register', 4, 'open'))[0]],
  ['registers that read anything', (seed) => Random.fromSeed(seed).draw((dice) => randomReads(dice, 4))[0]],
];

async function verdict({ family, events }: Pick<SmallHistory, 'family' | 'events'>, model: string): Promise<Validity> {
  const checker = family === 'list-append' ? listAppend : rwRegister;
  return (await checker.check(historyOf(events), { budget: UNLIMITED, options: {}, consistency: model })).validity;
}

describe.each(draws)('every level of %s', (_, draw) => {
  it(
    'says what its definition says',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, empty) => {
          const { family, events, transactions } = draw(seed);
          const options: Readonly<Record<string, Json>> =
            empty && family === 'rw-register' ? { initialState: 'empty' } : {};
          expect(await differences(family, events, transactions, options)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    'holds where a stronger one does',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const history = draw(seed);
          const models = DEFINITIONS.map(({ model }) => model);
          const valid = new Map<string, Validity>();
          for (const model of models) valid.set(model, await verdict(history, model));
          for (const stronger of models.filter((model) => valid.get(model) === 'valid')) {
            for (const weaker of models.filter((model) => atLeast(stronger, model)))
              expect([stronger, weaker, valid.get(weaker)]).toEqual([stronger, weaker, 'valid']);
          }
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});

/** The same execution with each list read as a register: by its last element. */
function asRegisters(events: readonly EventInput[]): EventInput[] {
  const last = (value: Json) => (Array.isArray(value) ? ((value as readonly Json[]).at(-1) ?? null) : value);
  return events.map((event) => ({
    ...event,
    value: (event.value as unknown as readonly (readonly [string, number, Json])[]).map(([f, key, value]): Json => [
      f === 'append' ? 'w' : f,
      key,
      f === 'r' ? last(value) : value,
    ]),
  }));
}

it(
  'registers are never judged more strictly than lists of the same execution',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const list = draws[0][1](seed);
        const register = { family: 'rw-register' as const, events: asRegisters(list.events) };
        for (const { model } of DEFINITIONS) {
          if ((await verdict(list, model)) !== 'valid') continue;
          expect([model, await verdict(register, model)]).toEqual([model, 'valid']);
        }
      }),
      { numRuns: RUNS },
    );
  },
  LIMIT_MS,
);

describe.each(['list-append', 'rw-register'] as const)('every small history of %s', (family) => {
  it(
    'is judged by the definitions: a sample, all of them in bench/definitions.ts',
    async () => {
      let count = 0;
      let compared = 0;
      for (const plans of everyPlan(false)) {
        for (const history of everyHistory(family, plans)) {
          if (count++ % 400 !== 7) continue;
          compared++;
          const { events, transactions } = arranged(family, history, ARRANGEMENTS[count % ARRANGEMENTS.length]);
          expect(await differences(family, events, transactions)).toEqual([]);
        }
      }
      expect(compared).toBeGreaterThan(80);
    },
    LIMIT_MS,
  );
});

const mop = (f: string, key: number, value: Json): Json => [f, key, value];

/** One transaction after the other, each in a process of its own. */
function inTurn(...transactions: readonly (readonly Json[])[]): EventInput[] {
  return transactions.flatMap((value, process) =>
    (['invoke', 'ok'] as const).map((type): EventInput => ({ process, type, f: 'txn', value: value as Json })),
  );
}

async function registers(
  events: readonly EventInput[],
  consistency: string,
  options: Readonly<Record<string, Json>> = {},
) {
  return rwRegister.check(historyOf(events), { budget: UNLIMITED, options, consistency });
}

describe('values of registers', () => {
  it('null is a value like any other', async () => {
    const toNull = inTurn([mop('w', 0, 1)], [mop('w', 0, null)], [mop('r', 0, null)]);
    expect((await registers(toNull, 'strict-serializable')).validity).toBe('valid');
    const stale = inTurn([mop('w', 0, 1)], [mop('w', 0, null)], [mop('r', 0, 1)]);
    expect((await registers(stale, 'strict-serializable')).validity).toBe('invalid');
    const initial = inTurn([mop('r', 0, 0)], [mop('w', 0, null)], [mop('r', 0, 0)]);
    expect((await registers(initial, 'strict-serializable', { initial: 0 })).validity).toBe('invalid');
    expect((await registers(initial, 'serializable', { initial: 0 })).validity).toBe('valid');
  });

  it('two that read the initial value and both overwrite it lose an update', async () => {
    const update = (value: number) => [mop('r', 0, 0), mop('w', 0, value)];
    const begun: readonly Readonly<Record<string, Json>>[] = [{}, { initial: 0 }];
    for (const options of begun)
      expect((await registers(inTurn(update(1), update(2)), 'snapshot-isolation', options)).validity).toBe('invalid');
  });

  it('one value that nobody wrote may be initial, and the verdict says so; a second came out of thin air', async () => {
    const one = await registers(inTurn([mop('r', 0, 7)], [mop('w', 0, 1)]), 'serializable');
    expect(one.validity).toBe('valid');
    expect(one.notChecked.join()).toMatch(/1 read of values that nobody wrote: taken for what the history began with/);
    expect(one.checked.join()).not.toMatch(/explains every read/);
    const two = await registers(inTurn([mop('r', 0, 7)], [mop('r', 0, 8)]), 'read-committed');
    expect(two.validity).toBe('invalid');
    const seen = await registers(inTurn([mop('r', 0, null)], [mop('r', 0, 8)]), 'read-committed');
    expect(seen.validity).toBe('invalid');
  });

  it('a write of unknown outcome that somebody read takes part in the order of versions', async () => {
    const unknown: EventInput[] = (['invoke', 'info'] as const).map((type) => ({
      process: 9,
      type,
      f: 'txn',
      value: [mop('w', 0, 1)],
    }));
    const verdict = await registers(
      [...unknown, ...inTurn([mop('r', 0, 1)], [mop('r', 0, null)])],
      'strict-serializable',
    );
    expect(verdict.validity).toBe('invalid');
    expect(verdict.anomalies.map(({ kind }) => kind)).toContain('G-single-item-realtime');
  });
});

it('appends of one transaction that are read backwards are an anomaly wherever reads count', async () => {
  const events = inTurn([mop('append', 0, 1), mop('append', 0, 2)], [mop('r', 0, [2, 1])]);
  for (const model of ['read-committed', 'snapshot-isolation', 'strict-serializable']) {
    const found = await listAppend.check(historyOf(events), { budget: UNLIMITED, options: {}, consistency: model });
    expect([model, found.validity]).toEqual([model, 'invalid']);
    expect(found.anomalies.map(({ kind }) => kind)).toContain('reversed-appends');
  }
});
