import { randomInt } from 'node:crypto';
import pc from 'picocolors';
import { composeNemeses } from '../../nemesis/compose.js';
import type { System } from '../../docker/system.js';
import type { Workload } from '../../workloads/workload.js';
import { UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import { consistencyModels, nemeses, systems, workloads } from '../registry.js';
import { makePlan, plannedSystem } from '../run/plan-making.js';
import type { Plan } from '../run/plan.js';
import { type AskedFault, readScheduleFile } from '../run/schedule-file.js';
import { newRunId } from '../run/store.js';
import { names, parseConcurrency, parseSettings, resolveOptions } from './settings.js';
import type { TestArguments } from './test.js';
import { faultlineVersion } from './version.js';

/** A test that is ready to start: every name resolved, every option checked, the plan drawn. */
export interface PreparedTest {
  readonly system: System;
  readonly workloads: readonly Workload[];
  readonly plan: Plan;
}

/** Throws {@link UserError} for what cannot be run, before anything is started. */
export async function prepareTest(
  systemName: string,
  args: TestArguments,
  faults: 'drawn' | 'searched' = 'drawn',
): Promise<PreparedTest> {
  const load = systems[systemName];
  if (!load) throw new UserError(`unknown system ${systemName}${suggestion(systemName, Object.keys(systems))}`);
  const system = await load();
  const nodes = nodeNames(system, args.nodes);
  const chosen = names(args.workloads).map((name) => workloadNamed(name, system));
  if (chosen.length === 0) throw new UserError('-w: name at least one workload (faultline list workloads)');
  const settings = parseSettings(
    args.set,
    chosen.map(({ name }) => name),
  );
  const systemOptions = resolveOptions(system.options, settings.system, system.name);
  const terrain = { system: system.name, abilities: system.abilities, nodes: nodes.length };
  if (args.consistency !== undefined && !consistencyModels.has(args.consistency)) {
    throw new UserError(
      `--consistency ${args.consistency}: unknown${suggestion(args.consistency, [...consistencyModels])}`,
    );
  }
  const seed = args.seed ?? randomInt(2 ** 31);
  if (!Number.isSafeInteger(seed)) throw new UserError(`--seed ${seed}: expected an integer`);
  const schedule = args.schedule === undefined ? undefined : await askedSchedule(args.schedule, args, system);
  const asked = schedule?.map(({ kind }) => kind);
  const now = new Date();
  const composed = withoutUnjudged(composeNemeses(asked ?? names(args.nemeses), nemeses, terrain), chosen, [
    ...(asked ?? []),
    ...args.nemeses,
  ]);
  const plan = makePlan({
    faultlineVersion: faultlineVersion(),
    runId: newRunId(system.name, now),
    createdAt: now.toISOString(),
    command: repeatCommand(system.name, args, seed),
    seed,
    system: plannedSystem(system, systemOptions),
    nodes,
    workloads: chosen.map((workload) => ({
      name: workload.name,
      options: resolveOptions(workload.options, settings.workloads.get(workload.name) ?? new Map(), workload.name),
    })),
    // In virtual time nothing is slow.
    nemeses: composed.map((nemesis) =>
      system.images === undefined ? nemesis : { ...nemesis, roomMs: nemesis.takesMs },
    ),
    // A search makes a schedule of its own for every run.
    ...(faults === 'searched' ? { schedule: [] } : schedule && { schedule }),
    faultsAtOnce: within('--faults-at-once', args.faultsAtOnce, 1, 20),
    concurrency: parseConcurrency(args.concurrency, nodes.length),
    ...(args.consistency !== undefined && { consistency: args.consistency }),
    rateHz: within('--rate', args.rate, 0.1, 1_000_000),
    operationTimeoutMs: within('--operation-timeout', args.operationTimeout, 1, 3_600_000),
    warmUpMs: within('--warm-up', args.warmUp, 0, 3600) * 1000,
    timeLimitMs: within('--time-limit', args.timeLimit, 1, 7 * 86_400) * 1000,
    recoveryMs: within('--recovery', args.recovery, 0, 3600) * 1000,
    ...(args.faultLength !== undefined && { faultMs: within('--fault-length', args.faultLength, 0.1, 3600) * 1000 }),
    ...(args.faultPause !== undefined && { pauseMs: within('--fault-pause', args.faultPause, 0, 3600) * 1000 }),
  });
  return { system, workloads: chosen, plan };
}

/**
 * A restore loses what was acknowledged after the backup; where a workload's checkers cannot tell that from a violation, a
 * mix does without it, and asking for it by name is refused.
 */
function withoutUnjudged<N extends { readonly name: string }>(
  composed: readonly N[],
  chosen: readonly Workload[],
  asked: readonly string[],
): readonly N[] {
  const unjudged = chosen.filter((workload) =>
    workload
      .checkers(workload.options.parse({}) as Parameters<Workload['checkers']>[0])
      .some(({ checker, required }) => required && checker.acrossRestores === undefined),
  );
  if (unjudged.length === 0) return composed;
  if (asked.some((names) => names.split(',').includes(RESTORE))) {
    const unfit = unjudged.map(({ name }) => name).join(', ');
    throw new UserError(`-n ${RESTORE}: what a restore may lose cannot be judged for ${unfit}; choose another -w`);
  }
  return composed.filter(({ name }) => name !== RESTORE);
}

const RESTORE = 'backup-restore';

async function askedSchedule(path: string, args: TestArguments, system: System): Promise<readonly AskedFault[]> {
  if (args.nemeses.length > 0) throw new UserError(`--schedule ${path}: names all faults itself; leave out -n`);
  const kinds = nemeses.map(({ name }) => name);
  const asked = await readScheduleFile(path, kinds);
  const waits = asked.find(({ trigger }) => trigger?.kind === 'log-line');
  if (waits === undefined || system.abilities.includes('logs')) return asked;
  throw new UserError(`${waits.where}.when: ${system.name} has no logs to wait for`);
}

function nodeNames(system: System, asked: number | undefined): readonly string[] {
  const { min, max, default: usual } = system.nodes;
  const count = asked ?? usual;
  if (!Number.isInteger(count) || count < min || count > max) {
    throw new UserError(`--nodes ${count}: ${system.name} runs on ${min} to ${max} nodes`);
  }
  return Array.from({ length: count }, (_, i) => `n${i + 1}`);
}

function workloadNamed(name: string, system: System): Workload {
  const workload = workloads.find((each) => each.name === name);
  if (!workload)
    throw new UserError(
      `-w ${name}: unknown workload${suggestion(
        name,
        workloads.map((each) => each.name),
      )}`,
    );
  if (system.families.some((family) => workload.clients[family])) return workload;
  const speaks = system.families.join(', ');
  throw new UserError(
    `-w ${name}: needs one of ${Object.keys(workload.clients).join(', ')}, but ${system.name} speaks ${speaks}`,
  );
}

function within(flag: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new UserError(`${flag} ${value}: expected a number from ${min} to ${max}`);
}

/** The command line as given, with the seed that was drawn: what repeats the run. */
function repeatCommand(system: string, args: TestArguments, seed: number): string {
  const given = process.argv
    .slice(2)
    .filter((word, at, words) => !/^--seed(=|$)/.test(word) && words[at - 1] !== '--seed');
  const quoted = given.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  return `faultline ${given.length > 0 ? quoted.join(' ') : `test ${system}`} --seed ${seed}`;
}

/** Printed first and last: with it the whole run can be repeated. */
export function seedLine(plan: Plan): string {
  return `${pc.bold(`seed ${plan.seed}`)} ${pc.dim(plan.command)}`;
}
