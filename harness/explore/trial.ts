import type { Budget } from '../../checkers/checker.js';
import type { System } from '../../docker/system.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { HistoryBuilder } from '../history/builder.js';
import type { History } from '../history/history.js';
import { judge } from '../run/judge.js';
import { conduct } from '../run/phases.js';
import type { Plan, Results } from '../run/plan.js';
import { type EventSink, Recorder } from '../run/recorder.js';
import { StatusMeter } from '../run/status.js';

/** A test on a cluster of virtual time that leaves nothing behind: its history stays in memory. */
export interface TrialRequest {
  readonly plan: Plan;
  readonly system: System;
  readonly workloads: readonly Workload[];
  readonly nemeses: readonly Nemesis[];
  readonly checkers: readonly WorkloadChecker[];
  readonly budget: Budget;
}

export interface Trial {
  readonly results: Results;
  readonly history: History;
}

/** Runs a plan to its verdict. The same plan gives the same history. */
export async function runTrial(request: TrialRequest): Promise<Trial> {
  const history = await recordTrial(request);
  return { history, results: await judge({ ...request, history }) };
}

export async function recordTrial(request: TrialRequest): Promise<History> {
  const { plan, system } = request;
  const cluster = await system.launch({
    runId: plan.runId,
    nodes: plan.system.nodes,
    options: plan.system.options,
    seed: plan.seed,
    progress: () => undefined,
  });
  const families = system.familiesFor?.(plan.system.options) ?? system.families;
  const clock = cluster.virtualClock;
  if (clock === undefined) throw new Error(`${system.name} does not live in virtual time`);
  const builder = new HistoryBuilder();
  const sink: EventSink = { full: false, drained: () => Promise.resolve(), append: (event) => builder.append(event) };
  const status = new StatusMeter(clock, undefined);
  const failed = new AbortController().signal;
  const recorder = new Recorder(clock, sink);
  await clock.run(conduct({ ...request, cluster, families, clock, recorder, status, failed }));
  return builder.build();
}
