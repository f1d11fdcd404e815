import { FAIL, OK, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Anomaly, CheckContext, Checker, Verdict } from '../checker.js';
import { readTransactions } from '../transactions/reader.js';
import type { Family, Transactions } from '../transactions/transactions.js';
import { analyse, cyclesOf, orderOf, type Analysis } from './analysis.js';
import { explainCycle } from './explain.js';
import type { Finding } from './findings.js';
import { boundary, forbids, forbidsAnything, modelNamed } from './lattice.js';
import { inferListAppend, type Inference } from './list-append.js';
import { Limits, OverBudget } from './limits.js';
import type { Order } from './realtime.js';
import { operationsOf } from './naming.js';
import { NotUnique } from './not-unique.js';
import { withPremises } from './premises.js';
import { decideRegisters } from './polygraph/decide.js';
import { LEVELS } from './polygraph/levels.js';
import { listReasons, registerReasons } from './reasons.js';
import { inferRwRegister } from './rw-register.js';
import { registerOptions } from './version-orders.js';
import { anything, initialState, yesOrNo } from '../option-rules.js';

const OPEN_ORDERS = 'orders of writes that no read tells';
const THIN_AIR = 'thin-air-read';
/** Cycles of one kind that are explained; all are counted. */
const EXPLAINED = 8;

/** Transactions over lists that only grow, with reads of whole lists. */
export const listAppend: Checker = {
  name: 'list-append',
  summary: 'transactions of appends and reads: dependencies, cycles and other anomalies, against a consistency model',
  options: { realtime: yesOrNo },
  check: (history, context) =>
    withPremises(check(history, context, 'list-append'), history, 'list-append', context.options),
};

/** Transactions over registers whose writes are unique per key. */
export const rwRegister: Checker = {
  name: 'rw-register',
  summary:
    'transactions of unique writes and reads: dependencies, cycles and other anomalies, against a consistency model',
  options: {
    initialState,
    initial: anything,
    realtime: yesOrNo,
    linearizableKeys: yesOrNo,
    sequentialKeys: yesOrNo,
    writesFollowReads: yesOrNo,
  },
  check: (history, context) =>
    withPremises(check(history, context, 'rw-register'), history, 'rw-register', context.options),
};

/** The same for a history known to begin with nothing written: a value that nobody wrote came out of thin air. */
export const rwRegisterFromEmpty: Checker = {
  ...rwRegister,
  check: (history, context) =>
    rwRegister.check(history, { ...context, options: { initialState: 'empty', ...context.options } }),
};

/**
 * Judges a history against `context.consistency`, else what the system claims, else strict serializability.
 * Anomalies that the model allows do not make it invalid. Option `realtime: false`: only the order within sessions was
 * recorded; then every model is taken with session order, as is usual for such histories, and real time stays open.
 * Option `initialState: empty`: registers began unwritten. Without it a value that nobody wrote may be from before the
 * history began, as a recording of a database that lives already has many; such reads are named and not judged, as by
 * Elle. Lists do not need it: what was there before would be at the front of every read.
 *
 * @throws UserError for an event that is no transaction of this family, or an unknown model
 */
function check(history: History, context: CheckContext, family: Family): Verdict {
  const model = decidable(context.consistency ?? context.claimed ?? 'strict-serializable');
  const limits = new Limits(context);
  try {
    const transactions = readTransactions(history, family, limits);
    const inference = infer(transactions, context, limits);
    const clock = context.options['realtime'] === false ? 'unknown' : 'recorded';
    const before = family === 'rw-register' && context.options['initialState'] !== 'empty' ? 'unknown' : 'empty';
    const verdict = judge(analyse(transactions, inference, limits, clock), model, before);
    return verdict.validity === 'valid' && family === 'rw-register'
      ? proven(verdict, transactions, { model, clock, before }, limits)
      : verdict;
  } catch (error) {
    if (error instanceof NotUnique || error instanceof OverBudget) return undecided(error.message, model);
    throw error;
  }
}

type Valid = Extract<Verdict, { readonly validity: 'valid' }>;

/** What is known of a history besides its transactions, and what it is judged against. */
interface Terms {
  readonly model: string;
  readonly clock: Analysis['clock'];
  readonly before: 'empty' | 'unknown';
}

/**
 * Registers do not tell the order of writes that no transaction read before writing, so finding no cycle proves nothing
 * about them: where the model can be decided exactly, some execution has to explain everything.
 */
function proven(verdict: Valid, transactions: Transactions, { model, clock, before }: Terms, limits: Limits): Verdict {
  const level = LEVELS.find((each) => each.model === model);
  if (level === undefined) return verdict;
  const order = clock === 'unknown' ? 'process' : level.order;
  const decision = decideRegisters(transactions, level.isolation, order, limits, before);
  const { anomalies, details, checked } = verdict;
  switch (decision.kind) {
    case 'valid': {
      const notChecked = verdict.notChecked.filter((entry) => !entry.startsWith(OPEN_ORDERS));
      return {
        ...verdict,
        notChecked,
        checked: [...checked, 'some execution explains every read (shown, and run again)'],
      };
    }
    case 'unknown':
      return { validity: 'unknown', reason: decision.reason, anomalies, details, checked: [], notChecked: checked };
    case 'invalid': {
      const anomaly: Anomaly = {
        kind: `no-${level.isolation}-execution`,
        sentence: decision.sentence,
        explanation: decision.explanation,
        operations: operationsOf(transactions, [...decision.witness]),
        rulesOut: [model],
      };
      return { validity: 'invalid', anomalies: [anomaly, ...anomalies], details, checked, notChecked: [] };
    }
  }
}

/**
 * The model by its name here. `causal` of single objects forbids nothing that transactions can show; asked of
 * transactions it means the transactional one. A model that no anomaly can contradict would always "hold": refused.
 */
function decidable(name: string): string {
  const model = modelNamed(name);
  if (model === 'causal') return 'causal-cerone';
  if (forbidsAnything(model)) return model;
  throw new UserError(`consistency model "${name}" cannot be judged from transactions; ask for a transactional one`);
}

function infer(transactions: Transactions, context: CheckContext, limits: Limits): Inference {
  return transactions.family === 'list-append'
    ? inferListAppend(transactions, limits)
    : inferRwRegister(transactions, registerOptions(transactions, context.options), limits);
}

function undecided(reason: string, model: string): Verdict {
  return { validity: 'unknown', reason, anomalies: [], details: { model }, checked: [], notChecked: [model] };
}

/** What was found, against one model. */
export function judge(analysis: Analysis, model: string, before: 'empty' | 'unknown' = 'empty'): Verdict {
  const { transactions, inference } = analysis;
  const order = orderIn(analysis, model);
  const judged = cyclesOf(analysis, order);
  const counts = countKinds(analysis, [...judged, ...beyond(analysis, judged)]);
  const against = (kind: string) => !(kind === THIN_AIR && before === 'unknown') && prohibits(analysis, model, kind);
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
  if (analysis.empty[order]) {
    const reason = `no dependency between transactions can be inferred, so nothing is proven about ${model}`;
    return { validity: 'unknown', reason, anomalies, details, checked: [], notChecked: [what] };
  }
  const open = inference.partlyOrderedKeys;
  const early = against(THIN_AIR) ? 0 : (counts.get(THIN_AIR) ?? 0);
  const notChecked = open > 0 ? [`${OPEN_ORDERS}, of ${String(open)} keys`] : [];
  if (early > 0)
    notChecked.push(
      `${String(early)} reads of values that nobody wrote: taken to be from before (initialState=empty judges them)`,
    );
  return { validity: 'valid', anomalies, details, checked: [what, ...inference.assumptions], notChecked };
}

/** Session order belongs to every model where nothing else was recorded. */
function orderIn({ clock }: Analysis, model: string): Order {
  return clock === 'unknown' ? 'process' : orderOf(model);
}

function prohibits({ clock }: Analysis, model: string, kind: string): boolean {
  if (forbids(model, kind)) return true;
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
