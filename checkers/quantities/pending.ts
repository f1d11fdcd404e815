import type { Change, Quantities } from './quantities.js';

/**
 * The changes that were invoked and that not every configuration has: those that may still take effect. Ordered so that
 * equal ones stand together, soonest return first.
 */
export class Pending {
  list: readonly number[] = [];
  private readonly needed: Float64Array;
  /** The list that `needed` was summed up for. */
  private neededBy: readonly number[] = this.list;

  constructor(private readonly quantities: Quantities) {
    this.needed = new Float64Array(quantities.size);
  }

  add(op: number): void {
    const { returns } = this.quantities;
    const { sameAs } = this.change(op);
    let at = this.list.length;
    while (at > 0) {
      const other = this.list[at - 1];
      const otherClass = this.change(other).sameAs;
      if (otherClass < sameAs || (otherClass === sameAs && returns[other] <= returns[op])) break;
      at--;
    }
    this.list = this.list.toSpliced(at, 0, op);
  }

  remove(op: number): void {
    const at = this.list.indexOf(op);
    if (at >= 0) this.list = this.list.toSpliced(at, 1);
  }

  /** Those that a configuration does not have, of each class the next one only; not `excluded`, nor its equals. */
  next(applied: readonly number[], excluded: number): readonly number[] {
    let lastClass = excluded < 0 ? -1 : this.change(excluded).sameAs;
    const excludedClass = lastClass;
    return this.list.filter((op) => {
      const { sameAs } = this.change(op);
      if (sameAs === lastClass || sameAs === excludedClass || applied.includes(op)) return false;
      lastClass = sameAs;
      return true;
    });
  }

  /** Those that a configuration does not have; not `excluded`, nor its equals. */
  all(applied: readonly number[], excluded: number): readonly number[] {
    const excludedClass = excluded < 0 ? -1 : this.change(excluded).sameAs;
    return this.list.filter((op) => this.change(op).sameAs !== excludedClass && !applied.includes(op));
  }

  /** What all of them together need of a dimension. */
  need(dimension: number): number {
    if (this.neededBy !== this.list) {
      this.neededBy = this.list;
      this.needed.fill(0);
      for (const op of this.list) {
        const { needs } = this.change(op);
        if (needs !== undefined) this.needed[needs.dimension] += needs.amount;
      }
    }
    return this.needed[dimension];
  }

  private change(op: number): Change {
    return this.quantities.operations[op] as Change;
  }
}
