import type { Claims, System } from '../../docker/system.js';
import type { Json } from '../history/operation.js';
import { Random } from '../kit/random.js';
import type { Plan, ScheduledFault } from './plan.js';
import { FORMAT_VERSION } from './plan.js';
import { type Askable, fillIn } from './asked-schedule.js';
import type { AskedFault } from './schedule-file.js';
import { makeSchedule, type Schedulable } from './schedule.js';

/** What a run was asked to be; everything else of the plan follows from it. */
export interface PlanRequest {
  readonly faultlineVersion: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly command: string;
  readonly seed: number;
  readonly system: {
    readonly name: string;
    readonly options: Readonly<Record<string, Json>>;
    readonly claims: Claims;
    readonly indefinite?: readonly string[];
    readonly versions: Readonly<Record<string, string>>;
  };
  /** Node names. */
  readonly nodes: readonly string[];
  readonly workloads: readonly { readonly name: string; readonly options: Readonly<Record<string, Json>> }[];
  /** Kinds of fault with the targets that make sense here. */
  readonly nemeses: readonly Askable[];
  /** Threads of each workload. */
  readonly concurrency: number;
  readonly consistency?: string;
  /** Operations a second over all workloads. */
  readonly rateHz: number;
  readonly operationTimeoutMs: number;
  readonly warmUpMs: number;
  /** Length of the faults phase. */
  readonly timeLimitMs: number;
  /** Longest wait for recovery after everything healed. */
  readonly recoveryMs: number;
  readonly faultMs?: number;
  readonly pauseMs?: number;
  /** Faults in place at once, at most. Default 1. */
  readonly faultsAtOnce?: number;
  /** Exactly these faults, instead of any that are drawn. */
  readonly schedule?: readonly AskedFault[];
}

/** What a plan says of a system; versions are known when its cluster is up. */
export function plannedSystem(system: System, options: Readonly<Record<string, Json>>): PlanRequest['system'] {
  const indefinite = system.indefinite?.(options);
  return {
    name: system.name,
    options,
    claims: system.claims(options),
    ...(indefinite && { indefinite }),
    versions: {},
  };
}

/** Draws everything that is left to chance from the seed: same request, same plan. */
export function makePlan(request: PlanRequest): Plan {
  const { nodes, nemeses, concurrency, faultMs, pauseMs, faultsAtOnce, schedule: asked, ...rest } = request;
  const random = Random.fromSeed(request.seed).fork('schedule');
  const { timeLimitMs } = request;
  const schedule =
    asked === undefined
      ? makeSchedule({ nemeses, nodes, timeLimitMs, faultMs, pauseMs, faultsAtOnce }, random)
      : fillIn(asked, { nemeses, nodes, timeLimitMs }, random);
  return {
    ...rest,
    formatVersion: FORMAT_VERSION,
    system: { ...request.system, nodes: nodes.length },
    workloads: request.workloads.map(({ name, options }) => ({ name, options, keyspace: name, concurrency })),
    nemeses: nemeses.map(({ name }) => name),
    asked: asked === undefined ? nemeses.flatMap(askedBy) : askedIn(schedule),
    schedule,
  };
}

function askedBy({ name, askedTargets = [] }: Schedulable): readonly string[] {
  return askedTargets.length === 0 ? [name] : askedTargets.map((target) => `${name}:${target}`);
}

/** What a schedule asks for that somebody wrote, or that was recorded: each kind with each of its targets. */
export function askedIn(schedule: readonly ScheduledFault[]): readonly string[] {
  return [...new Set(schedule.map(({ request: { kind, target } }) => `${kind}:${target}`))];
}
