import type { Budget } from '../../checkers/checker.js';
import type { System } from '../../docker/system.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { makePlan, plannedSystem } from '../run/plan-making.js';
import type { Plan, Results } from '../run/plan.js';
import { recordTrial, runTrial, type Trial, type TrialRequest } from './trial.js';

/** What may be used to prove the checkers. */
export interface Means {
  readonly system: System;
  readonly workloads: readonly Workload[];
  readonly nemeses: readonly Nemesis[];
  readonly checkers: readonly WorkloadChecker[];
}

/** A test that is repeated with many seeds. */
export interface Exercise {
  readonly workload: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly nemeses: readonly string[];
  /** Of the system. */
  readonly systemOptions: Readonly<Record<string, Json>>;
  /** Operations a second. Default 200, in a short test 80. */
  readonly rateHz?: number;
  /** Default `usual`. */
  readonly length?: keyof typeof LENGTHS;
  /** How faults follow each other; default `usual`, in short tests `quick`. */
  readonly pace?: keyof typeof PACES;
}

/** What has to find a bug, and how it may rightly call it. */
export interface Expectation {
  readonly checker: string;
  readonly kinds: readonly string[];
}

/** What came of the seeds tried. */
export interface Score {
  /** Seed at which the right checker gave it a right name; undefined when none did. */
  readonly caught: { readonly seed: number; readonly kinds: readonly string[] } | undefined;
  readonly seeds: number;
  /** Operations of clients, over all seeds tried. */
  readonly operations: number;
  /** Everything that was found until then, as `checker: kind`. */
  readonly alsoFound: readonly string[];
}

const NODES = 5;
const BUDGET: Budget = { timeMs: 60_000, memoryBytes: 2 ** 31 };
const LENGTHS = {
  usual: { warmUpMs: 1000, timeLimitMs: 30_000, recoveryMs: 10_000 },
  short: { warmUpMs: 1000, timeLimitMs: 6000, recoveryMs: 10_000 },
} as const;
const PACES = { usual: {}, quick: { faultMs: 1200, pauseMs: 600 } } as const;

/** Tries seeds, from 1, until the expected checker catches it. */
export async function hunt(
  exercise: Exercise,
  expected: Expectation,
  { seeds, ...means }: Means & { readonly seeds: number },
): Promise<Score> {
  const found = new Set<string>();
  let operations = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { results, history } = await attempt(exercise, seed, means);
    operations += history.length >> 1;
    const anomalies = findings(results);
    for (const { checker, kind } of anomalies) found.add(`${checker}: ${kind}`);
    const kinds = anomalies.filter(({ checker }) => checker === expected.checker).map(({ kind }) => kind);
    const right = [...new Set(kinds)].filter((kind) => expected.kinds.includes(kind));
    if (right.length > 0) return { caught: { seed, kinds: right }, seeds: seed, operations, alsoFound: [...found] };
  }
  return { caught: undefined, seeds, operations, alsoFound: [...found] };
}

export function attempt(exercise: Exercise, seed: number, means: Means): Promise<Trial> {
  return runTrial(requestOf(exercise, seed, means));
}

/** Runs it and judges nothing. */
export async function recordExercise(
  exercise: Exercise,
  seed: number,
  means: Means,
  changes: Partial<Pick<Plan, 'timeLimitMs'>> = {},
): Promise<{ readonly history: History; readonly request: TrialRequest }> {
  const request = requestOf(exercise, seed, means, changes);
  return { history: await recordTrial(request), request };
}

function requestOf(
  exercise: Exercise,
  seed: number,
  means: Means,
  changes: Partial<Pick<Plan, 'timeLimitMs'>> = {},
): TrialRequest {
  const workload = named(means.workloads, exercise.workload);
  return { ...means, plan: planOf(exercise, seed, means, changes), workloads: [workload], budget: BUDGET };
}

function planOf(exercise: Exercise, seed: number, means: Means, changes: Partial<Pick<Plan, 'timeLimitMs'>>): Plan {
  const { workload, options, nemeses, systemOptions, length = 'usual' } = exercise;
  const { rateHz = length === 'usual' ? 200 : 80 } = exercise;
  const { system } = means;
  const terrain = { system: system.name, abilities: system.abilities, nodes: NODES };
  const settings = system.options.parse(systemOptions) as Readonly<Record<string, Json>>;
  return makePlan({
    ...LENGTHS[length],
    ...PACES[exercise.pace ?? (length === 'usual' ? 'usual' : 'quick')],
    ...changes,
    faultlineVersion: '',
    runId: `seed-${seed}`,
    createdAt: '',
    command: '',
    seed,
    system: plannedSystem(system, settings),
    nodes: Array.from({ length: NODES }, (_, at) => `n${at + 1}`),
    workloads: [
      { name: workload, options: named(means.workloads, workload).options.parse(options) as Record<string, Json> },
    ],
    nemeses: nemeses
      .map((name) => named(means.nemeses, name))
      .map(({ name, targets, targetsFor }) => ({ name, targets: targetsFor?.(terrain) ?? targets })),
    concurrency: 2 * NODES,
    rateHz,
    operationTimeoutMs: 1000,
  });
}

function findings({ checks }: Results): readonly { readonly checker: string; readonly kind: string }[] {
  return checks
    .filter(({ verdict }) => verdict.validity === 'invalid')
    .flatMap(({ checker, verdict }) => verdict.anomalies.map(({ kind }) => ({ checker, kind })));
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}
