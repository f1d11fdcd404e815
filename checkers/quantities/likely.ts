import type { Deadline } from '../linearizability/budget.js';
import { type Configuration, includes } from './configuration.js';
import { type Change, type Exact, NEVER, NONE, type Quantities } from './quantities.js';
import { UnknownSums } from './unknown-sums.js';

/** Fewer dimensions tell too little: nearly every sum is met by some pair. */
const FEWEST_DIMENSIONS = 4;
/** All their subsets are tried. */
const MOST_CERTAIN = 14;
/** Sums looked up for one observation. */
const MOST_LOOKUPS = 2_000_000;
const MOST_SETS = 32;
/** Of all configurations together. */
const MOST_TOTALS = 256;
/** Unknown changes in an explanation that is sought for all configurations together. */
const MOST_TOGETHER = 3;
/** Kinds of observations for which sums are kept, and observations whose explanations are. */
const MOST_TABLES = 4;
const MOST_REMEMBERED = 64;

interface Search {
  readonly sums: UnknownSums;
  readonly left: Float64Array;
  readonly seen: Exact;
  readonly certain: readonly number[];
  readonly unknown: readonly number[];
  readonly candidates: ReadonlySet<number>;
  readonly most: number;
  /** Sets by the number of unknown changes in them. */
  readonly found: (readonly number[])[][];
}

/** What explains an observation from where all configurations agree. */
interface Totals {
  readonly pending: readonly number[];
  readonly base: Float64Array;
  readonly most: number;
  /** Sets of pending changes, ascending, by the number of unknown ones in them. */
  readonly sets: readonly (readonly (readonly number[])[])[];
}

/**
 * Explanations of an observation with one to four unknown changes besides certain ones, among hundreds that are
 * still possible: for every subset of the certain ones (those under way are few) the table of {@link UnknownSums} tells
 * who makes up for the rest.
 *
 * Configurations that grew from the same start differ only in which pending changes they have. So what leads from one of
 * them to what was seen is what leads there from all that they have in common, less what it has: one search answers for
 * all of them.
 */
export class LikelySets {
  private readonly tables = new Map<string, UnknownSums>();
  private readonly remembered = new Map<Exact, Totals>();

  constructor(
    private readonly quantities: Quantities,
    private readonly deadline: Deadline,
  ) {}

  /**
   * Sets of candidates by the number of unknown ones among them, up to `most`; undefined where this is not the way to
   * look. Not all there are.
   */
  find(
    from: Configuration,
    seen: Exact,
    pending: readonly number[],
    candidates: readonly number[],
    most: number,
  ): (readonly number[])[][] | undefined {
    const { returns } = this.quantities;
    const spent = from.applied.reduce((sum, op) => sum + (returns[op] === NEVER ? 1 : 0), 0);
    // With more unknown ones, one search for all costs more than many small ones.
    if (spent + most > MOST_TOGETHER) return this.search(from.vector, seen, candidates, most);
    const sets = this.totals(from, seen, pending, spent + most);
    if (sets === undefined) return undefined;
    const allowed = new Set(candidates);
    return sets.slice(spent, spent + most + 1).map((same) =>
      same
        .filter((set) => includes(set, from.applied))
        .map((set) => set.filter((op) => !from.applied.includes(op)))
        .filter((set) => set.every((op) => allowed.has(op)))
        .slice(0, MOST_SETS),
    );
  }

  private totals(
    from: Configuration,
    seen: Exact,
    pending: readonly number[],
    most: number,
  ): Totals['sets'] | undefined {
    const base = from.vector.slice();
    for (const op of from.applied) {
      const { dimensions, deltas } = this.quantities.operations[op] as Change;
      for (let at = 0; at < dimensions.length; at++) base[dimensions[at]] -= deltas[at];
    }
    const known = this.remembered.get(seen);
    if (known?.pending === pending && known.most >= most && base.every((value, at) => value === known.base[at]))
      return known.sets;
    const found = this.search(base, seen, pending, most);
    if (found === undefined) return undefined;
    const sets = found.map((same) => same.map((set) => [...set].sort((a, b) => a - b)));
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(seen, { pending, base, most, sets });
    return sets;
  }

  private search(
    vector: Float64Array,
    seen: Exact,
    candidates: readonly number[],
    most: number,
  ): (readonly number[])[][] | undefined {
    const { returns } = this.quantities;
    const certain = candidates.filter((op) => returns[op] !== NEVER);
    if (seen.dimensions.length < FEWEST_DIMENSIONS || certain.length > MOST_CERTAIN) return undefined;
    const unknown = candidates.filter((op) => returns[op] === NEVER);
    const sums = this.tableFor(seen);
    sums.hold(unknown);
    const left = new Float64Array(vector.length);
    seen.dimensions.forEach((dimension, at) => (left[dimension] = seen.values[at] - vector[dimension]));
    const found: (readonly number[])[][] = Array.from({ length: most + 1 }, () => []);
    const search: Search = { sums, left, seen, certain, unknown, candidates: new Set(candidates), most, found };
    this.chooseCertain(search, 0, -1, sums.hashOf(left), []);
    return found;
  }

  private tableFor({ dimensions }: Exact): UnknownSums {
    const name = dimensions.join();
    let table = this.tables.get(name);
    if (table === undefined) {
      if (this.tables.size === MOST_TABLES) this.tables.clear();
      this.tables.set(name, (table = new UnknownSums(this.quantities, dimensions)));
    }
    return table;
  }

  /** Of equal changes the one that returns first goes first. */
  private chooseCertain(search: Search, at: number, skippedClass: number, missing: number, chosen: number[]): void {
    const { certain, sums } = search;
    if (at === certain.length) {
      this.deadline.tick();
      this.complete(search, missing, chosen);
      return;
    }
    const op = certain[at];
    const { sameAs } = this.quantities.operations[op] as Change;
    if (sameAs !== skippedClass) {
      chosen.push(op);
      this.chooseCertain(search, at + 1, skippedClass, (missing - sums.hashOfChange(op)) | 0, chosen);
      chosen.pop();
    }
    this.chooseCertain(search, at + 1, sameAs, missing, chosen);
  }

  private complete(search: Search, missing: number, chosen: readonly number[]): void {
    const { sums, unknown, certain, most } = search;
    if (missing === 0) this.offer(search, [...chosen], 0);
    if (most < 1) return;
    sums.find(missing, (first, second) => {
      if (second === NONE) this.offer(search, [...chosen, first], 1);
      else if (most >= 2) this.offer(search, [...chosen, first, second], 2);
    });
    const subsets = 2 ** certain.length;
    if (most < 3 || unknown.length * subsets > MOST_LOOKUPS) return;
    for (const third of unknown) {
      sums.find((missing - sums.hashOfChange(third)) | 0, (first, second) => {
        if (second !== NONE && third > first && third > second)
          this.offer(search, [...chosen, first, second, third], 3);
      });
    }
    if (most < 4 || sums.size * subsets > MOST_LOOKUPS) return;
    sums.forEachPair((third, fourth, sum) => {
      sums.find((missing - sum) | 0, (first, second) => {
        if (second === NONE || Math.max(first, second) >= Math.min(third, fourth)) return;
        this.offer(search, [...chosen, first, second, third, fourth], 4);
      });
    });
  }

  private offer({ candidates, found, left, seen }: Search, set: readonly number[], place: number): void {
    if (found[place].length >= MOST_TOTALS || !set.every((op) => candidates.has(op))) return;
    const rest = left.slice();
    for (const op of set) {
      const { dimensions, deltas } = this.quantities.operations[op] as Change;
      for (let at = 0; at < dimensions.length; at++) rest[dimensions[at]] -= deltas[at];
    }
    if (seen.dimensions.every((dimension) => rest[dimension] === 0)) found[place].push(set);
  }
}
