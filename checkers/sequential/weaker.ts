import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { CheckContext, Verdict } from '../checker.js';
import { Deadline } from '../linearizability/budget.js';
import { registerKind, rolesOf } from '../linearizability/register-objects.js';
import type { Model } from '../model.js';
import { checkSessions } from '../sessions/session-guarantees.js';
import { checkStaleness } from '../sessions/staleness.js';
import { decideSequential } from './decide.js';

/** What of the conditions weaker than linearizability a history keeps. */
export interface Weaker {
  readonly holds: readonly string[];
  readonly broken: readonly string[];
  readonly undecided: readonly string[];
  /** Of registers with unique values that were read. */
  readonly staleReads?: number;
  readonly stalestMs?: number;
  readonly stalestVersions?: number;
}

const GUARANTEES = ['monotonic-reads', 'read-your-writes', 'monotonic-writes', 'writes-follow-reads'];
/** Past that many events the conditions are left to those who ask for them. */
const MOST_EVENTS = 100_000;

/**
 * What still holds of a history that is not linearizable, strongest first: sequential consistency for any model; for
 * registers with unique values the session guarantees, regular and safe registers, and how stale reads were.
 */
export function weakerConditions<State>(
  history: History,
  model: Model<State>,
  context: CheckContext,
  timeMs: number,
): Weaker {
  if (history.length > MOST_EVENTS)
    return { holds: [], broken: [], undecided: [`all of ${history.length} events: ask for one`] };
  const outcome: Record<Verdict['validity'], string[]> = { valid: [], invalid: [], unknown: [] };
  const deadline = new Deadline(timeMs, MOST_PLACES, context.signal);
  const sequential = decideSequential(history, model, context, deadline);
  outcome[sequential.validity].push('sequential');
  const kind = registerKind(history, model, context.options);
  const summed = () => ({ holds: outcome.valid, broken: outcome.invalid, undecided: outcome.unknown });
  if (kind === undefined) return summed();
  const ask = (options: Readonly<Record<string, Json>>): CheckContext => {
    const budget = { ...context.budget, timeMs: Math.max(0, deadline.remainingMs) };
    return { ...context, budget, options: { initial: kind.initial, ...options } };
  };
  const roles = rolesOf(kind);
  for (const guarantee of GUARANTEES) {
    const { validity } = checkSessions(history, ask({ guarantees: guarantee }), roles);
    outcome[validity].push(guarantee);
  }
  // Each may hold for some order of versions, and no order be good for all.
  const { validity } = checkSessions(history, ask({}), roles);
  outcome[validity].push('session-guarantees together');
  const measured = checkStaleness(history, ask({}), roles);
  if (measured.validity === 'unknown') {
    outcome.unknown.push('regular', 'safe');
    return summed();
  }
  const { register, stale, stalestMs, stalestVersions } = measured.details;
  outcome[register === 'regular' ? 'valid' : 'invalid'].push('regular');
  outcome[register === 'none' ? 'invalid' : 'valid'].push('safe');
  return {
    ...summed(),
    staleReads: Number(stale),
    stalestMs: Number(stalestMs),
    stalestVersions: Number(stalestVersions),
  };
}

const MOST_PLACES = 200_000;

/** In words, a line each. */
export function weakerSentences({ holds, broken, undecided, ...stale }: Weaker): string[] {
  const { staleReads = 0, stalestMs = 0, stalestVersions = 0 } = stale;
  const versions = stalestVersions === 1 ? '1 version' : `${stalestVersions} versions`;
  const reads = staleReads === 1 ? '1 read was' : `${staleReads} reads were`;
  return [
    ...(holds.length > 0 ? [`What holds all the same: ${holds.join(', ')}.`] : []),
    ...(broken.length > 0 ? [`Broken too: ${broken.join(', ')}.`] : []),
    ...(undecided.length > 0 ? [`Not decided: ${undecided.join(', ')}.`] : []),
    ...(staleReads > 0 ? [`${reads} certainly stale, the stalest by ${versions} and ${stalestMs.toFixed(1)} ms.`] : []),
  ];
}
