import type { Deadline } from '../linearizability/budget.js';
import { type Change, type Exact, NEVER, type Quantities } from './quantities.js';

export interface DecodeLimits {
  /** How many changes of unknown outcome one explanation may use. */
  readonly optional: number;
  readonly nodes: number;
  readonly solutions: number;
  /**
   * `all`: every set of changes. `needed`: sets that add up to nothing are left out, because they may as well take
   * effect later (where quantities suffice for any order).
   */
  readonly sets: 'needed' | 'all';
}

export interface Decoded {
  readonly sets: readonly (readonly number[])[];
  /** False where a limit cut the enumeration short. */
  readonly complete: boolean;
}

/**
 * Which of the pending changes lead from a vector to the one that was seen: all subsets with that sum. Dimension by
 * dimension, fewest candidates first; with amounts from a wide range, or with the number of changes among what was
 * seen, the first dimensions leave next to nothing to the others.
 */
export function decode(
  { operations, returns }: Quantities,
  vector: Float64Array,
  seen: Exact,
  candidates: readonly number[],
  limits: DecodeLimits,
  deadline: Deadline,
): Decoded {
  const left = new Float64Array(vector.length);
  seen.dimensions.forEach((dimension, at) => (left[dimension] = seen.values[at] - vector[dimension]));
  const items = feasible(seen, left, candidates, operations as readonly Change[]);
  if (items === undefined) return { sets: [], complete: true };
  return new Decoder(items, operations as readonly Change[], returns, seen, left, limits, deadline).run();
}

/** Drops changes that would overshoot in a dimension that all candidates move the same way. Undefined: no way at all. */
function feasible(
  seen: Exact,
  left: Float64Array,
  candidates: readonly number[],
  operations: readonly Change[],
): readonly number[] | undefined {
  const isSeen = new Uint8Array(left.length);
  for (const dimension of seen.dimensions) isSeen[dimension] = 1;
  let items = candidates.filter((item) => operations[item].dimensions.some((dimension) => isSeen[dimension] === 1));
  const lowest = new Float64Array(left.length);
  const highest = new Float64Array(left.length);
  for (;;) {
    lowest.fill(0);
    highest.fill(0);
    for (const item of items) {
      const { dimensions, deltas } = operations[item];
      for (let at = 0; at < dimensions.length; at++) {
        if (deltas[at] < 0) lowest[dimensions[at]] += deltas[at];
        else highest[dimensions[at]] += deltas[at];
      }
    }
    // Also false where what was seen is no number.
    for (const dimension of seen.dimensions) {
      if (!(left[dimension] >= lowest[dimension] && left[dimension] <= highest[dimension])) return undefined;
    }
    const kept = items.filter((item) => {
      const { dimensions, deltas } = operations[item];
      return dimensions.every((dimension, at) => {
        if (isSeen[dimension] === 0) return true;
        return deltas[at] < 0
          ? left[dimension] - deltas[at] <= highest[dimension]
          : left[dimension] - deltas[at] >= lowest[dimension];
      });
    });
    if (kept.length === items.length) return items;
    items = kept;
  }
}

/** The least and the most that the changes from each place on can add. */
class Bounds {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;

  constructor(size: number) {
    this.lowest = new Float64Array(size + 1);
    this.highest = new Float64Array(size + 1);
  }

  extend(at: number, delta: number): void {
    this.lowest[at] = this.lowest[at + 1] + Math.min(0, delta);
    this.highest[at] = this.highest[at + 1] + Math.max(0, delta);
  }
}

/** A dimension to be settled, by the items that touch it. */
interface Row {
  readonly dimension: number;
  readonly places: readonly number[];
  readonly all: Bounds;
  readonly certain: Bounds;
}

class Decoder {
  private readonly sets: (readonly number[])[] = [];
  private readonly chosen: number[] = [];
  private readonly decided: Uint8Array;
  private optionalUsed = 0;
  private nodes = 0;
  private complete = true;
  private readonly isSeen: Uint8Array;
  /** Items by dimension; equal ones next to each other, soonest return first. */
  private readonly touching: number[][];

  constructor(
    private readonly items: readonly number[],
    private readonly operations: readonly Change[],
    private readonly returns: Int32Array,
    private readonly seen: Exact,
    private readonly left: Float64Array,
    private readonly limits: DecodeLimits,
    private readonly deadline: Deadline,
  ) {
    this.decided = new Uint8Array(items.length);
    this.isSeen = new Uint8Array(left.length);
    for (const dimension of seen.dimensions) this.isSeen[dimension] = 1;
    this.touching = Array.from(left, () => []);
    items.forEach((item, place) => {
      for (const dimension of operations[item].dimensions) this.touching[dimension].push(place);
    });
  }

  run(): Decoded {
    this.nextDimension();
    return { sets: this.sets, complete: this.complete };
  }

  private nextDimension(): void {
    if (this.cut()) return;
    const dimension = this.pick();
    if (dimension < 0) {
      this.sets.push([...this.chosen]);
      return;
    }
    const places = this.touching[dimension].filter((place) => this.decided[place] === 0);
    const row: Row = { dimension, places, all: new Bounds(places.length), certain: new Bounds(places.length) };
    for (let at = places.length - 1; at >= 0; at--) {
      const delta = this.deltaIn(places[at], dimension);
      row.all.extend(at, delta);
      row.certain.extend(at, this.returns[this.items[places[at]]] === NEVER ? 0 : delta);
    }
    for (const place of places) this.decided[place] = 1;
    this.choose(row, 0, -1);
    for (const place of places) this.decided[place] = 0;
  }

  /** The dimension to settle next; −1 when all are. */
  private pick(): number {
    let best = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (const dimension of this.seen.dimensions) {
      let free = 0;
      for (const place of this.touching[dimension]) free += 1 - this.decided[place];
      const open = this.left[dimension] !== 0 || (this.limits.sets === 'all' && free > 0);
      if (open && free < fewest) {
        best = dimension;
        fewest = free;
      }
    }
    return best;
  }

  private choose(row: Row, at: number, skippedClass: number): void {
    if (this.cut()) return;
    const { dimension, places } = row;
    const left = this.left[dimension];
    // With all unknown changes spent that may be, only the others can still make a difference.
    const spent = this.optionalUsed >= this.limits.optional;
    const { lowest, highest } = spent ? row.certain : row.all;
    if (left < lowest[at] || left > highest[at]) return;
    if (at === places.length || (spent && lowest[at] === 0 && highest[at] === 0)) {
      this.nextDimension();
      return;
    }
    const place = places[at];
    const item = this.items[place];
    const { sameAs } = this.operations[item];
    const optional = this.returns[item] === NEVER ? 1 : 0;
    // Of equal changes the one that returns first goes first: skipping it and taking another gives nothing new.
    if (sameAs !== skippedClass && this.optionalUsed + optional <= this.limits.optional) {
      this.optionalUsed += optional;
      this.chosen.push(item);
      this.move(place, -1);
      this.choose(row, at + 1, skippedClass);
      this.move(place, 1);
      this.chosen.pop();
      this.optionalUsed -= optional;
    }
    this.choose(row, at + 1, sameAs);
  }

  private cut(): boolean {
    this.deadline.tick();
    if (++this.nodes <= this.limits.nodes && this.sets.length < this.limits.solutions) return false;
    this.complete = false;
    return true;
  }

  private move(place: number, sign: number): void {
    const { dimensions, deltas } = this.operations[this.items[place]];
    for (let at = 0; at < dimensions.length; at++) {
      if (this.isSeen[dimensions[at]]) this.left[dimensions[at]] += sign * deltas[at];
    }
  }

  private deltaIn(place: number, dimension: number): number {
    const { dimensions, deltas } = this.operations[this.items[place]];
    return deltas[dimensions.indexOf(dimension)];
  }
}
