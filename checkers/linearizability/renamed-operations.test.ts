import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf, type EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { UNLIMITED, type Verdict } from '../checker.js';
import type { Model } from '../model.js';
import { casRegister } from '../models/register.js';
import { linearizable } from './linearizability.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';

const RUNS = PROPERTY_RUNS;
/** The usual names among them, in other roles. */
const NAMES = ['read', 'write', 'cas', 'get', 'put', 'peek', 'poke', 'swap', 'txn', 'append'];
const ASKED = [undefined, 'sequential', 'serializable', 'monotonic-reads', 'read-your-writes'];

type Roles = readonly [read: string, write: string, cas: string];

/** The same specification, whose name and operations are called otherwise. */
function renamed(name: string, [read, write, cas]: Roles): Model<Json> {
  const usual = new Map([
    [read, 'read'],
    [write, 'write'],
    [cas, 'cas'],
  ]);
  const asUsual = <Operation extends { readonly f: string }>(operation: Operation): Operation => ({
    ...operation,
    f: usual.get(operation.f) ?? operation.f,
  });
  return {
    ...casRegister,
    name,
    operations: [read, write, cas],
    blind: [write],
    dataType: { kind: 'register', read, write, cas },
    step: (state, operation) => casRegister.step(state, asUsual(operation)),
    isRead: (operation) => casRegister.isRead(asUsual(operation)),
    describe: (operation) => casRegister.describe(asUsual(operation)),
  };
}

function isDecided({ details }: Verdict): boolean {
  const weaker = details['weaker'] as { readonly undecided: readonly string[] } | undefined;
  return weaker === undefined || !weaker.undecided.includes('sequential');
}

describe('a register specification with names of its own', () => {
  it(`judges as the usual one, whatever is asked (${RUNS} runs)`, async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1 << 20),
        fc.shuffledSubarray(NAMES, { minLength: 3, maxLength: 3 }),
        fc.constantFrom(0, 3),
        fc.constantFrom(...ASKED),
        async (seed, roles, values, consistency) => {
          const shape = { operations: 3 + (seed % 10), concurrency: 1 + (seed % 4), infoShare: 0.1, corruption: 0.3 };
          const events = simulate(registers(values, [2, 2, 1]), shape, seed);
          const name = (f: string) => roles[['read', 'write', 'cas'].indexOf(f)];
          const called = events.map((event): EventInput => ({ ...event, f: name(event.f) }));
          const context = { budget: UNLIMITED, options: {}, ...(consistency !== undefined && { consistency }) };
          const usual = await linearizable(casRegister).check(historyOf(events), context);
          const own = await linearizable(renamed('mine', roles as unknown as Roles)).check(historyOf(called), context);
          expect(own.validity).toBe(usual.validity);
          expect(own.details['engines']).toEqual(usual.details['engines']);
          // What else holds is found out within a time of its own.
          if (isDecided(own) && isDecided(usual)) expect(own.details['weaker']).toEqual(usual.details['weaker']);
          expect(own.anomalies.map(({ kind }) => kind)).toEqual(usual.anomalies.map(({ kind }) => kind));
          seen.add(own.validity);
        },
      ),
      { numRuns: RUNS },
    );
    expect(seen).toContain('valid');
    expect(seen).toContain('invalid');
  });
});
