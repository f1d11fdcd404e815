import type { Budget } from '../../checkers/checker.js';
import type { Cluster, System } from '../../docker/system.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { Journal } from '../history/journal.js';
import type { Clock } from '../kit/clock.js';
import { RealClock } from '../kit/clock.js';
import { messageOf } from '../kit/errors.js';
import { LagMeter } from './lag.js';
import type { LiveWatch } from './live.js';
import { conduct } from './phases.js';
import type { Plan, Results } from './plan.js';
import { Recorder } from './recorder.js';
import { judgeStored } from './recheck.js';
import type { RunStatus } from './status.js';
import { type StandstillOptions, StandstillWatch } from './standstill.js';
import { StatusMeter } from './status.js';
import type { RunStore } from './store.js';

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
 * error. Throws a {@link UserError} only where the run directory cannot be written. The cluster stays the caller's.
 */
export async function runTest(request: RunRequest): Promise<Results> {
  const { store, plan, clock = new RealClock() } = request;
  await store.savePlan(plan);
  const journal = await Journal.create(store.historyPath);
  const recorder = new Recorder(clock, journal);
  const status = new StatusMeter(clock, request.onStatus);
  recorder.observe((event) => status.observe(event));
  const lag = new LagMeter();
  // On a virtual clock no time passes while the process stands still.
  const standstill = request.clock === undefined ? new StandstillWatch(recorder, request.standstill) : undefined;
  const watch = request.watch?.(store);
  if (watch !== undefined) status.anomaliesSoFar = () => watch.anomalies;
  let harnessError: string | undefined;
  try {
    await conduct({ ...request, clock, recorder, status, failed: journal.failed });
  } catch (error) {
    harnessError = withCauses(error);
  }
  standstill?.stop();
  const eventLoopLag = lag.stop();
  watch?.stop();
  try {
    await journal.close();
  } catch (error) {
    harnessError = messageOf(error);
  }
  status.enter('check');
  const { results } = await judgeStored({
    ...request,
    // What ended the recording early must not end the judging too.
    signal: undefined,
    ...(harnessError !== undefined && { harnessError }),
    eventLoopLag,
    progress: (_, anomalies) => (status.anomaliesSoFar = () => anomalies),
  });
  status.stop();
  await store.saveResults(results);
  return results;
}

/** The message, with those of its causes. */
function withCauses(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${withCauses(cause)}`;
}
