import { NONE, OK } from '../../harness/history/history.js';
import type { Transactions } from '../transactions/transactions.js';
import { forbids } from './lattice.js';
import { Limits } from './limits.js';
import type { Inference } from './list-append.js';
import { timeOrder, type Order } from './realtime.js';
import { findCycles } from './search.js';
import type { Cycle } from './walk.js';

/** Everything found in a history of transactions, for judging it against any model. */
export interface Analysis {
  readonly transactions: Transactions;
  readonly inference: Inference;
  /** Cycles of data dependencies, and with real time. */
  readonly realtime: readonly Cycle[];
  /** Cycles of data dependencies, and with process order; only when a cycle through real time exists. */
  readonly process: readonly Cycle[];
  /** Whether the graph that judges models of an order has no edge at all, so that it proves nothing. */
  readonly empty: Readonly<Record<Order, boolean>>;
}

export function analyse(transactions: Transactions, inference: Inference, limits = new Limits()): Analysis {
  const time = timeOrder(transactions);
  const realtime = findCycles(inference.graph, time, 'realtime', limits);
  // Process order is part of real time: without a cycle through time there is none through a process.
  const timed = realtime.some(({ kind }) => kind.endsWith('-realtime'));
  const process = timed ? findCycles(inference.graph, time, 'process', limits) : [];
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
