import type { Deadline } from '../linearizability/budget.js';
import { type Change, type Exact, NEVER, NONE, type Quantities } from './quantities.js';
import { UnknownSums } from './unknown-sums.js';

/** Fewer dimensions tell too little: nearly every sum is met by some pair. */
const FEWEST_DIMENSIONS = 4;
/** All their subsets are tried. */
const MOST_CERTAIN = 14;
/** Sums looked up for one observation. */
const MOST_LOOKUPS = 2_000_000;
const MOST_SETS = 32;
/** Kinds of observations for which sums are kept. */
const MOST_TABLES = 4;

interface Search {
  readonly sums: UnknownSums;
  readonly left: Float64Array;
  readonly seen: Exact;
  readonly certain: readonly number[];
  readonly unknown: readonly number[];
  readonly candidates: ReadonlySet<number>;
  readonly most: number;
  /** Sets by the number of unknown changes in them, less one. */
  readonly found: (readonly number[])[][];
}

/**
 * Explanations of an observation with one to four unknown changes besides certain ones, among hundreds that are
 * still possible: for every subset of the certain ones (those under way are few) the table of {@link UnknownSums} tells
 * who makes up for the rest.
 */
export class LikelySets {
  private readonly tables = new Map<string, UnknownSums>();

  constructor(
    private readonly quantities: Quantities,
    private readonly deadline: Deadline,
  ) {}

  /** Fewest unknown changes first; undefined where this is not the way to look. Not all there are. */
  find(
    vector: Float64Array,
    seen: Exact,
    candidates: readonly number[],
    most: number,
  ): readonly (readonly number[])[] | undefined {
    const { returns } = this.quantities;
    const certain = candidates.filter((op) => returns[op] !== NEVER);
    if (seen.dimensions.length < FEWEST_DIMENSIONS || certain.length > MOST_CERTAIN) return undefined;
    const unknown = candidates.filter((op) => returns[op] === NEVER);
    const sums = this.tableFor(seen);
    sums.hold(unknown);
    const left = new Float64Array(vector.length);
    seen.dimensions.forEach((dimension, at) => (left[dimension] = seen.values[at] - vector[dimension]));
    const found: (readonly number[])[][] = [[], [], [], []];
    const search: Search = { sums, left, seen, certain, unknown, candidates: new Set(candidates), most, found };
    this.chooseCertain(search, 0, -1, sums.hashOf(left), []);
    return found.flat().slice(0, MOST_SETS);
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
    sums.find(missing, (first, second) => {
      if (second === NONE) this.offer(search, [...chosen, first], 0);
      else if (most >= 2) this.offer(search, [...chosen, first, second], 1);
    });
    const subsets = 2 ** certain.length;
    if (most < 3 || unknown.length * subsets > MOST_LOOKUPS) return;
    for (const third of unknown) {
      sums.find((missing - sums.hashOfChange(third)) | 0, (first, second) => {
        if (second !== NONE && third > first && third > second)
          this.offer(search, [...chosen, first, second, third], 2);
      });
    }
    if (most < 4 || sums.size * subsets > MOST_LOOKUPS) return;
    sums.forEachPair((third, fourth, sum) => {
      sums.find((missing - sum) | 0, (first, second) => {
        if (second === NONE || Math.max(first, second) >= Math.min(third, fourth)) return;
        this.offer(search, [...chosen, first, second, third, fourth], 3);
      });
    });
  }

  private offer({ candidates, found, left, seen }: Search, set: readonly number[], place: number): void {
    if (found[place].length >= MOST_SETS || !set.every((op) => candidates.has(op))) return;
    const rest = left.slice();
    for (const op of set) {
      const { dimensions, deltas } = this.quantities.operations[op] as Change;
      for (let at = 0; at < dimensions.length; at++) rest[dimensions[at]] -= deltas[at];
    }
    if (seen.dimensions.every((dimension) => rest[dimension] === 0)) found[place].push(set);
  }
}
