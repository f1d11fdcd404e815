import type { Transactions } from '../transactions/transactions.js';

/** Micro-operations sorted by key, in order of invocation within a key: one key's work stays in the processor's cache. */
export interface ByKey {
  readonly offsets: Int32Array;
  readonly mops: Int32Array;
  readonly owners: Owners;
}

export function groupByKey(transactions: Transactions): ByKey {
  const { keys } = transactions;
  const offsets = new Int32Array(transactions.keyNames.length + 1);
  for (let mop = 0; mop < keys.length; mop++) offsets[keys[mop] + 1]++;
  for (let key = 0; key + 1 < offsets.length; key++) offsets[key + 1] += offsets[key];
  const mops = new Int32Array(keys.length);
  for (let mop = keys.length - 1; mop >= 0; mop--) mops[--offsets[keys[mop] + 1]] = mop;
  offsets.copyWithin(0, 1);
  offsets[offsets.length - 1] = keys.length;
  return { offsets, mops, owners: new Owners(transactions) };
}

/** One note for so many micro-operations (a power of two): few steps from there, and little memory. */
const STRIDE_BITS = 2;

/** The transaction of each micro-operation, in a quarter of the memory that a column of them would take. */
export class Owners {
  /** The transaction of every fourth micro-operation. */
  private readonly notes: Int32Array;
  private readonly starts: Int32Array;

  constructor({ starts, mops, length }: Pick<Transactions, 'starts' | 'mops' | 'length'>) {
    this.starts = starts;
    this.notes = new Int32Array((mops.length >> STRIDE_BITS) + 1);
    let transaction = 0;
    for (let note = 0; note < this.notes.length; note++) {
      while (transaction + 1 < length && starts[transaction + 1] <= note << STRIDE_BITS) transaction++;
      this.notes[note] = transaction;
    }
  }

  of(mop: number): number {
    let transaction = this.notes[mop >> STRIDE_BITS];
    while (this.starts[transaction + 1] <= mop) transaction++;
    return transaction;
  }
}
