import { FAIL, NONE, OK } from '../../harness/history/history.js';
import { NULL_VALUE } from '../transactions/names.js';
import { EXTERNAL, WRITE, type Transactions } from '../transactions/transactions.js';
import { groupByKey } from './by-key.js';
import { ValueIndex } from './value-index.js';

/** The initial state as a writer that precedes everybody. */
export const INITIAL = -2;

/** Told that `before` must precede `after` in the order of commits, as `reader` read `key` from `after`. */
export type Precedes = (before: number, after: number, reader: number, key: number) => void;

/** Which transaction each external read read from, and who writes what. */
export interface ReadsFrom {
  readonly transactions: Transactions;
  /** By micro-operation: the writer, INITIAL, or NONE for own, odd and no reads. */
  readonly writers: Int32Array;
  /** Every external read in order of invocation. */
  each(visit: (reader: number, writer: number, key: number, mop: number) => void): void;
  /** Whether a transaction takes part: ok, or unknown but read by somebody. */
  committed(transaction: number): boolean;
}

export function readsFrom(transactions: Transactions): ReadsFrom {
  const { mops, values, starts, statuses, keys, length } = transactions;
  const byKey = groupByKey(transactions);
  const writers = new Int32Array(mops.length).fill(NONE);
  const observed = Uint8Array.from(statuses, (status) => (status === OK ? 1 : 0));
  const index = new ValueIndex();
  for (let key = 0; key + 1 < byKey.offsets.length; key++) {
    const own = byKey.mops.subarray(byKey.offsets[key], byKey.offsets[key + 1]);
    index.fillWith(transactions, own);
    for (const mop of own) {
      if (mops[mop] & WRITE) continue;
      const write = values[mop] === NULL_VALUE ? NONE : index.get(values[mop]);
      const writer = values[mop] === NULL_VALUE ? INITIAL : write < 0 ? NONE : byKey.owners.of(write);
      if (writer === byKey.owners.of(mop) || (writer >= 0 && statuses[writer] === FAIL)) continue;
      if (writer === INITIAL && !(mops[mop] & EXTERNAL)) continue;
      writers[mop] = writer;
      if (writer >= 0) observed[writer] = 1;
    }
  }
  return {
    transactions,
    writers,
    committed: (transaction) => observed[transaction] === 1,
    each(visit) {
      for (let reader = 0; reader < length; reader++) {
        if (statuses[reader] !== OK) continue;
        for (let mop = starts[reader]; mop < starts[reader + 1]; mop++) {
          if (writers[mop] !== NONE) visit(reader, writers[mop], keys[mop], mop);
        }
      }
    },
  };
}

/** Calls back for every key that a transaction writes, possibly more than once. INITIAL writes every key and is not listed. */
export function eachWrite({ transactions }: ReadsFrom, transaction: number, visit: (key: number) => void): void {
  const { starts, mops, keys } = transactions;
  for (let mop = starts[transaction]; mop < starts[transaction + 1]; mop++) if (mops[mop] & WRITE) visit(keys[mop]);
}
