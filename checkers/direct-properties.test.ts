import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History } from '../harness/history/history.js';
import type { EventType, Json, Operation } from '../harness/history/operation.js';
import type { Checker, Verdict } from './checker.js';
import { counter } from './counter.js';
import { lock } from './lock.js';
import { monotonic } from './monotonic.js';
import { queue } from './queue.js';
import { set } from './set.js';
import { setFull } from './set-full.js';
import { contextWith, type Line, script } from './testing/script.js';
import { totalQueue } from './total-queue.js';
import { writeSkew } from './write-skew.js';

const RUNS = { numRuns: 1000 };

/** Each checker against its definition written down naively, over overlapping operations with every outcome. */
describe('by definition', () => {
  const small = fc.nat(4);

  it('counter: every read lies between what was surely and what was possibly applied', () => {
    check(
      counter,
      [
        ['add', fc.integer({ min: -2, max: 3 })],
        ['read', fc.integer({ min: -4, max: 8 })],
      ],
      (history) => {
        const { of } = operationsIn(history);
        return of('read', 'ok').every(({ from, to, value }) => {
          const sum = (applies: (add: Op) => boolean) =>
            of('add')
              .filter(applies)
              .reduce((total, add) => total + Number(add.value), 0);
          const surely = (add: Op) => add.type === 'ok' && add.to < from;
          const possibly = (add: Op) => add.type !== 'fail' && add.from < to;
          const lower =
            sum((add) => surely(add) && Number(add.value) > 0) + sum((add) => possibly(add) && Number(add.value) < 0);
          const upper =
            sum((add) => possibly(add) && Number(add.value) > 0) + sum((add) => surely(add) && Number(add.value) < 0);
          return Number(value) >= lower && Number(value) <= upper;
        });
      },
    );
  });

  it('queue: every dequeue takes something that was put in and not yet taken', () => {
    check(
      queue,
      [
        ['enqueue', small],
        ['dequeue', small],
      ],
      (history) => {
        const { of } = operationsIn(history);
        const dequeues = of('dequeue', 'ok').sort((a, b) => a.to - b.to);
        return dequeues.every(({ to, value }) => {
          const enqueued = of('enqueue').filter(
            (op) => op.value === value && op.type !== 'fail' && op.from < to,
          ).length;
          return dequeues.filter((op) => op.value === value && op.to <= to).length <= enqueued;
        });
      },
    );
  });

  it('total-queue: what was acknowledged came out, nothing that cannot have been put in', () => {
    check(
      totalQueue,
      [
        ['enqueue', small],
        ['dequeue', small],
      ],
      (history) => {
        const { of } = operationsIn(history);
        const unseen = of('dequeue', 'info').length;
        const count = (f: string, value: Json, ...types: EventType[]) =>
          of(f, ...types).filter((op) => op.value === value).length;
        const missing = [0, 1, 2, 3, 4].reduce(
          (total, value) => total + Math.max(0, count('enqueue', value, 'ok') - count('dequeue', value, 'ok')),
          0,
        );
        const unexpected = of('dequeue', 'ok').some(
          ({ value, to }) => !of('enqueue', 'ok', 'info').some((op) => op.value === value && op.from < to),
        );
        return missing <= unseen && !unexpected;
      },
    );
  });

  it('set: the final read has every acknowledged element and none that cannot be there', () => {
    check(
      set,
      [
        ['add', small],
        ['read', fc.subarray([0, 1, 2, 3, 4])],
      ],
      (history) => {
        const { of } = operationsIn(history);
        const final = of('read', 'ok')
          .sort((a, b) => a.from - b.from)
          .at(-1);
        if (final === undefined) return true;
        const shown = final.value as readonly Json[];
        const lost = of('add', 'ok').some(({ value, to }) => to < final.from && !shown.includes(value));
        const possible = of('add', 'ok', 'info').filter(({ from }) => from < final.to);
        return !lost && shown.every((value) => possible.some((add) => add.value === value));
      },
    );
  });

  it('set-full: what was known and missed comes back, and nothing is shown that cannot be there', () => {
    check(
      setFull,
      [
        ['add', small],
        ['read', fc.subarray([0, 1, 2, 3, 4])],
      ],
      (history) => {
        const { of } = operationsIn(history);
        const reads = of('read', 'ok').map((read) => ({ ...read, shown: read.value as readonly Json[] }));
        return [0, 1, 2, 3, 4].every((element) => {
          const adds = of('add').filter(({ value }) => value === element);
          const showing = reads.filter(({ shown }) => shown.includes(element));
          const missing = reads.filter(({ shown }) => !shown.includes(element));
          const possible = adds.filter(({ type }) => type !== 'fail');
          if (!showing.every(({ to }) => possible.some(({ from }) => from < to))) return false;
          const known = Math.min(...[...adds.filter(({ type }) => type === 'ok'), ...showing].map(({ to }) => to));
          return missing.every(({ from }) => from < known || showing.some((later) => later.from > from));
        });
      },
    );
  });

  it('monotonic: nothing answered to a process is smaller than what it was answered before', () => {
    check(
      monotonic,
      [
        ['read', fc.nat(6)],
        ['inc', fc.nat(6)],
      ],
      (history) => {
        const answers = operationsIn(history).of('read', 'ok').concat(operationsIn(history).of('inc', 'ok'));
        return answers.every((later) =>
          answers
            .filter(({ process, to }) => process === later.process && to < later.from)
            .every(({ value }) =>
              later.f === 'inc' ? Number(later.value) > Number(value) : Number(later.value) >= Number(value),
            ),
        );
      },
    );
  });

  it('write-skew: at most one acknowledged insert a key', () => {
    check(writeSkew, [['insert', fc.tuple(fc.nat(5), fc.nat(9))]], (history) => {
      const keys = operationsIn(history)
        .of('insert', 'ok')
        .map(({ value }) => (value as readonly Json[])[0]);
      return new Set(keys).size === keys.length;
    });
  });

  it('lock: nobody gets what another one certainly holds', () => {
    check(
      lock,
      [
        ['acquire', fc.constant(null)],
        ['release', fc.constant(null)],
      ],
      (history) => {
        const { of } = operationsIn(history);
        const releases = of('release').filter(({ type }) => type !== 'fail');
        // An unknown outcome retires the process, and the end of its session frees what it held.
        const retired = [...of('acquire', 'info'), ...of('release', 'info')];
        const holds = of('acquire', 'ok').map(({ process, to }) => ({
          process,
          since: to,
          until: Math.min(
            Infinity,
            ...releases.filter((release) => release.process === process && release.from > to).map(({ from }) => from),
            ...retired.filter((last) => last.process === process && last.to > to).map((last) => last.to),
          ),
        }));
        return holds.every((a) =>
          holds.every((b) => a.process === b.process || b.since < a.since || b.since > a.until),
        );
      },
    );
  });
});

interface Op extends Pick<Operation, 'process' | 'f' | 'value'> {
  readonly type: EventType;
  /** Positions of invocation and completion; an open one ends never. */
  readonly from: number;
  readonly to: number;
}

function operationsIn(history: History) {
  const events = [...history.events()];
  const all = events.flatMap((event, from): Op[] => {
    if (event.type !== 'invoke') return [];
    const pair = history.columns.pairs[from];
    const end = pair === -1 ? { ...event, type: 'info' as const } : events[pair];
    const value = end.type === 'ok' ? end.value : event.value;
    return [{ process: event.process, f: event.f, value, type: end.type, from, to: pair === -1 ? Infinity : pair }];
  });
  const of = (f: string, ...types: EventType[]) =>
    all.filter((op) => op.f === f && (types.length === 0 || types.includes(op.type)));
  return { of };
}

type Kind = readonly [f: string, value: fc.Arbitrary<Json>];

/** The verdict is invalid exactly when the definition is violated; where it holds, valid or (with a reason) unknown. */
function check(checker: Checker, kinds: readonly Kind[], holds: (history: History) => boolean): void {
  const step = fc.record({
    process: fc.nat(2),
    outcome: fc.constantFrom<EventType>('ok', 'ok', 'ok', 'fail', 'info'),
    operation: fc.oneof(...kinds.map(([f, value]) => fc.record({ f: fc.constant(f), value }))),
  });
  let violated = 0;
  let held = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
      const history = overlapping(steps);
      const expected = holds(history);
      if (expected) held++;
      else violated++;
      const { validity } = checker.check(history, contextWith()) as Verdict;
      expect(validity === 'invalid').toBe(!expected);
    }),
    RUNS,
  );
  // A property that only ever meets one side of the definition proves nothing.
  expect(violated).toBeGreaterThan(10);
  expect(held).toBeGreaterThan(10);
}

interface StepTaken {
  readonly process: number;
  readonly outcome: EventType;
  readonly operation: { readonly f: string; readonly value: Json };
}

/** A process' steps alternate between invoking and completing; after info it goes on as another process. */
function overlapping(steps: readonly StepTaken[]): History {
  const open = new Map<number, StepTaken['operation']>();
  const names = new Map<number, number>();
  const lines: Line[] = [];
  for (const { process, outcome, operation } of steps) {
    const name = names.get(process) ?? process;
    const pending = open.get(process);
    if (pending === undefined) {
      open.set(process, operation);
      const asks = ['read', 'dequeue', 'inc'].includes(operation.f);
      lines.push([name, 'invoke', operation.f, asks ? null : operation.value]);
      continue;
    }
    open.delete(process);
    lines.push([name, outcome, pending.f, outcome === 'ok' ? pending.value : null]);
    if (outcome === 'info') names.set(process, name + 10);
  }
  return script(...lines);
}
