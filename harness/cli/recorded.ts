import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../../docker/system.js';
import { readHistory } from '../history/formats/read.js';
import { EXIT, UserError } from '../kit/errors.js';
import { suggestion } from '../kit/suggest.js';
import type { Laboratory, Rerun } from '../explore/laboratory.js';
import { recordedPlan } from '../explore/recorded-plan.js';
import { nemeses, runCheckers, systems, workloads } from '../registry.js';
import type { Plan, Results } from '../run/plan.js';
import { recheck } from '../run/recheck.js';
import { loadPlan, RunStore } from '../run/store.js';
import { budgetOf } from './budgets.js';
import type { Display } from './display.js';
import { prepareMachine, shownOn } from './execute.js';
import { writeRunReports } from './stored-run.js';
import { faultlineVersion } from './version.js';

/** Something that can be run again: a run directory, or a plan alone. */
export interface Recorded {
  readonly plan: Plan;
  readonly system: System;
  /** Of a run directory that has a journal. */
  readonly store?: RunStore;
}

/** Reads a run directory or a plan file. Throws a {@link UserError} for one that this Faultline cannot run. */
export async function loadRecorded(path: string): Promise<Recorded> {
  if (!existsSync(path)) throw new UserError(`${path}: no such run directory or plan file`);
  const isRun = statSync(path).isDirectory();
  const planPath = isRun ? join(path, 'plan.json') : path;
  const plan = await loadPlan(planPath, 'is this a run directory of Faultline?');
  refuseOtherVersion(plan, planPath);
  const load = systems[plan.system.name];
  if (!load) {
    const known = Object.keys(systems);
    throw new UserError(`${planPath}: unknown system ${plan.system.name}${suggestion(plan.system.name, known)}`);
  }
  const system = await load();
  refuseUnknown(plan, system, planPath);
  const store = new RunStore(path);
  return { plan, system, ...(isRun && !(await store.historyIsEmpty()) && { store }) };
}

/** Versions promise nothing across their first number, and before 1.0 nothing across the second. */
function refuseOtherVersion({ faultlineVersion: made }: Plan, planPath: string): void {
  const here = faultlineVersion();
  if (typeof made === 'string' && compatibleWith(made) === compatibleWith(here)) return;
  throw new UserError(
    `${planPath} was made by Faultline ${made}, this is ${here}: its runs cannot be repeated here; use Faultline ${made}`,
  );
}

function compatibleWith(version: string): string {
  const [major, minor] = version.split('.');
  return major === '0' ? `0.${minor}` : major;
}

/** Names and options of a plan that was written or changed by hand, or by a Faultline with other plug-ins. */
function refuseUnknown(plan: Plan, system: System, planPath: string): void {
  const unknown = (what: string, name: string, known: readonly { readonly name: string }[]) => {
    if (known.some((each) => each.name === name)) return;
    throw new UserError(
      `${planPath}: unknown ${what} ${name}${suggestion(
        name,
        known.map((each) => each.name),
      )}`,
    );
  };
  for (const { name } of plan.workloads) unknown('workload', name, workloads);
  for (const { request } of plan.schedule) unknown('nemesis', request.kind, nemeses);
  const parsed = system.options.safeParse(plan.system.options);
  if (parsed.success) return;
  const { path, message } = parsed.error.issues[0];
  throw new UserError(`${planPath}: option ${path.join('.')} of ${system.name}: ${message}`);
}

/** The verdict on a recorded run: the stored one, or a new one where the harness was killed before it came to it. */
export async function verdictOn(
  { plan, store }: Recorded,
  args: Parameters<typeof budgetOf>[0],
): Promise<Results | undefined> {
  if (store === undefined) return undefined;
  const stored = await store.loadResults().catch(() => undefined);
  if (stored !== undefined) return stored;
  return (await recheck({ store, plan, workloads, checkers: runCheckers, budget: budgetOf(args) })).results;
}

/** What to run again: the plan itself where the seed decides everything, else what was recorded. */
export async function planToRepeat({ plan, system, store }: Recorded): Promise<Plan> {
  if (system.deterministic === true || store === undefined) return plan;
  const { history } = await readHistory(store.historyPath, { format: 'jsonl' });
  return recordedPlan(plan, history);
}

/** Prepares this machine for runs of a plan, and says with what. */
export async function laboratoryFor(
  { plan, system }: Recorded,
  args: Parameters<typeof budgetOf>[0] & { readonly out: string },
  display: Display,
  signal: AbortSignal,
): Promise<Laboratory> {
  const budget = budgetOf(args);
  await prepareMachine({ system, plan }, display, signal);
  const means = { system, workloads, nemeses, checkers: runCheckers, budget, root: args.out };
  return { ...means, signal, observer: shownOn(display), finished: (rerun) => reportOn(rerun) };
}

async function reportOn({ store, plan, results }: Rerun): Promise<void> {
  if (await store.historyIsEmpty()) throw new UserError(`${store.directory}: nothing was recorded`, EXIT.harnessError);
  const { history } = await readHistory(store.historyPath, { format: 'jsonl' });
  await writeRunReports(store, { plan, results, history }, (line) => console.error(line));
}
