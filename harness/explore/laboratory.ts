import { type LaunchedResults, type LaunchedRun, launchRun } from '../run/launch.js';
import type { Plan } from '../run/plan.js';
import { withCauses } from '../run/run.js';
import { createRun, newRunId, type RunStore } from '../run/store.js';

/** Where plans are run again and again: a system with everything a run of it needs. */
export interface Laboratory extends Omit<LaunchedRun, 'plan' | 'store'> {
  /** For run directories. */
  readonly root: string;
  /** Told when a run is over, before the next begins: writes its reports. */
  readonly finished?: (rerun: Rerun) => Promise<void>;
}

/** A run with the directory that keeps it. */
export interface Rerun extends LaunchedResults {
  readonly store: RunStore;
}

/** Runs a plan in a run directory of its own, by a name of its own; the plan in it can be run again in turn. */
export async function runAnew(plan: Plan, { root, finished, ...means }: Laboratory): Promise<Rerun> {
  const now = new Date();
  const runId = newRunId(plan.system.name, now);
  const store = await createRun(root, runId);
  const command = `faultline replay ${store.planPath}`;
  const fresh = { ...plan, runId, createdAt: now.toISOString(), command };
  await store.savePlan(fresh);
  const rerun = { store, ...(await launched(means, fresh, store)) };
  await finished?.(rerun);
  return rerun;
}

/** A run that could not be launched leaves results that say why. */
async function launched(
  means: Omit<Laboratory, 'root' | 'finished'>,
  plan: Plan,
  store: RunStore,
): Promise<LaunchedResults> {
  try {
    return await launchRun({ ...means, plan, store });
  } catch (error) {
    await store.saveFailure(plan, withCauses(error));
    throw error;
  }
}
