import type { Cluster, System } from '../../docker/system.js';
import { EXIT, messageOf, UserError } from '../kit/errors.js';
import { limited } from '../kit/limited.js';
import type { LiveWatch } from './live.js';
import type { Plan, Results } from './plan.js';
import { runTest, type RunRequest } from './run.js';
import type { RunStatus } from './status.js';
import type { RunStore } from './store.js';

/** What a launched run tells whoever looks at it; nothing here prints. */
export interface LaunchObserver {
  readonly cluster?: (state: 'started' | 'output' | 'done', line: string) => void;
  readonly stage?: (stage: 'logs' | 'tear-down') => void;
  /** Something that does not cost the verdict. */
  readonly trouble?: (line: string) => void;
  /** Not told in virtual time, where a test is over before there is anything to watch. */
  readonly status?: (status: RunStatus, plan: Plan) => void;
}

/** A plan with all it takes to run it from nothing. */
export interface LaunchedRun extends Omit<RunRequest, 'cluster' | 'families' | 'clock' | 'onStatus' | 'watch'> {
  readonly system: System;
  readonly observer?: LaunchObserver;
  /** Looks for anomalies while the run is recorded; not used in virtual time. */
  readonly watch?: (store: RunStore) => LiveWatch;
}

/** The plan with what became known when the cluster was up, and what was found. */
export interface LaunchedResults {
  readonly plan: Plan;
  readonly results: Results;
}

const READY_TIMEOUT_MS = 180_000;
/** Neither logs nor a tear-down that hangs may keep a verdict from being told. */
const LOGS_LIMIT_MS = 60_000;
const TEAR_DOWN_LIMIT_MS = 120_000;

/**
 * Launches the cluster of a plan, runs the test on it, collects the logs, and takes the cluster down whatever happens.
 * Throws a {@link UserError} where there is nothing to judge: the cluster did not start, the run directory is not
 * writable.
 */
export async function launchRun(request: LaunchedRun): Promise<LaunchedResults> {
  const { system, observer, watch, ...run } = request;
  return onCluster(request, async (cluster, plan) => {
    const { virtualClock } = cluster;
    const running = runTest({
      ...run,
      plan,
      cluster,
      families: system.familiesFor?.(plan.system.options) ?? system.families,
      ...(virtualClock
        ? { clock: virtualClock }
        : { ...(watch && { watch }), onStatus: (status: RunStatus) => observer?.status?.(status, plan) }),
    });
    const results = await (virtualClock?.run(running) ?? running);
    await collectLogs(cluster, request);
    return { plan, results };
  });
}

/** Launches the cluster of a plan and waits until it is ready. */
async function onCluster<T>(
  { system, plan, nemeses, signal, observer }: Pick<LaunchedRun, 'system' | 'plan' | 'nemeses' | 'signal' | 'observer'>,
  work: (cluster: Cluster, plan: Plan) => Promise<T>,
): Promise<T> {
  observer?.cluster?.('started', `${plan.system.nodes} nodes of ${system.name}`);
  const cluster = await system.launch({
    runId: plan.runId,
    nodes: plan.system.nodes,
    options: plan.system.options,
    seed: plan.seed,
    needs: [...new Set(nemeses.filter(({ name }) => plan.nemeses.includes(name)).flatMap(({ needs }) => needs))],
    progress: (line) => observer?.cluster?.('output', line),
    ...(signal && { signal }),
  });
  try {
    await cluster.ready(READY_TIMEOUT_MS).catch((error: unknown) => {
      throw new UserError(`the cluster did not start: ${messageOf(error)}`, EXIT.harnessError, { cause: error });
    });
    observer?.cluster?.('done', `${plan.system.nodes} nodes of ${system.name} ready`);
    const startedAt = new Date().toISOString();
    return await work(cluster, { ...plan, startedAt, system: { ...plan.system, versions: cluster.versions } });
  } finally {
    observer?.stage?.('tear-down');
    await limited(Promise.resolve(cluster[Symbol.asyncDispose]()), TEAR_DOWN_LIMIT_MS, 'the cluster').catch(
      (error: unknown) => observer?.trouble?.(`tear-down: ${messageOf(error)}; faultline clean removes what is left`),
    );
  }
}

/** Logs help to understand a verdict; that they could not be had must not cost it. */
async function collectLogs(cluster: Cluster, { store, observer }: LaunchedRun): Promise<void> {
  observer?.stage?.('logs');
  await limited(cluster.collectLogs(store.logsPath), LOGS_LIMIT_MS, 'the nodes').catch((error: unknown) =>
    observer?.trouble?.(`logs: ${messageOf(error)}`),
  );
}
