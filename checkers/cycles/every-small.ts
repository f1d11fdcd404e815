import type { EventInput } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { Family } from '../transactions/transactions.js';
import type { Mop } from './brute-force.js';
import { smallFrom, type SmallHistory } from './oracle.js';
import { permutations } from './small-world.js';

/** What a transaction does, without what its reads show. */
type Plan = readonly (readonly [f: 'r' | 'w', key: number])[];

/** When transactions take place: events as numbers of transactions, invoked first and completed second. */
export interface Arrangement {
  readonly events: readonly number[];
  readonly processes: readonly number[];
}

/** All ways in which up to three transactions can precede each other, but for their names; alone and in sessions. */
export const ARRANGEMENTS: readonly Arrangement[] = [
  { events: [0, 1, 2, 0, 1, 2], processes: [0, 1, 2] },
  { events: [2, 0, 0, 1, 1, 2], processes: [0, 1, 2] },
  { events: [2, 0, 0, 1, 1, 2], processes: [0, 0, 1] },
  { events: [0, 0, 1, 2, 1, 2], processes: [0, 1, 2] },
  { events: [0, 0, 1, 2, 1, 2], processes: [0, 0, 1] },
  { events: [0, 1, 0, 1, 2, 2], processes: [0, 1, 2] },
  { events: [0, 1, 0, 1, 2, 2], processes: [0, 1, 0] },
  { events: [0, 0, 1, 1, 2, 2], processes: [0, 1, 2] },
  { events: [0, 0, 1, 1, 2, 2], processes: [0, 1, 0] },
  { events: [0, 0, 1, 1, 2, 2], processes: [0, 0, 0] },
];

/** Transactions of one or two accesses of two keys. */
export const PLANS: readonly Plan[] = (() => {
  const accesses = (['r', 'w'] as const).flatMap((f) => [0, 1].map((key) => [f, key] as const));
  return [...accesses.map((one) => [one]), ...accesses.flatMap((one) => accesses.map((other) => [one, other]))];
})();

/** Every set of up to three plans; `labelled`: every sequence of three. */
export function* everyPlan(labelled: boolean): Generator<readonly Plan[]> {
  for (let a = 0; a < PLANS.length; a++) {
    if (!labelled) yield [PLANS[a]];
    for (let b = labelled ? 0 : a; b < PLANS.length; b++) {
      if (!labelled) yield [PLANS[a], PLANS[b]];
      for (let c = labelled ? 0 : b; c < PLANS.length; c++) yield [PLANS[a], PLANS[b], PLANS[c]];
    }
  }
}

/**
 * Every history of these plans. Registers: each read shows the initial state, a value that is written anywhere, or one that
 * nobody writes. Lists: reads show beginnings of some order of the appends, as any other pair of reads contradicts itself.
 */
export function* everyHistory(family: Family, plans: readonly Plan[]): Generator<readonly (readonly Mop[])[]> {
  const written = new Map<number, number[]>();
  const blank = plans.map((plan) =>
    plan.map(([f, key]): Mop => {
      const own = written.get(key) ?? [];
      if (f === 'r') return ['r', key, null];
      own.push(own.length + 1);
      written.set(key, own);
      return [family === 'list-append' ? 'append' : 'w', key, own.length];
    }),
  );
  const seen = new Set<string>();
  for (const shown of family === 'list-append' ? listsShown(written) : [registersShown(written)]) {
    for (const filled of fill(blank, shown)) {
      const text = JSON.stringify(filled);
      if (!seen.has(text)) yield filled;
      seen.add(text);
    }
  }
}

const UNWRITTEN = 99;

/** By key: what a read may show. */
type Shown = (key: number) => readonly Json[];

function registersShown(written: ReadonlyMap<number, readonly number[]>): Shown {
  return (key) => [null, ...(written.get(key) ?? []), UNWRITTEN];
}

function listsShown(written: ReadonlyMap<number, readonly number[]>): Shown[] {
  const beginnings = (list: readonly number[]) =>
    Array.from({ length: list.length + 1 }, (_, end) => list.slice(0, end));
  return permutations(written.get(0) ?? []).flatMap((first) =>
    permutations(written.get(1) ?? []).map(
      (second): Shown =>
        (key) =>
          beginnings(key === 0 ? first : second),
    ),
  );
}

function fill(transactions: readonly (readonly Mop[])[], shown: Shown): Mop[][][] {
  return transactions.reduce<Mop[][][]>(
    (histories, mops) =>
      histories.flatMap((before) =>
        mops
          .reduce<Mop[][]>(
            (partial, mop) =>
              partial.flatMap((front) =>
                mop[0] === 'r'
                  ? shown(mop[1]).map((value): Mop[] => [...front, ['r', mop[1], value]])
                  : [[...front, mop]],
              ),
            [[]],
          )
          .map((own) => [...before, own]),
      ),
    [[]],
  );
}

/** Transactions as they were arranged. */
export function arranged(
  family: Family,
  transactions: readonly (readonly Mop[])[],
  { events, processes }: Arrangement,
): SmallHistory {
  const begun = new Set<number>();
  const inputs = events
    .filter((one) => one < transactions.length)
    .map((one): EventInput => {
      const type = begun.has(one) ? 'ok' : 'invoke';
      begun.add(one);
      return { process: processes[one], type, f: 'txn', value: transactions[one] as Json };
    });
  return smallFrom(family, inputs);
}
