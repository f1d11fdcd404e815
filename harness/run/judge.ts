import type { Anomaly, Budget, Checker, CheckContext, Verdict } from '../../checkers/checker.js';
import { worst } from '../../checkers/checker.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { undecided } from '../checking/build-verdict.js';
import type { CheckThread } from '../checking/check-thread.js';
import { runCheck } from '../checking/run-check.js';
import type { CheckerSource } from '../checking/source.js';
import { faultsOf, phasesOf } from '../history/faults-of.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { restoresOf } from '../history/restores.js';
import { selectWorkload } from '../history/select.js';
import { messageOf } from '../kit/errors.js';
import { damageOf } from './damage.js';
import { doubtsOf, harnessErrorOf } from './doubts.js';
import { groupsOf } from './groups.js';
import type { CheckerResult, EventLoopLag, Outcome, Plan, Results } from './plan.js';
import { FORMAT_VERSION } from './plan.js';
import { sentenceOf } from './sentence.js';
import { countErrors, countOperations } from './tally.js';

export interface JudgeRequest {
  readonly plan: Plan;
  /** The whole history, with the nemesis. */
  readonly history: History;
  /** Those of the plan, by name. */
  readonly workloads: readonly Workload[];
  /** Checkers of the run as a whole; they see the whole history. */
  readonly checkers: readonly WorkloadChecker[];
  /** For each checker. */
  readonly budget: Budget;
  /** For making witnesses small, of each checker. */
  readonly witnessBudgetMs?: number;
  /** Ends the judging; what is known by then is summed up. */
  readonly signal?: AbortSignal;
  /**
   * Where checkers run that can be ended from outside; workloads and checkers have to be those of the registry then.
   * Absent: in this thread, where each has to keep its budget by itself.
   */
  readonly thread?: CheckThread;
  /** What was repaired or ignored when the history was read, and trouble outside of it. */
  readonly notes?: readonly string[];
  readonly eventLoopLag?: EventLoopLag;
  readonly harnessError?: string;
  /** Called when a checker begins, and when it tells what it is doing. */
  readonly progress?: (line: string, anomalies: number) => void;
  /** Called as soon as a violation is certain, before its witness is as small as it will be. */
  readonly certain?: (anomaly: Anomaly, workload: string | undefined) => void;
}

/** A checker with what it is to look at. */
interface Case {
  readonly workload?: string;
  readonly required: boolean;
  readonly checker: Checker;
  readonly history: History;
  readonly options: CheckContext['options'];
  readonly source?: CheckerSource;
}

/**
 * Runs every checker on a recorded history and sums up. Pure but for the time it takes: needs no cluster, and a stored
 * run gives the same results again.
 */
export async function judge(request: JudgeRequest): Promise<Results> {
  const { plan, history, eventLoopLag } = request;
  const harnessError = request.harnessError ?? harnessErrorOf(history);
  const damage = damageOf(history);
  const checks: CheckerResult[] = [];
  let anomalies = 0;
  for (const each of casesOf(request)) {
    const name = each.workload === undefined ? each.checker.name : `${each.workload}: ${each.checker.name}`;
    const tell = (doing: string) => request.progress?.(doing, anomalies);
    tell(name);
    // Lets progress be shown and a second Ctrl-C be heard between two checkers.
    await new Promise((resolve) => setImmediate(resolve));
    const telling = (line: string) => tell(`${name}: ${line}`);
    const result = damage === undefined ? await check(each, request, telling) : unasked(each, damage);
    if (result.verdict.validity === 'invalid') anomalies += result.verdict.anomalies.length;
    checks.push(result);
  }
  const groups = groupsOf(checks, history);
  const doubts = [...(damage === undefined ? [] : [damage]), ...doubtsOf(history)];
  const outcome = outcomeOf(checks, doubts, harnessError);
  const faults = faultsOf(history);
  const phases = phasesOf(history);
  const counts = countOperations(history, phases);
  return {
    formatVersion: FORMAT_VERSION,
    runId: plan.runId,
    outcome,
    sentence: sentenceOf({ outcome, plan, checks, groups, faults, counts, doubts, harnessError }),
    checks,
    ...(groups.length > 0 && { groups }),
    faults,
    phases,
    counts,
    errors: countErrors(history),
    ...(eventLoopLag && { eventLoopLag }),
    notes: [...doubts, ...(request.notes ?? [])],
    ...(harnessError !== undefined && { harnessError }),
  };
}

function* casesOf({ plan, history, workloads, checkers }: JudgeRequest): Generator<Case> {
  for (const planned of plan.workloads) {
    const workload = workloads.find(({ name }) => name === planned.name);
    const options = planned.options;
    if (workload === undefined) {
      yield { workload: planned.name, required: true, checker: missing(planned.name), history, options };
      continue;
    }
    const selection = selectWorkload(history, planned.name);
    for (const [place, { checker, required }] of workload.checkers(options).entries()) {
      const source: CheckerSource = { what: 'workload', name: planned.name, options, place };
      yield { workload: planned.name, required, checker, history: selection, options, source };
    }
  }
  for (const { checker, required } of checkers) {
    const source: CheckerSource = { what: 'checker', name: checker.name };
    yield { required, checker, history, options: runOptions(plan, workloads), source };
  }
}

/** What checkers of the whole run may want to know: which operations each workload issues, what was to happen. */
function runOptions(plan: Plan, workloads: readonly Workload[]): Readonly<Record<string, Json>> {
  const operations: Record<string, Json> = {};
  for (const { name } of plan.workloads) {
    operations[name] = [...(workloads.find((workload) => workload.name === name)?.operations ?? [])];
  }
  return {
    operations,
    faults: plan.schedule.length,
    asked: [...(plan.asked ?? plan.nemeses)],
    indefinite: [...(plan.system.indefinite ?? [])],
  };
}

function missing(name: string): Checker {
  return {
    name,
    summary: 'stands for a workload that this Faultline lacks',
    check: () => {
      throw new Error(`this Faultline has no workload ${name}`);
    },
  };
}

/** Of a history with holes nothing is asked. */
function unasked({ checker, workload, required }: Case, reason: string): CheckerResult {
  const verdict = undecided(reason);
  return { ...(workload !== undefined && { workload }), checker: checker.name, required, verdict, durationMs: 0 };
}

/** A checker that throws has decided nothing; that must not hide what the others found. */
async function check(each: Case, request: JudgeRequest, progress: (line: string) => void): Promise<CheckerResult> {
  const { plan, budget, signal, witnessBudgetMs, history: whole, thread } = request;
  const { checker, history, options, workload, required, source } = each;
  const start = performance.now();
  let verdict: Verdict;
  try {
    const context: CheckContext = {
      budget,
      options,
      claimed: plan.system.claims.consistency,
      progress,
      certain: (anomaly) => request.certain?.(anomaly, workload),
      ...(witnessBudgetMs !== undefined && { witnessBudgetMs }),
      ...(signal && { signal }),
      ...(plan.consistency !== undefined && { consistency: plan.consistency }),
    };
    // The run as a whole goes on across a restore; the data of a workload does not.
    const restores = workload === undefined ? [] : restoresOf(whole);
    verdict =
      signal?.aborted === true
        ? undecided('interrupted before it was checked')
        : await runCheck({ checker, history, context, restores, ...(source && { source }), ...(thread && { thread }) });
  } catch (error) {
    verdict = undecided(`the checker failed: ${messageOf(error)}`);
  }
  const durationMs = Math.round(performance.now() - start);
  return { ...(workload !== undefined && { workload }), checker: checker.name, required, verdict, durationMs };
}

/** A violation always wins; then trouble of the harness; then whatever a required checker could not decide. */
function outcomeOf(
  checks: readonly CheckerResult[],
  doubts: readonly string[],
  harnessError: string | undefined,
): Outcome {
  const validities = checks.map(({ verdict }) => verdict.validity);
  if (validities.includes('invalid')) return 'invalid';
  if (harnessError !== undefined) return 'harness-error';
  const required = checks.filter((result) => result.required);
  const holds = worst(required.map(({ verdict }) => verdict.validity)) === 'valid';
  // Without a required checker of a workload nothing was decided: the others judge the test.
  return required.some(({ workload }) => workload !== undefined) && holds && doubts.length === 0
    ? 'valid'
    : 'inconclusive';
}
