import type { Budget } from '../../checkers/checker.js';
import type { Cluster, System } from '../../docker/system.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { Journal } from '../history/journal.js';
import type { Clock } from '../kit/clock.js';
import { RealClock } from '../kit/clock.js';
import { messageOf } from '../kit/errors.js';
import type { JudgeRequest } from './judge.js';
import { LagMeter } from './lag.js';
import type { LiveWatch } from './live.js';
import { recordHarnessError } from './doubts.js';
import { conduct, type Stage } from './phases.js';
import type { EventLoopLag, Plan, Results } from './plan.js';
import { Recorder } from './recorder.js';
import { judgeStored } from './recheck.js';
import type { RunStatus } from './status.js';
import { type StandstillOptions, StandstillWatch } from './standstill.js';
import { StatusMeter } from './status.js';
import type { RunStore } from './store.js';
import { unjudged } from './unjudged.js';

/** A test that is ready to go: the cluster is up, everything else is decided. */
export interface RunRequest {
  readonly plan: Plan;
  readonly cluster: Cluster;
  /** Session families that the system speaks. */
  readonly families: System['families'];
  /** At least those of the plan. */
  readonly workloads: readonly Workload[];
  readonly nemeses: readonly Nemesis[];
  /** Checkers of the run as a whole. */
  readonly checkers: readonly WorkloadChecker[];
  /** For each checker. */
  readonly budget: Budget;
  readonly store: RunStore;
  /** Ends the test early: heals, stops, and still judges what was recorded. */
  readonly signal?: AbortSignal;
  readonly onStatus?: (status: RunStatus) => void;
  /** How the recorded run is judged: where, for how long, and who is told of a violation at once. */
  readonly judging?: Pick<JudgeRequest, 'thread' | 'witnessBudgetMs' | 'certain' | 'signal'>;
  /** Begins to look for anomalies in what is being recorded, for the status. */
  readonly watch?: (store: RunStore) => LiveWatch;
  /** By default the real one, beginning now. */
  readonly clock?: Clock;
  /** When the harness counts as having stood still. */
  readonly standstill?: StandstillOptions;
}

/**
 * Runs a test to its verdict: plan.json first, then every event as it happens to history.jsonl, then results.json.
 * Whatever goes wrong once the journal is open is healed, recorded and judged; it shows as the outcome, not as an
 * error, and where even judging fails, as results that say so. Throws a {@link UserError} only where the run directory
 * cannot be written before anything has begun. The cluster stays the caller's.
 */
export async function runTest(request: RunRequest): Promise<Results> {
  const { store, plan, clock = new RealClock() } = request;
  await store.savePlan(plan);
  const journal = await Journal.create(store.historyPath);
  const status = new StatusMeter(clock, request.onStatus);
  const lag = new LagMeter();
  let standstill: StandstillWatch | undefined;
  let watch: LiveWatch | undefined;
  let results: Results;
  try {
    const recorder = new Recorder(clock, journal);
    recorder.observe((event) => status.observe(event));
    // On a virtual clock no time passes while the process stands still.
    if (request.clock === undefined) standstill = new StandstillWatch(recorder, request.standstill);
    watch = request.watch?.(store);
    status.anomaliesSoFar = () => watch?.anomalies ?? 0;
    let harnessError = await record({ ...request, clock, recorder, status, failed: journal.failed });
    standstill?.stop();
    standstill = undefined;
    await journal.close().catch((error: unknown) => (harnessError = messageOf(error)));
    watch?.stop();
    results = await judgeOwn(request, status, recorder.recorded, harnessError, lag.stop());
  } catch (error) {
    // A defect of Faultline or of a plug-in: whatever it is, the run has results.
    results = unjudged(plan, withCauses(error));
  } finally {
    standstill?.stop();
    watch?.stop();
    lag.stop();
    status.stop();
    await journal.close().catch(() => undefined);
  }
  return keep(store, results);
}

/** Conducts the test; answers why it could not be. The journal keeps that, too. */
async function record(stage: Stage): Promise<string | undefined> {
  try {
    await conduct(stage);
    return undefined;
  } catch (error) {
    const sentence = withCauses(error);
    recordHarnessError(stage.recorder, sentence);
    return sentence;
  }
}

async function judgeOwn(
  request: RunRequest,
  status: StatusMeter,
  recorded: number,
  harnessError: string | undefined,
  eventLoopLag: EventLoopLag,
): Promise<Results> {
  status.enter('check');
  const { judging } = request;
  const judged = judgeStored({
    ...request,
    ...judging,
    // What ended the recording early must not end the judging too.
    signal: judging?.signal,
    ...(harnessError !== undefined && { harnessError }),
    eventLoopLag,
    progress: (_, anomalies) => (status.anomaliesSoFar = () => anomalies),
  });
  const { results, history } = await (request.clock?.outside?.(judged) ?? judged);
  if (history.length > 0 || recorded === 0) return results;
  return unjudged(request.plan, `${request.store.historyPath} is gone: ${recorded} events were recorded there`);
}

/** That results cannot be stored costs neither verdict nor exit code. */
async function keep(store: RunStore, results: Results): Promise<Results> {
  try {
    await store.saveResults(results);
    return results;
  } catch (error) {
    return { ...results, notes: [...results.notes, messageOf(error)] };
  }
}

/** The message, with those of its causes. */
export function withCauses(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${withCauses(cause)}`;
}
