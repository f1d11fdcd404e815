import type { Anomaly, Budget, Checker, CheckContext, Verdict } from '../../checkers/checker.js';
import { worst } from '../../checkers/checker.js';
import { undecided } from '../checking/build-verdict.js';
import type { CheckThread } from '../checking/check-thread.js';
import { runCheck } from '../checking/run-check.js';
import type { CheckerSource } from '../checking/source.js';
import { faultsOf, phasesOf } from '../history/faults-of.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { withoutNemesis } from '../history/select.js';
import { messageOf, UserError } from '../kit/errors.js';
import { anomalyAt, groupsOf } from '../run/groups.js';
import { FORMAT_VERSION, type CheckerResult, type Outcome, type Results, type ViolationGroup } from '../run/plan.js';
import { decidedBy, isAboutData, noViolationIn } from '../run/sentence.js';
import { countErrors, countOperations } from '../run/tally.js';

export interface BareRequest {
  readonly history: History;
  readonly checkers: readonly Checker[];
  /** How the thread finds each of them. */
  readonly sources?: readonly CheckerSource[];
  /** Which of them have to be decided for a verdict. Absent: all. */
  readonly required?: readonly boolean[];
  /** Where checkers run that can be ended from outside. Absent: in this thread. */
  readonly thread?: CheckThread;
  readonly options: Readonly<Record<string, Json>>;
  readonly budget: Budget;
  readonly witnessBudgetMs?: number;
  readonly consistency?: string;
  readonly notes: readonly string[];
  /** Ends the judging; what is known by then is summed up. */
  readonly signal?: AbortSignal;
  readonly progress: (line: string) => void;
  /** Called as soon as a violation is certain, before its witness is as small as it will be. */
  readonly certain?: (anomaly: Anomaly) => void;
}

/**
 * Judges a history that no run of ours made. A checker that cannot make sense of the history throws a {@link UserError},
 * and so does this: the user chose the checker, so there is a line to mend or another checker to choose, not a verdict.
 */
export async function judgeBare(request: BareRequest): Promise<Results> {
  const { history, checkers } = request;
  const clients = withoutNemesis(history);
  const checks: CheckerResult[] = [];
  for (const place of checkers.keys()) checks.push(await check(request, clients, place));
  const phases = phasesOf(history);
  const outcome = outcomeOf(checks);
  const counts = countOperations(history, phases);
  const groups = groupsOf(checks, history);
  return {
    formatVersion: FORMAT_VERSION,
    runId: 'history',
    outcome,
    sentence: sentenceOf({ outcome, checks, counts }, groups),
    checks,
    ...(groups.length > 0 && { groups }),
    faults: faultsOf(history),
    phases,
    counts,
    errors: countErrors(history),
    notes: request.notes,
  };
}

async function check(request: BareRequest, history: History, place: number): Promise<CheckerResult> {
  const { options, budget, consistency, signal, witnessBudgetMs, certain, thread } = request;
  const checker = request.checkers[place];
  const source = request.sources?.[place];
  const required = request.required?.[place] ?? true;
  request.progress(checker.name);
  const start = performance.now();
  const context: CheckContext = {
    budget,
    options,
    progress: (line) => request.progress(`${checker.name}: ${line}`),
    ...(consistency !== undefined && { consistency }),
    ...(witnessBudgetMs !== undefined && { witnessBudgetMs }),
    ...(certain && { certain }),
    ...(signal && { signal }),
  };
  let verdict: Verdict;
  try {
    verdict =
      signal?.aborted === true
        ? undecided('interrupted before it was checked')
        : await runCheck({ checker, history, context, ...(source && { source }), ...(thread && { thread }) });
  } catch (error) {
    if (error instanceof UserError) throw error;
    verdict = undecided(`the checker failed: ${messageOf(error)}`);
  }
  return { checker: checker.name, required, verdict, durationMs: Math.round(performance.now() - start) };
}

/** Valid only where something was decided about data: that a test was worth something proves nothing of the database. */
function outcomeOf(checks: readonly CheckerResult[]): Outcome {
  const deciding = checks.filter(({ required, verdict }) => required || verdict.validity === 'invalid');
  const validity = worst(deciding.map(({ verdict }) => verdict.validity));
  if (validity === 'valid') return deciding.some(isAboutData) ? 'valid' : 'inconclusive';
  return validity === 'unknown' ? 'inconclusive' : validity;
}

function sentenceOf(
  results: Pick<Results, 'outcome' | 'checks' | 'counts'>,
  groups: readonly ViolationGroup[],
): string {
  const { outcome, checks, counts } = results;
  if (outcome === 'invalid') return anomalyAt(checks, groups[0].root).sentence;
  const open = checks.flatMap(({ required, verdict }) =>
    required && verdict.validity === 'unknown' ? [verdict.reason] : [],
  );
  if (outcome === 'inconclusive') return `Undecided: ${open[0] ?? 'nothing about data was checked'}.`;
  const operations = counts.reduce((sum, { ok, fail, info }) => sum + ok + fail + info, 0);
  const sentence = `${noViolationIn(operations)}; ${decidedBy(checks)}.`;
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}`;
}
