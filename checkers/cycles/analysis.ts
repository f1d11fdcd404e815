import { NONE, OK } from '../../harness/history/history.js';
import type { Transactions } from '../transactions/transactions.js';
import { forbids } from './lattice.js';
import { Findings } from './findings.js';
import { Limits, OverBudget } from './limits.js';
import type { Inference } from './list-append.js';
import { timeOrder, type Clock, type Order, type TimeOrder } from './realtime.js';
import { findCycles, type Found } from './search.js';
import type { Cycle } from './walk.js';
import { findWeak } from './weak.js';

/** Everything found in a history of transactions, for judging it against any model. */
export interface Analysis extends Found {
  readonly transactions: Transactions;
  readonly inference: Inference;
  readonly clock: Clock;
  /** Whether the graph that judges models of an order has no edge at all, so that it proves nothing. */
  readonly empty: Readonly<Record<Order, boolean>>;
  /** Whether causality of registers was too much to decide. */
  readonly weakOpen?: boolean;
  /** Why the search for cycles did not come to its end, if so. */
  readonly unfinished?: string;
}

export function analyse(
  transactions: Transactions,
  inference: Inference,
  limits = new Limits(),
  clock: Clock = 'recorded',
): Analysis {
  const time = timeOrder(transactions);
  const data = !inference.graph.related;
  const empty = {
    data,
    process: data && !time.successor.some((next) => next !== NONE && transactions.statuses[next] === OK),
    realtime: data && !time.next.some((next) => next < transactions.length),
  };
  const known = { transactions, inference, clock, empty };
  try {
    const found = findCycles(inference.graph, time, clock, limits);
    const weakOpen = transactions.family === 'rw-register' && addWeak({ ...known, ...found }, time, limits);
    return { ...known, ...found, weakOpen };
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error;
    // What was found before stands: a violation needs no complete search.
    return { ...known, realtime: [], process: [], unfinished: error.message };
  }
}

/**
 * Versions of registers are ordered in part only, so cycles may miss what the weaker levels still decide. Answers whether
 * causality was left open.
 */
function addWeak(analysis: Analysis, time: TimeOrder, limits: Limits): boolean {
  const { inference, transactions, realtime, process, clock } = analysis;
  const kinds = [...inference.findings.counts.keys(), ...[...realtime, ...process].map(({ kind }) => kind)];
  // Where sessions belong to every model, what they violate has to be named, whatever else is known.
  const undecided = (model: string) => clock === 'unknown' || !kinds.some((kind) => forbids(model, kind));
  if (!undecided('monotonic-atomic-view') || !WEAK_MODELS.some(undecided)) return false;
  const weak = new Findings();
  const open = findWeak(transactions, time, weak, limits) === 'undecided';
  for (const finding of weak.examples) {
    if (!WEAK_MODELS.some((model) => undecided(model) && forbids(model, finding.kind))) continue;
    inference.findings.add(finding.kind, finding.transactions, () => finding.sentence);
  }
  return open;
}

/** The weakest models that cycles of forced writers rule out. */
const WEAK_MODELS = ['monotonic-atomic-view', 'read-atomic', 'causal-cerone', 'strong-session-snapshot-isolation'];

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
