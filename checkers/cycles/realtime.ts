import { clientSessions } from '../../harness/history/client-sessions.js';
import { FAIL, NONE, OK } from '../../harness/history/history.js';
import type { Transactions } from '../transactions/transactions.js';

/** Which orders besides data dependencies take part in a search. */
export type Order = 'data' | 'process' | 'realtime';

/** Whether the order of events in a history is that of real time, or made up because only sessions were recorded. */
export type Clock = 'recorded' | 'unknown';

/**
 * The order of time among transactions, in linear space: a timeline with one tick at each invocation. Transaction i hangs
 * on tick i, tick i leads to tick i + 1, and a transaction that returned ok leads to the first tick after its completion.
 * Then a path of ticks from A to B exists exactly if A completed before B was invoked, without storing a pair of them.
 * A transaction with unknown outcome may take effect at any later time, so nothing follows it.
 */
export interface TimeOrder {
  /** By transaction: the first transaction invoked after its completion; the number of transactions when none is. */
  readonly next: Int32Array;
  /** By transaction: the next transaction of its process, or NONE. */
  readonly successor: Int32Array;
}

export function timeOrder(transactions: Transactions): TimeOrder {
  const { length, invokes, completions, statuses } = transactions;
  const next = new Int32Array(length).fill(length);
  for (let i = 0; i < length; i++) {
    if (statuses[i] === OK) next[i] = firstAfter(invokes, completions[i], i);
  }
  return { next, successor: processOrder(transactions) };
}

/** First index above `from` whose entry exceeds `position`: doubling steps, as completions are near their invocation. */
function firstAfter(ascending: Int32Array, position: number, from: number): number {
  let step = 1;
  let low = from;
  while (low + step < ascending.length && ascending[low + step] < position) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, ascending.length);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < position) low = middle;
    else high = middle;
  }
  return high;
}

function processOrder(transactions: Transactions): Int32Array {
  const { length, invokes, statuses, history } = transactions;
  const successor = new Int32Array(length).fill(NONE);
  const { sessions } = clientSessions(history);
  const last = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    // A failed transaction has no place in any order, and an unknown one ends its session.
    if (statuses[i] === FAIL) continue;
    const process = sessions[invokes[i]];
    const previous = last.get(process);
    if (previous !== undefined) successor[previous] = i;
    if (statuses[i] === OK) last.set(process, i);
    else last.delete(process);
  }
  return successor;
}
