import type { History } from '../../harness/history/history.js';
import { UserError } from '../../harness/kit/errors.js';
import type { CheckContext, Checker, Verdict } from '../checker.js';
import { readTransactions } from '../transactions/reader.js';
import type { Family, Transactions } from '../transactions/transactions.js';
import { analyse } from './analysis.js';
import { begin, beginningOf, resolved, type Begun } from './initial-state.js';
import { judge } from './judge.js';
import { forbids, forbidsAnything, modelNamed } from './lattice.js';
import { Limits, OverBudget } from './limits.js';
import { inferListAppend, type Inference } from './list-append.js';
import { NotUnique } from './not-unique.js';
import { withPremises } from './premises.js';
import { proven, type Terms } from './prove.js';
import { inferRwRegister } from './rw-register.js';
import { registerOptions } from './version-orders.js';
import { anything, initialState, yesOrNo } from '../option-rules.js';

/** Transactions over lists that only grow, with reads of whole lists. */
export const listAppend: Checker = {
  name: 'list-append',
  summary: 'transactions of appends and reads: dependencies, cycles and other anomalies, against a consistency model',
  options: { realtime: yesOrNo },
  check: (history, context) => check(history, context, 'list-append'),
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
  check: (history, context) => check(history, context, 'rw-register'),
};

/** The same for a history known to begin with nothing written: a value that nobody wrote came out of thin air. */
export const rwRegisterFromEmpty: Checker = {
  ...rwRegister,
  check: (history, context) =>
    rwRegister.check(history, {
      ...context,
      options: { ...(context.options['initial'] === undefined && { initialState: 'empty' }), ...context.options },
    }),
};

/** Reads of a value that is both initial and written: beyond so many not every way to understand them is tried. */
const MOST_AMBIGUOUS = 8;

/**
 * Judges a history against `context.consistency`, else what the system claims, else strict serializability.
 * Anomalies that the model allows do not make it invalid. Option `realtime: false`: only the order within sessions was
 * recorded; then every model is taken with session order, as is usual for such histories, and real time stays open.
 *
 * Options `initial` (a value) and `initialState` (`empty`, or a value) say what registers held before the history.
 * Without them one value of a key that nobody wrote may be its initial state, if some execution explains every read
 * with it, and the verdict says so. Lists need no such option: what was there before would be at the front of every read.
 *
 * @throws UserError for an event that is no transaction of this family, or an unknown model
 */
function check(history: History, context: CheckContext, family: Family): Verdict {
  const model = decidable(context.consistency ?? context.claimed ?? 'strict-serializable');
  const limits = new Limits(context);
  const clock = context.options['realtime'] === false ? 'unknown' : 'recorded';
  try {
    const begun = begin(readTransactions(history, family, limits), beginningOf(context.options));
    const judged = (transactions: Transactions) =>
      judgeAll(transactions, context, { model, clock, excused: excuse(begun) }, limits);
    const verdict = begun.ambiguous.length === 0 ? judged(begun.transactions) : eachReading(begun, judged, model);
    return withPremises(withNotes(verdict, begun), begun.transactions, context.options);
  } catch (error) {
    if (error instanceof NotUnique || error instanceof OverBudget) return undecided(error.message, model);
    throw error;
  }
}

function judgeAll(transactions: Transactions, context: CheckContext, terms: Terms, limits: Limits): Verdict {
  const analysis = analyse(transactions, infer(transactions, context, terms.model, limits), limits, terms.clock);
  const verdict = judge(analysis, terms.model);
  return verdict.validity === 'valid' ? proven(verdict, analysis, terms, limits) : verdict;
}

/** A read that may have seen the initial state or a write of the same value: valid if one way to understand it is. */
function eachReading(begun: Begun, judged: (transactions: Transactions) => Verdict, model: string): Verdict {
  const { ambiguous } = begun;
  const all = ambiguous.length <= MOST_AMBIGUOUS;
  const ways = all ? 1 << ambiguous.length : 2;
  let first: Verdict | undefined;
  for (let way = 0; way < ways; way++) {
    const verdict = judged(resolved(begun, (i) => (all ? (way & (1 << i)) === 0 : way === 0)));
    if (verdict.validity === 'valid') return verdict;
    first ??= verdict;
    if (verdict.validity === 'unknown') first = verdict;
  }
  if (first !== undefined && (all || first.validity === 'unknown')) return first;
  return undecided('reads do not tell the initial state of a register from a write of the same value', model);
}

/** What is taken for initial without anybody saying so: a clause for sentences about the whole, if there is any. */
function excuse({ transactions, excused }: Begun): string | undefined {
  if (excused.length === 0) return undefined;
  const shown = excused.slice(0, 4).map(({ key }) => {
    const { keyNames, initialNames } = transactions;
    return `key ${keyNames[key]} = ${initialNames?.get(key) ?? 'null'}`;
  });
  const others = excused.length - shown.length;
  return `${shown.join(', ')}${others > 0 ? ` and ${String(others)} more` : ''}`;
}

function withNotes(verdict: Verdict, begun: Begun): Verdict {
  const clause = excuse(begun);
  if (clause === undefined) return verdict;
  const reads = begun.excused.reduce((sum, each) => sum + each.reads, 0);
  const note =
    `${String(reads)} ${reads === 1 ? 'read' : 'reads'} of values that nobody wrote: taken for what the history ` +
    `began with (${clause}; --initial or initialState says what it was)`;
  return { ...verdict, notChecked: [...verdict.notChecked, note] };
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

function infer(transactions: Transactions, context: CheckContext, model: string, limits: Limits): Inference {
  if (transactions.family === 'list-append') return inferListAppend(transactions, limits);
  // Where reads mean nothing, as at read uncommitted, they do not tell the order of writes either.
  const readsCount = forbids(model, 'G1c-realtime') || forbids(model, 'G1c');
  return inferRwRegister(transactions, registerOptions(transactions, context.options, readsCount), limits);
}

function undecided(reason: string, model: string): Verdict {
  return { validity: 'unknown', reason, anomalies: [], details: { model }, checked: [], notChecked: [model] };
}
