import type { Budget, Checker, CheckContext, Verdict } from '../../checkers/checker.js';
import { worst } from '../../checkers/checker.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { faultsOf, phasesOf } from '../history/faults-of.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { restoresOf } from '../history/restores.js';
import { selectWorkload } from '../history/select.js';
import { messageOf } from '../kit/errors.js';
import { damageOf } from './damage.js';
import { doubtsOf, harnessErrorOf } from './doubts.js';
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
  readonly signal?: AbortSignal;
  /** What was repaired or ignored when the history was read, and trouble outside of it. */
  readonly notes?: readonly string[];
  readonly eventLoopLag?: EventLoopLag;
  readonly harnessError?: string;
  /** Called when a checker begins and ends. */
  readonly progress?: (line: string, anomalies: number) => void;
}

/** A checker with what it is to look at. */
interface Case {
  readonly workload?: string;
  readonly required: boolean;
  readonly checker: Checker;
  readonly history: History;
  readonly options: CheckContext['options'];
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
    request.progress?.(
      each.workload === undefined ? each.checker.name : `${each.workload}: ${each.checker.name}`,
      anomalies,
    );
    // Lets progress be shown and a second Ctrl-C be heard between two checkers.
    await new Promise((resolve) => setImmediate(resolve));
    const result = damage === undefined ? await check(each, request) : undecided(each, damage);
    if (result.verdict.validity === 'invalid') anomalies += result.verdict.anomalies.length;
    checks.push(result);
  }
  const doubts = [...(damage === undefined ? [] : [damage]), ...doubtsOf(history)];
  const outcome = outcomeOf(checks, doubts, harnessError);
  const faults = faultsOf(history);
  const phases = phasesOf(history);
  const counts = countOperations(history, phases);
  return {
    formatVersion: FORMAT_VERSION,
    runId: plan.runId,
    outcome,
    sentence: sentenceOf({ outcome, plan, checks, faults, counts, doubts, harnessError }),
    checks,
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
    for (const { checker, required } of workload.checkers(options)) {
      yield { workload: planned.name, required, checker, history: selection, options };
    }
  }
  for (const { checker, required } of checkers) {
    yield { required, checker, history, options: runOptions(plan, workloads) };
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
function undecided({ checker, workload, required }: Case, reason: string): CheckerResult {
  const verdict: Verdict = {
    ...{ validity: 'unknown', reason, anomalies: [], details: {} },
    ...{ checked: [], notChecked: [reason] },
  };
  return { ...(workload !== undefined && { workload }), checker: checker.name, required, verdict, durationMs: 0 };
}

/** A checker that throws has decided nothing; that must not hide what the others found. */
async function check(each: Case, { plan, budget, signal, history: whole }: JudgeRequest): Promise<CheckerResult> {
  const { checker, history, options, workload, required } = each;
  const start = performance.now();
  let verdict: Verdict;
  try {
    const context = {
      budget,
      options,
      claimed: plan.system.claims.consistency,
      ...(signal && { signal }),
      ...(plan.consistency !== undefined && { consistency: plan.consistency }),
    };
    // The run as a whole goes on across a restore; the data of a workload does not.
    const restores = workload === undefined ? [] : restoresOf(whole);
    verdict =
      restores.length === 0
        ? await checker.check(history, context)
        : await (checker.acrossRestores?.(history, context, restores) ?? cannotJudgeRestores());
  } catch (error) {
    const reason = `the checker failed: ${messageOf(error)}`;
    verdict = { validity: 'unknown', reason, anomalies: [], details: {}, checked: [], notChecked: [reason] };
  }
  const durationMs = Math.round(performance.now() - start);
  return { ...(workload !== undefined && { workload }), checker: checker.name, required, verdict, durationMs };
}

function cannotJudgeRestores(): Verdict {
  const reason = 'the cluster was restored from a backup, and this checker cannot tell what a restore may lose';
  return { validity: 'unknown', reason, anomalies: [], details: {}, checked: [], notChecked: [reason] };
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
  const required = checks.filter((result) => result.required).map(({ verdict }) => verdict.validity);
  // Without a required checker nothing was decided.
  return required.length > 0 && worst(required) === 'valid' && doubts.length === 0 ? 'valid' : 'inconclusive';
}
