import type { Json } from '../../harness/history/operation.js';
import { noOrder, realTime, sessions, type Before, type SmallTransaction } from './brute-force.js';
import { DEPENDENCIES } from './definitions-of-dependencies.js';
import { orders, SmallWorld, type Placed } from './small-world.js';

/**
 * Every consistency model by its definition, for tests: by trying all orders of commits and all sets of transactions that
 * each may see (Cerone, Bernardi and Gotsman, "A Framework for Transactional Consistency Models with Atomic Visibility",
 * CONCUR 2015), or all orders of versions and the cycles among direct dependencies (Adya's thesis, 1999). Nothing here is
 * shared with the checkers.
 */
export interface Definition {
  readonly model: string;
  /** What comes before what, besides the data. */
  readonly before: Before;
  allows(world: SmallWorld, before: Before): boolean;
}

/** What a transaction may see, given who committed before it. */
interface Visibility {
  /** Everybody that somebody seen sees is seen. */
  readonly closed?: boolean;
  /** What is seen is a beginning of the order of commits. */
  readonly prefix?: boolean;
  /** Whoever wrote the same key before is seen. */
  readonly conflicts?: boolean;
  /** Everybody that committed before is seen. */
  readonly everybody?: boolean;
}

function atomic(model: string, visibility: Visibility, before: Before = noOrder): Definition {
  return {
    model,
    before,
    allows: (world, order) => orders(world, order).some((line) => sees(line, visibility, order)),
  };
}

/** Whether each transaction, in the order of commits, can be given what it sees. */
function sees(line: Placed, visibility: Visibility, before: Before, chosen: readonly number[] = []): boolean {
  const at = chosen.length;
  if (at === line.transactions.length) return true;
  const must = required(line, at, visibility, before);
  for (let seen = 0; seen < 1 << at; seen++) {
    if ((seen & must) !== must) continue;
    if (visibility.everybody && seen !== (1 << at) - 1) continue;
    if (visibility.prefix && (seen & (seen + 1)) !== 0) continue;
    if (visibility.closed && chosen.some((others, i) => seen & (1 << i) && (others & ~seen) !== 0)) continue;
    if (line.explains(at, () => [seen], 'agrees with itself') && sees(line, visibility, before, [...chosen, seen]))
      return true;
  }
  return false;
}

function required(line: Placed, at: number, { conflicts }: Visibility, before: Before): number {
  let must = 0;
  for (let i = 0; i < at; i++) {
    const conflict = conflicts && line.writesSame(i, at);
    if (conflict || before(line.transactions[i], line.transactions[at])) must |= 1 << i;
  }
  return must;
}

/** Later reads of a transaction see what earlier ones saw (Bailis and others, VLDB 2014: monotonic atomic view). */
function monotonicAtomicView(world: SmallWorld, before: Before): boolean {
  return orders(world, before).some((line) =>
    line.transactions.every((_, at) => {
      const must = required(line, at, {}, before);
      const all = Array.from({ length: 1 << at }, (__, seen) => seen).filter((seen) => (seen & must) === must);
      return line.explains(
        at,
        (earlier) => all.filter((seen) => (seen & earlier) === earlier),
        'may contradict itself',
      );
    }),
  );
}

/** Each event happens at a point of the order of commits, later ones later (Adya's PL-MSR). */
function monotonicSnapshotRead(world: SmallWorld, before: Before): boolean {
  return orders(world, before).some((line) =>
    line.transactions.every((_, at) => {
      const must = required(line, at, {}, before);
      const points = Array.from({ length: at + 1 }, (__, count) => (1 << count) - 1).filter(
        (seen) => (seen & must) === must,
      );
      const later = (earlier: number) => points.filter((seen) => (seen & earlier) === earlier);
      return line.explains(at, later, 'may contradict itself', 'writes come after those before');
    }),
  );
}

const CERONE: readonly Definition[] = [
  atomic('strict-serializable', { everybody: true }, realTime),
  atomic('strong-session-serializable', { everybody: true }, sessions),
  atomic('serializable', { everybody: true }),
  atomic('strong-snapshot-isolation', { prefix: true, conflicts: true }, realTime),
  atomic('strong-session-snapshot-isolation', { prefix: true, conflicts: true }, sessions),
  atomic('snapshot-isolation', { prefix: true, conflicts: true }),
  atomic('parallel-snapshot-isolation', { closed: true, conflicts: true }),
  atomic('prefix', { prefix: true }),
  atomic('causal-cerone', { closed: true }),
  atomic('update-atomic', { conflicts: true }),
  atomic('read-atomic', {}),
  { model: 'monotonic-atomic-view', before: noOrder, allows: monotonicAtomicView },
  { model: 'monotonic-snapshot-read', before: noOrder, allows: monotonicSnapshotRead },
];

export const DEFINITIONS: readonly Definition[] = [...CERONE, ...DEPENDENCIES];

/**
 * Whether a model allows a history. Any subset of the transactions of unknown outcome may have happened. `initial`: what
 * each register may have begun with, one of which is enough.
 */
export function allowed(
  definition: Definition,
  transactions: readonly SmallTransaction[],
  lists: boolean,
  initial: readonly (readonly Json[])[] = [],
): boolean {
  return choices(transactions).some((chosen) =>
    combinations(initial).some((values) => definition.allows(new SmallWorld(chosen, lists, values), definition.before)),
  );
}

function choices(transactions: readonly SmallTransaction[]): SmallTransaction[][] {
  const unknown = transactions.filter(({ certain }) => !certain);
  const certain = transactions.filter((transaction) => transaction.certain);
  return Array.from({ length: 1 << unknown.length }, (_, bits) => [
    ...certain,
    ...unknown.filter((__, i) => bits & (1 << i)),
  ]);
}

function combinations(sets: readonly (readonly Json[])[]): Json[][] {
  if (sets.length === 0) return [[]];
  return combinations(sets.slice(0, -1)).flatMap((front) => sets[sets.length - 1].map((value) => [...front, value]));
}
