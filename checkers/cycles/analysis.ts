import { NONE, OK } from '../../harness/history/history.js';
import type { Transactions } from '../transactions/transactions.js';
import { forbids } from './lattice.js';
import { Limits } from './limits.js';
import type { Inference } from './list-append.js';
import { timeOrder, type Order } from './realtime.js';
import { findCycles, type Found } from './search.js';
import type { Cycle } from './walk.js';

/** Everything found in a history of transactions, for judging it against any model. */
export interface Analysis extends Found {
  readonly transactions: Transactions;
  readonly inference: Inference;
  /** Whether the graph that judges models of an order has no edge at all, so that it proves nothing. */
  readonly empty: Readonly<Record<Order, boolean>>;
}

export function analyse(transactions: Transactions, inference: Inference, limits = new Limits()): Analysis {
  const time = timeOrder(transactions);
  const { realtime, process } = findCycles(inference.graph, time, limits);
  const data = !inference.graph.related;
  const empty = {
    data,
    process: data && !time.successor.some((next) => next !== NONE && transactions.statuses[next] === OK),
    realtime: data && !time.next.some((next) => next < transactions.length),
  };
  return { transactions, inference, realtime, process, empty };
}

/** The order that a model speaks of, beyond data. */
export function orderOf(model: string): Order {
  if (forbids(model, 'G2-realtime') || forbids(model, 'G1-realtime') || forbids(model, 'G0-realtime'))
    return 'realtime';
  return forbids(model, 'G0-process') ? 'process' : 'data';
}

/** Cycles that a model of this order can be judged by. */
export function cyclesOf(analysis: Analysis, order: Order): readonly Cycle[] {
  const cycles = order === 'process' ? analysis.process : analysis.realtime;
  if (order === 'realtime') return cycles;
  if (order === 'process' && cycles.length > 0) return cycles;
  return analysis.realtime.filter(({ kind }) => !kind.endsWith('-realtime'));
}
