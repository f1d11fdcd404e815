import { FAIL, NONE, OK } from '../../harness/history/history.js';
import { WRITE, type Transactions } from '../transactions/transactions.js';
import type { ByKey } from './by-key.js';
import { versionOrder } from './list-order.js';
import type { ValueIndex } from './value-index.js';

/** A read that shows an element that nobody appended. */
export const ODD = -2;

/** One key of a list history, as registers see it. */
export interface ListKey {
  /** Appends by their place in the order, NONE for elements that nobody appended. */
  readonly order: Int32Array;
  /** Tells for each read the append whose version it found there, NONE for the empty list, or ODD. */
  eachRead(visit: (mop: number, append: number) => void): void;
}

/**
 * What reads of one list found there. What a transaction appended itself tells nothing of others, so a read after own
 * appends counts as one of what is before them. `index`: of the key's appends by value.
 */
export function listKey(
  transactions: Transactions,
  { mops, owners, offsets }: ByKey,
  key: number,
  index: ValueIndex,
): ListKey {
  const { lists, values } = transactions;
  const order = Int32Array.from(versionOrder(lists, key), (value) => index.get(value));
  return {
    order,
    eachRead(visit) {
      for (let i = offsets[key]; i < offsets[key + 1]; i++) {
        const mop = mops[i];
        if (transactions.mops[mop] & WRITE) continue;
        const reader = owners.of(mop);
        let place = Math.min(values[mop], order.length) - 1;
        while (place >= 0 && order[place] >= 0 && owners.of(order[place]) === reader) place--;
        visit(mop, place < 0 ? NONE : order[place] < 0 ? ODD : order[place]);
      }
    },
  };
}

/** Pairs of transactions that each list's order puts one before the other, few enough that the others follow. */
export function eachInListOrder(
  transactions: Transactions,
  { mops, owners, offsets }: ByKey,
  key: number,
  { order }: ListKey,
  visit: (before: number, after: number) => void,
): void {
  const { statuses } = transactions;
  let last = NONE;
  const placed = new Set<number>();
  for (const append of order) {
    const writer = append < 0 ? NONE : owners.of(append);
    if (writer < 0 || statuses[writer] === FAIL) continue;
    placed.add(writer);
    if (last >= 0 && last !== writer) visit(last, writer);
    last = writer;
  }
  if (last < 0) return;
  for (let i = offsets[key]; i < offsets[key + 1]; i++) {
    const writer = owners.of(mops[i]);
    if (transactions.mops[mops[i]] & WRITE && statuses[writer] === OK && !placed.has(writer)) visit(last, writer);
  }
}
