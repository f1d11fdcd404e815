import { NULL_VALUE } from '../transactions/names.js';
import { WRITE, type Transactions } from '../transactions/transactions.js';

const MAX_DENSE_SPAN = 1 << 22;

/**
 * A reusable map from value codes to small integers for one key at a time. Values close together (the usual counters)
 * index an array; scattered ones go through open addressing. Absent is -1.
 */
export class ValueIndex {
  private dense = new Int32Array(256).fill(-1);
  private low = 0;
  private span = 0;
  private slots = new Int32Array(0);
  private results = new Int32Array(0);
  private mask = 0;

  /** Empties the index and prepares it for at most `count` distinct values in `low..high`. */
  reset(low: number, high: number, count: number): void {
    const span = high - low + 1;
    if (count === 0) {
      this.span = 0;
      this.mask = -1;
    } else if (span <= MAX_DENSE_SPAN && span <= 16 * count + 256) {
      this.low = low;
      this.span = span;
      this.mask = -1;
      if (this.dense.length < span) this.dense = new Int32Array(span * 2);
      this.dense.fill(-1, 0, span);
    } else {
      this.span = -1;
      let size = 16;
      while (size < count * 2) size *= 2;
      if (this.slots.length < size) {
        this.slots = new Int32Array(size);
        this.results = new Int32Array(size);
      }
      this.results.fill(-1, 0, size);
      this.mask = size - 1;
    }
  }

  /**
   * Fills it with one key's writes: value to micro-operation, the last of equal ones. `own` are the key's
   * micro-operations; `twice` is told of a value that was written before.
   */
  fillWith({ mops, values }: Transactions, own: Int32Array, twice?: (first: number, second: number) => void): void {
    let low = 0x7fffffff;
    let high = NULL_VALUE;
    let count = 0;
    for (const mop of own) {
      if (!(mops[mop] & WRITE)) continue;
      low = Math.min(low, values[mop]);
      high = Math.max(high, values[mop]);
      count++;
    }
    this.reset(low, high, count);
    for (const mop of own) {
      if (!(mops[mop] & WRITE)) continue;
      const first = twice === undefined ? -1 : this.get(values[mop]);
      if (first >= 0) twice!(first, mop);
      this.set(values[mop], mop);
    }
  }

  get(value: number): number {
    if (this.span >= 0) {
      const slot = value - this.low;
      return slot >= 0 && slot < this.span ? this.dense[slot] : -1;
    }
    return this.results[this.find(value)];
  }

  /** `result` must not be negative; the value must lie in the range given to {@link reset}. */
  set(value: number, result: number): void {
    if (this.span >= 0) {
      this.dense[value - this.low] = result;
      return;
    }
    const slot = this.find(value);
    this.slots[slot] = value;
    this.results[slot] = result;
  }

  private find(value: number): number {
    let slot = Math.imul(value, 0x9e3779b1) & this.mask;
    while (this.results[slot] >= 0 && this.slots[slot] !== value) slot = (slot + 1) & this.mask;
    return slot;
  }
}
