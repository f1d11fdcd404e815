import type { Transactions } from '../transactions/transactions.js';

/** Micro-operations sorted by key, in order of invocation within a key: one key's work stays in the processor's cache. */
export interface ByKey {
  readonly offsets: Int32Array;
  readonly mops: Int32Array;
  /** By micro-operation: its transaction. */
  readonly owners: Int32Array;
}

export function groupByKey(transactions: Transactions): ByKey {
  const { keys, starts, length } = transactions;
  const offsets = new Int32Array(transactions.keyNames.length + 1);
  for (const key of keys) offsets[key + 1]++;
  for (let key = 0; key + 1 < offsets.length; key++) offsets[key + 1] += offsets[key];
  const mops = new Int32Array(keys.length);
  for (let mop = keys.length - 1; mop >= 0; mop--) mops[--offsets[keys[mop] + 1]] = mop;
  offsets.copyWithin(0, 1);
  offsets[offsets.length - 1] = keys.length;
  const owners = new Int32Array(keys.length);
  for (let transaction = 0; transaction < length; transaction++) {
    owners.fill(transaction, starts[transaction], starts[transaction + 1]);
  }
  return { offsets, mops, owners };
}
