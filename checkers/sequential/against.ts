import type { History } from '../../harness/history/history.js';
import type { Anomaly, CheckContext, Verdict } from '../checker.js';
import { atLeast, modelNamed } from '../cycles/lattice.js';
import { Deadline } from '../linearizability/budget.js';
import { registerKind, rolesOf } from '../linearizability/register-objects.js';
import type { Model } from '../model.js';
import { Moments } from '../moments.js';
import { checkSessions } from '../sessions/session-guarantees.js';
import { indicesOf } from '../verdict.js';
import { decideSequential, positionsOf, type SequentialDecision } from './decide.js';
import type { SequencedOperation } from './sequences.js';

const GUARANTEES = ['monotonic-reads', 'read-your-writes', 'monotonic-writes', 'writes-follow-reads'];
/** Models that say of single operations what linearizability says. */
const AS_STRONG = ['linearizable', 'strict-serializable'];
/** Models that are, of single operations, decided by an order of all; and what the order has to keep. */
const ORDERED: Readonly<Record<string, 'process' | 'none'>> = {
  sequential: 'process',
  'strong-session-serializable': 'process',
  serializable: 'none',
};

/** The consistency model asked for where it is weaker than linearizability. @throws UserError for an unknown one */
export function weakerModel(consistency: string | undefined): string | undefined {
  if (consistency === undefined) return undefined;
  const name = modelNamed(consistency);
  return AS_STRONG.includes(name) ? undefined : name;
}

/**
 * A history of single operations against a model weaker than linearizability. Each operation is a transaction of its own,
 * so a linearizable history is strictly serializable and keeps every weaker model. Otherwise sequential consistency,
 * serializability and the session guarantees are decided; a model that one of the former implies holds where they do, and
 * is unknown where they do not.
 */
export function judgeAgainst<State>(
  asked: string,
  linearizability: Verdict,
  history: History,
  model: Model<State>,
  context: CheckContext,
): Verdict {
  const { details } = linearizability;
  const base = { details: { ...details, condition: asked, linearizable: linearizability.validity } };
  if (linearizability.validity === 'valid') {
    const checked = [...linearizability.checked, `${asked}, which follows`];
    return { ...linearizability, ...base, checked };
  }
  if (GUARANTEES.includes(asked)) return guaranteed(asked, history, model, context);
  const notYet = { ...base, anomalies: [], checked: [] };
  for (const [name, order] of Object.entries(ORDERED)) {
    if (!atLeast(name, asked)) continue;
    const deadline = Deadline.of(context);
    const decision = decideSequential(history, model, context, deadline, order);
    const { validity, engine } = decision;
    const found = { ...notYet, details: { ...base.details, engine } };
    if (validity === 'valid') {
      const checked = [name === asked ? asked : `${name}, from which ${asked} follows`];
      return { ...found, validity, checked, notChecked: [] };
    }
    if (validity === 'invalid' && name === asked) {
      const anomaly = anomalyOf(history, model, asked, decision);
      return { ...found, validity, anomalies: [anomaly], checked: [asked], notChecked: [] };
    }
    if (name === asked && decision.validity === 'unknown') return unknown(asked, decision.reason, found);
  }
  return unknown(asked, `${asked} is not decided for single operations that break what implies it`, notYet);
}

function unknown(asked: string, reason: string, base: Pick<Verdict, 'details' | 'checked'>): Verdict {
  return { ...base, validity: 'unknown', reason, anomalies: [], notChecked: [asked] };
}

function guaranteed<State>(asked: string, history: History, model: Model<State>, context: CheckContext): Verdict {
  const kind = registerKind(history, model, context.options);
  if (kind === undefined) {
    const reason = `${asked} is decided for registers only`;
    return unknown(asked, reason, { details: { condition: asked, model: model.name }, checked: [] });
  }
  const options = { ...context.options, initial: kind.initial, guarantees: asked };
  return checkSessions(history, { ...context, options }, rolesOf(kind));
}

function anomalyOf<State>(
  history: History,
  model: Model<State>,
  asked: string,
  { witness }: Extract<SequentialDecision, { readonly validity: 'invalid' }>,
): Anomaly {
  const moments = new Moments(history);
  const describe = (one: SequencedOperation, told = new Moments(history)) =>
    `${model.describe(one.operation)}${keyOf(history, one)}, ${told.by(one.invoked)}`;
  const keeping = ORDERED[asked] === 'process' ? ' that keeps the order of each process' : '';
  const few =
    witness.length <= SHOWN
      ? `: ${witness
          .slice(0, SHOWN)
          .map((one) => describe(one, moments))
          .join('; ')}`
      : '';
  return {
    kind: `not-${asked}`,
    sentence: `No order${keeping} explains these ${witness.length} operations${few}.`,
    explanation: witness.slice(0, EXPLAINED).map((one) => describe(one)),
    operations: indicesOf(history, positionsOf(witness)),
    rulesOut: [asked],
    drawing: { kind: 'lanes' },
    details: { operations: witness.length },
  };
}

const SHOWN = 4;
const EXPLAINED = 40;

function keyOf({ columns }: History, { invoked }: SequencedOperation): string {
  const key = columns.keys[invoked];
  return key < 0 ? '' : ` of ${columns.keyNames[key]}`;
}
