import { WRITE, type Transactions } from '../transactions/transactions.js';
import type { ByKey } from './by-key.js';
import { NotUnique } from './not-unique.js';
import { ValueIndex } from './value-index.js';

/** The appends to one key at a time, numbered in order of invocation, and their places in its version order. */
export class KeyAppends {
  /** By append: its micro-operation, and its place in the version order or -1. */
  readonly mops: number[] = [];
  readonly places: number[] = [];
  /** By place in the order: the append, or -1 for a value that nobody appended. */
  at = new Int32Array(64);
  private readonly index = new ValueIndex();

  constructor(
    private readonly transactions: Transactions,
    private readonly byKey: ByKey,
  ) {}

  /** The append that wrote a value, or -1. */
  of(value: number): number {
    return this.index.get(value);
  }

  /** The transaction of an append. */
  writer(append: number): number {
    return this.byKey.owners.of(this.mops[append]);
  }

  /** @throws NotUnique */
  open(key: number, from: number, to: number): void {
    const { mops, values } = this.transactions;
    this.mops.length = 0;
    this.places.length = 0;
    let low = 0x7fffffff;
    let high = -0x80000000;
    for (let i = from; i < to; i++) {
      const mop = this.byKey.mops[i];
      if (!(mops[mop] & WRITE)) continue;
      this.mops.push(mop);
      this.places.push(-1);
      if (values[mop] < low) low = values[mop];
      if (values[mop] > high) high = values[mop];
    }
    this.index.reset(low, high, this.mops.length);
    for (let append = 0; append < this.mops.length; append++) {
      const value = values[this.mops[append]];
      const other = this.index.get(value);
      if (other >= 0) {
        throw new NotUnique(this.transactions, 'appended', key, value, [this.writer(other), this.writer(append)]);
      }
      this.index.set(value, append);
    }
  }

  /** Gives every append its place in the order; the order keeps the first of repeated elements. */
  place(elements: Int32Array): { readonly order: Int32Array; readonly irregular: boolean } {
    if (this.at.length < elements.length) this.at = new Int32Array(elements.length * 2);
    let irregular = false;
    let count = 0;
    let order = elements;
    const strangers = new Set<number>();
    for (const value of elements) {
      const append = this.index.get(value);
      const repeated = append < 0 ? strangers.has(value) : this.places[append] >= 0;
      if (append < 0) strangers.add(value);
      if (append < 0 || repeated) {
        if (!irregular) order = elements.slice();
        irregular = true;
      }
      if (repeated) continue;
      if (append >= 0) this.places[append] = count;
      if (irregular) order[count] = value;
      this.at[count++] = append;
    }
    return { order: order.subarray(0, count), irregular };
  }
}
