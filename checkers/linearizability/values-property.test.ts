import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf, type EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED, type CheckContext } from '../checker.js';
import type { Model } from '../model.js';
import { kv } from '../models/kv.js';
import { casRegister } from '../models/register.js';
import { decideSequential } from '../sequential/decide.js';
import { Deadline } from './budget.js';
import { linearizable } from './linearizability.js';
import { partitions, timedOperations } from './partition.js';
import { searchLinearizable } from './search.js';
import { bruteForce } from './testing/oracle.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

/** Values that are easily taken for nothing, for each other, or for no value. */
const VALUES: readonly Json[] = [null, 0, '', false, 7, 'null', '0', [], [null], {}, true, -1];

/** Calls by number of a value; names are those of a model. */
interface Call {
  readonly process: number;
  readonly kind: 'read' | 'write' | 'cas';
  readonly a: number;
  readonly b: number;
  readonly outcome: 'ok' | 'ok' | 'fail' | 'info';
  /** Events of others between invocation and completion. */
  readonly overlap: number;
}

const calls = (values: number) =>
  fc.array(
    fc.record<Call>({
      process: fc.nat(2),
      kind: fc.constantFrom('read', 'read', 'write', 'cas'),
      a: fc.nat(values - 1),
      b: fc.nat(values - 1),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'info'),
      overlap: fc.nat(2),
    }),
    { minLength: 1, maxLength: 7 },
  );

function eventsOf(script: readonly Call[], value: (number: number) => Json, names: readonly string[]): EventInput[] {
  const events: EventInput[] = [];
  const open: { readonly after: number; readonly event: EventInput }[] = [];
  script.forEach(({ kind, a, b, outcome, overlap }, number) => {
    // A process each: some go on at the same time.
    const f = names[['read', 'write', 'cas'].indexOf(kind)];
    const asked = kind === 'read' ? null : kind === 'write' ? value(a) : [value(a), value(b)];
    events.push({ process: number, type: 'invoke', f, value: asked });
    const told = kind === 'read' && outcome === 'ok' ? value(a) : asked;
    open.push({ after: number + overlap, event: { process: number, type: outcome, f, value: told } });
    for (let at = 0; at < open.length;) {
      if (open[at].after <= number) events.push(...open.splice(at, 1).map(({ event }) => event));
      else at++;
    }
  });
  return [...events, ...open.map(({ event }) => event)];
}

async function verdict(model: Model<Json>, events: readonly EventInput[], initial: Json): Promise<string> {
  const context: CheckContext = { budget: UNLIMITED, options: { initial } };
  return (await linearizable(model).check(historyOf(events), context)).validity;
}

const REGISTER = ['read', 'write', 'cas'];
const KV = ['get', 'put', 'put'];

describe('null, 0, "", false and other values', () => {
  it(`are judged as brute force judges them, in every engine (${PROPERTY_RUNS} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(
        calls(4),
        fc.shuffledSubarray([...VALUES], { minLength: 4, maxLength: 4 }),
        fc.nat(3),
        async (script, values, first) => {
          for (const [model, names] of [
            [casRegister, REGISTER],
            [kv, KV],
          ] as const) {
            const own = model === kv ? script.filter(({ kind }) => kind !== 'cas') : script;
            const history = historyOf(eventsOf(own, (number) => values[number], names));
            const options = { initial: values[first] };
            const parts = partitions(history, model);
            const expected = parts.every((part) => bruteForce(model, timedOperations(part), options))
              ? 'valid'
              : 'invalid';
            const got = await linearizable(model).check(history, { budget: UNLIMITED, options });
            if (got.validity !== 'unknown') expect(got.validity).toBe(expected);
            else expect(got.anomalies).toEqual([]);
            for (const part of parts) {
              const limit = new Deadline(10_000, 100_000);
              const searched = searchLinearizable(model, part, limit, { options }).validity;
              expect(searched).toBe(bruteForce(model, timedOperations(part), options) ? 'valid' : 'invalid');
            }
            const context = { budget: UNLIMITED, options };
            const sequential = decideSequential(history, model, context, new Deadline(10_000, 100_000)).validity;
            if (expected === 'valid') expect(sequential).not.toBe('invalid');
          }
        },
      ),
      { numRuns: PROPERTY_RUNS },
    );
  });

  it(`may be renamed by any bijection, the initial one too (${PROPERTY_RUNS} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(
        calls(4),
        fc.shuffledSubarray([...VALUES], { minLength: 4, maxLength: 4 }),
        fc.shuffledSubarray([...VALUES], { minLength: 4, maxLength: 4 }),
        fc.nat(3),
        async (script, values, renamed, first) => {
          const as = (names: readonly Json[]) =>
            verdict(
              casRegister,
              eventsOf(script, (number) => names[number], REGISTER),
              names[first],
            );
          expect(await as(renamed)).toBe(await as(values));
        },
      ),
      { numRuns: PROPERTY_RUNS },
    );
  });
});

describe('an engine', () => {
  it(`is chosen by what a specification declares and never by its name (${PROPERTY_RUNS} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(calls(3), async (script) => {
        for (const [model, names] of [
          [casRegister, REGISTER],
          [kv, ['get', 'put', 'append']],
        ] as const) {
          const events = eventsOf(script, (number) => `${number} `, names);
          const told =
            model === kv
              ? events.map((event) =>
                  Array.isArray(event.value) ? { ...event, value: String(event.value[1]) } : event,
                )
              : events;
          const context: CheckContext = { budget: UNLIMITED, options: { initial: '0 ' } };
          const own = await linearizable(model).check(historyOf(told), context);
          const other = await linearizable({ ...model, name: 'something else' }).check(historyOf(told), context);
          expect(other.validity).toBe(own.validity);
          expect(other.details['engines']).toEqual(own.details['engines']);
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
