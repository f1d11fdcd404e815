import fc from 'fast-check';
import { expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { Operation } from '../../harness/history/operation.js';
import { PROPERTY_RUNS } from '../../harness/kit/testing/property-runs.js';
import { UNLIMITED } from '../checker.js';
import type { Model } from '../model.js';
import { linearizable } from './linearizability.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { vocabularies } from './testing/vocabularies.js';

interface Timed {
  readonly invocation: Operation;
  readonly returned: number;
  readonly isSure: boolean;
}

/** Whether in every order of updates invoked before `end` the one of `value` is the last: all orders are tried. */
function isAlwaysLast(updates: readonly Timed[], value: number): boolean {
  const follow = (left: readonly Timed[], last: Timed | undefined): boolean => {
    const isDone = left.every(({ isSure }) => !isSure);
    if (isDone && last?.invocation.value !== value) return false;
    return left.every((next) => {
      if (left.some((other) => other !== next && other.returned < next.invocation.index)) return true;
      return follow(
        left.filter((other) => other !== next),
        next,
      );
    });
  };
  return follow(updates, undefined);
}

it('calls a write lost only where no order of the others explains that it is not there', async () => {
  const { model, ...rest } = vocabularies['unique register'] as Vocabulary<unknown>;
  const form = { corruption: 0.4 };
  let claimed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 3, max: 10 }),
      fc.constantFrom(0, 0.2),
      fc.constantFrom(1, 2),
      async (seed, operations, infoShare, concurrency) => {
        const history = historyOf(simulate({ model, ...rest }, { ...form, concurrency, operations, infoShare }, seed));
        const context = { budget: UNLIMITED, options: {} };
        const [anomaly] = (await linearizable(model as Model<unknown>).check(history, context)).anomalies;
        if (anomaly?.details?.['cause'] !== 'lost-write') return;
        claimed++;
        const [, value] = /no read ever saw (-?\d+)/.exec(anomaly.sentence)!;
        const events = [...history.events()];
        const completion = (at: number) => events[history.columns.pairs[at]] as Operation | undefined;
        const end = Number(/ at event (\d+), although/.exec(anomaly.sentence)![1]);
        const updates = events.flatMap((invocation, at): Timed[] => {
          if (invocation.type !== 'invoke' || invocation.f === 'read' || invocation.index > end) return [];
          const type = completion(at)?.type;
          if (type === 'fail') return [];
          const isSure = type === 'ok' && completion(at)!.index < end;
          return [{ invocation, isSure, returned: isSure ? completion(at)!.index : Number.POSITIVE_INFINITY }];
        });
        expect(isAlwaysLast(updates, Number(value))).toBe(true);
      },
    ),
    { numRuns: PROPERTY_RUNS * 5 },
  );
  expect(claimed).toBeGreaterThan(0);
});
