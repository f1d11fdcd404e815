import { FAIL, NONE, OK } from '../../harness/history/history.js';
import { NULL_VALUE } from '../transactions/names.js';
import { WRITE, type Transactions } from '../transactions/transactions.js';
import { groupByKey } from './by-key.js';
import { eachInListOrder, listKey, ODD } from './list-sources.js';
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
  /** Pairs that known orders of lists put one before the other. */
  readonly ordered: readonly (readonly [before: number, after: number])[];
  /** Whether a transaction takes part: ok, or unknown but read by somebody. */
  committed(transaction: number): boolean;
}

export function readsFrom(transactions: Transactions): ReadsFrom {
  const { mops, values, starts, statuses, keys, length } = transactions;
  const byKey = groupByKey(transactions);
  const writers = new Int32Array(mops.length).fill(NONE);
  const observed = Uint8Array.from(statuses, (status) => (status === OK ? 1 : 0));
  const index = new ValueIndex();
  const ordered: (readonly [number, number])[] = [];
  for (let key = 0; key + 1 < byKey.offsets.length; key++) {
    const own = byKey.mops.subarray(byKey.offsets[key], byKey.offsets[key + 1]);
    index.fillWith(transactions, own);
    const note = (mop: number, writer: number) => {
      if (writer === byKey.owners.of(mop) || (writer >= 0 && statuses[writer] === FAIL)) return;
      writers[mop] = writer;
      if (writer >= 0) observed[writer] = 1;
    };
    if (transactions.family === 'list-append') {
      const list = listKey(transactions, byKey, key, index);
      for (const append of list.order) {
        const writer = append < 0 ? NONE : byKey.owners.of(append);
        if (writer >= 0 && statuses[writer] !== FAIL) observed[writer] = 1;
      }
      list.eachRead((mop, append) => {
        if (append !== ODD) note(mop, append === NONE ? INITIAL : byKey.owners.of(append));
      });
      eachInListOrder(transactions, byKey, key, list, (before, after) => ordered.push([before, after]));
      continue;
    }
    for (const mop of own) {
      if (mops[mop] & WRITE) continue;
      const write = values[mop] === NULL_VALUE ? NONE : index.get(values[mop]);
      if (values[mop] === NULL_VALUE) note(mop, INITIAL);
      else if (write >= 0) note(mop, byKey.owners.of(write));
    }
  }
  return {
    transactions,
    writers,
    ordered,
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
