import type { System } from '../../../docker/system.js';
import type { Json } from '../../history/operation.js';
import type { Workload } from '../../../workloads/workload.js';
import { makePlan } from '../../run/plan-making.js';
import type { Plan } from '../../run/plan.js';
import type { Schedulable } from '../../run/schedule.js';

/** What a test of replaying, shrinking and exploring wants of a plan; everything else is small. */
export interface PlanWishes {
  readonly system: System;
  readonly workload: Workload;
  readonly seed: number;
  readonly options?: Readonly<Record<string, Json>>;
  readonly systemOptions?: Readonly<Record<string, Json>>;
  readonly nemeses?: readonly Schedulable[];
  readonly nodes?: number;
  readonly timeLimitMs?: number;
  readonly faultMs?: number;
  readonly pauseMs?: number;
}

export function planFor(wishes: PlanWishes): Plan {
  const { system, workload, seed, options = {}, systemOptions = {}, nemeses = [], nodes = 5 } = wishes;
  const settings = system.options.parse(systemOptions) as Readonly<Record<string, Json>>;
  return makePlan({
    ...{ faultlineVersion: '0.1.0', runId: `seed-${seed}`, createdAt: '', command: '', seed },
    system: { name: system.name, options: settings, claims: system.claims(settings), versions: {} },
    nodes: Array.from({ length: nodes }, (_, at) => `n${at + 1}`),
    workloads: [{ name: workload.name, options: workload.options.parse(options) as Record<string, Json> }],
    nemeses,
    concurrency: 2 * nodes,
    ...{ rateHz: 100, operationTimeoutMs: 1000, warmUpMs: 500, recoveryMs: 5000 },
    timeLimitMs: wishes.timeLimitMs ?? 8000,
    faultMs: wishes.faultMs ?? 1000,
    pauseMs: wishes.pauseMs ?? 500,
  });
}
