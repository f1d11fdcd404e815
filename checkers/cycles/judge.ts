import { FAIL, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, Verdict } from '../checker.js';
import { WRITE, type Transactions } from '../transactions/transactions.js';
import { cyclesOf, orderOf, type Analysis } from './analysis.js';
import { explainCycle } from './explain.js';
import type { Finding } from './findings.js';
import { boundary, forbids } from './lattice.js';
import { operationsOf } from './naming.js';
import type { Order } from './realtime.js';
import { listReasons, registerReasons } from './reasons.js';

export const OPEN_ORDERS = 'orders of writes that no read tells';
/** Cycles of one kind that are explained; all are counted. */
const EXPLAINED = 8;

/** What was found, against one model. */
export function judge(analysis: Analysis, model: string): Verdict {
  const { transactions, inference } = analysis;
  const order = orderIn(analysis, model);
  const judged = cyclesOf(analysis, order);
  const counts = countKinds(analysis, [...judged, ...beyond(analysis, judged)]);
  const against = (kind: string) => prohibits(analysis, model, kind);
  const anomalies = sortBySeverity(explainAll(analysis, judged), against);
  const details = describe(analysis, model, counts, against);
  const prohibited = [...counts.keys()].filter(against);
  const [worst, ...others] = anomalies;
  const what = `${transactions.family} against ${model}: ${String(transactions.length)} transactions`;
  if (worst !== undefined && prohibited.length > 0) {
    return { validity: 'invalid', anomalies: [worst, ...others], details, checked: [what], notChecked: [] };
  }
  if (analysis.unfinished !== undefined) {
    return { validity: 'unknown', reason: analysis.unfinished, anomalies, details, checked: [], notChecked: [what] };
  }
  if (analysis.clock === 'unknown' && orderOf(model) === 'realtime') {
    const reason = `the history does not tell real time, so ${model} stays open; nothing within sessions contradicts it`;
    return { validity: 'unknown', reason, anomalies, details, checked: [], notChecked: [what] };
  }
  if (!readsAnything(transactions)) {
    const reason = `no transaction that returned ok read anything, so nothing is proven about ${model}`;
    return { validity: 'unknown', reason, anomalies, details, checked: [], notChecked: [what] };
  }
  const open = inference.partlyOrderedKeys;
  const notChecked = open > 0 ? [`${OPEN_ORDERS}, of ${String(open)} keys`] : [];
  return { validity: 'valid', anomalies, details, checked: [what, ...inference.assumptions], notChecked };
}

/** Session order belongs to every model where nothing else was recorded. */
function orderIn({ clock }: Analysis, model: string): Order {
  return clock === 'unknown' ? 'process' : orderOf(model);
}

/** Whether some transaction that returned ok tells what it found: without that nothing contradicts anything. */
function readsAnything({ mops }: Transactions): boolean {
  return mops.some((mop) => !(mop & WRITE));
}

function prohibits({ clock }: Analysis, model: string, kind: string): boolean {
  // Levels that say nothing of reads are still about transactions: what one writes later it cannot read.
  if (kind === 'future-read' || forbids(model, kind)) return true;
  if (clock === 'recorded' || !kind.endsWith('-process')) return false;
  const base = kind.replace(/-process$/, '');
  // Read committed of sessions demands monotonic reads inside a transaction (Biswas and Enea).
  return forbids(model, base) || (base === 'monotonic-atomic-view-cycle' && forbids(model, 'G1c'));
}

/** Kinds found only by looking beyond the order that the model speaks of. */
function beyond(analysis: Analysis, judged: Analysis['realtime']): Analysis['realtime'] {
  const kinds = new Set(judged.map(({ kind }) => kind));
  return analysis.realtime.filter(({ kind }) => !kinds.has(kind));
}

function countKinds(analysis: Analysis, cycles: Analysis['realtime']): Map<string, number> {
  const counts = new Map(analysis.inference.findings.counts);
  for (const { kind } of cycles) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function explainAll(analysis: Analysis, judged: Analysis['realtime']): Anomaly[] {
  const { transactions, inference } = analysis;
  const reason = transactions.family === 'list-append' ? listReasons(transactions) : registerReasons(transactions);
  const anomalies = inference.findings.examples.map((finding) => explainFinding(transactions, finding));
  const explained = new Map<string, number>();
  for (const cycle of [...judged, ...beyond(analysis, judged)]) {
    const count = (explained.get(cycle.kind) ?? 0) + 1;
    explained.set(cycle.kind, count);
    if (count <= EXPLAINED) anomalies.push(explainCycle(transactions, cycle, reason));
  }
  return anomalies;
}

function explainFinding(transactions: Transactions, finding: Finding): Anomaly {
  return {
    kind: finding.kind,
    sentence: finding.sentence,
    operations: operationsOf(transactions, finding.transactions),
    rulesOut: boundary([finding.kind]).not,
  };
}

/** Prohibited before allowed, and those that rule out more models first. */
function sortBySeverity(anomalies: readonly Anomaly[], against: (kind: string) => boolean): Anomaly[] {
  const rank = ({ kind }: Anomaly) => (against(kind) ? 0 : 1000) - boundaryRank(kind);
  return [...anomalies].sort((a, b) => rank(a) - rank(b));
}

/** How many models an anomaly rules out: the more, the worse. */
function boundaryRank(kind: string): number {
  const { not, alsoNot } = boundary([kind]);
  return not.length + alsoNot.length;
}

function describe(
  analysis: Analysis,
  model: string,
  counts: ReadonlyMap<string, number>,
  against: (kind: string) => boolean,
): Readonly<Record<string, Json>> {
  const { transactions, inference } = analysis;
  const everything = [...counts.keys(), ...analysis.process.map(({ kind }) => kind)];
  const count = (status: number) => transactions.statuses.reduce((sum, other) => sum + (other === status ? 1 : 0), 0);
  const judged = boundary(counts.keys());
  const kinds = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const ok = count(OK);
  const failed = count(FAIL);
  return {
    model,
    transactions: { ok, fail: failed, info: transactions.length - ok - failed },
    microOperations: transactions.mops.length,
    keys: transactions.keyNames.length,
    dependencies: inference.graph.targets.length,
    partlyOrderedKeys: inference.partlyOrderedKeys,
    ...(inference.unseen === undefined ? {} : { unseenAppends: inference.unseen }),
    anomalies: Object.fromEntries(kinds),
    prohibited: kinds.map(([kind]) => kind).filter((kind) => against(kind)),
    allowed: kinds.map(([kind]) => kind).filter((kind) => !against(kind)),
    not: judged.not,
    alsoNot: judged.alsoNot,
    strongest: boundary(everything).strongest,
  };
}
