import { stat } from 'node:fs/promises';
import pc from 'picocolors';
import { readHistory } from '../history/formats/read.js';
import { EXIT, UserError } from '../kit/errors.js';
import { nemeses, runCheckers } from '../registry.js';
import { type LaunchObserver, launchRun } from '../run/launch.js';
import { watchInChild } from '../run/live.js';
import type { Plan, Results } from '../run/plan.js';
import type { RunStatus } from '../run/status.js';
import { createRun, type RunStore } from '../run/store.js';
import { budgetOf } from './check.js';
import type { Display } from './display.js';
import { pathsOf, writeRunReports } from './stored-run.js';
import { type PreparedTest, seedLine } from './prepare.js';
import type { TestArguments } from './test.js';
import { exitCodeOf, printVerdict } from './verdict.js';

/** For the process that looks at a run while it is recorded: from sources or from dist/, like this file. */
const REGISTRY = new URL(import.meta.url.endsWith('.ts') ? '../registry.ts' : '../registry.js', import.meta.url);

/** Runs a prepared test from nothing to its report. Sets the exit code; throws only where there is nothing to report. */
export async function execute(test: PreparedTest, args: TestArguments, display: Display): Promise<void> {
  display.log(seedLine(test.plan));
  const budget = budgetOf(args);
  const interrupt = listenForInterrupts(display);
  await prepareMachine(test, display);
  interrupt.signal.throwIfAborted();
  const store = await createRun(args.out, test.plan.runId);
  const failFast = new AbortController();
  const stopEarly = (sentence: string) => {
    display.log(`${pc.red('✗')} ${sentence}`);
    if (args.failFast) failFast.abort(new Error('a violation was found (--fail-fast)'));
  };
  const { results, plan } = await launchRun({
    ...{ ...test, nemeses, checkers: runCheckers, budget, store },
    signal: AbortSignal.any([interrupt.signal, failFast.signal]),
    watch: (watched) => watchInChild(watched, { registry: REGISTRY, onViolation: stopEarly }),
    observer: shownOn(display),
  });
  if (interrupt.signal.aborted && (await stat(store.historyPath)).size === 0) {
    throw new UserError('interrupted before the first operation: nothing to judge or report', EXIT.harnessError);
  }
  display.status('writing the report', 'report');
  await conclude(store, plan, results, display);
  interrupt.stop();
}

/** The engine and every image, with their progress side by side. */
export async function prepareMachine(
  { system, plan }: Pick<PreparedTest, 'system' | 'plan'>,
  display: Display,
): Promise<void> {
  if (!system.images) return;
  const { prepareEngine } = await import('../../docker/engine/bootstrap.js');
  const { prepareImages } = await import('../../docker/engine/prepare.js');
  const engine = await prepareEngine(display.task);
  await prepareImages(system, plan.system.options, display.task, engine);
}

const STAGES = { logs: 'collecting logs', 'tear-down': 'taking the cluster down' } as const;

/** A launched run as a person watches it. */
export function shownOn(display: Display): LaunchObserver {
  return {
    cluster: (state, line) => display.task({ task: 'cluster', state, line }),
    stage: (stage) => display.status(STAGES[stage], stage),
    trouble: (line) => display.log(`${pc.yellow('!')} ${line}`),
    status: (status, plan) => display.status(statusLine(status, plan), milestoneOf(status)),
  };
}

async function conclude(store: RunStore, plan: Plan, results: Results, display: Display): Promise<void> {
  const { history } = await readHistory(store.historyPath, { format: 'jsonl' });
  const input = await writeRunReports(store, { plan, results, history });
  display.end();
  printVerdict(input, pathsOf(store));
  console.log(`\n${seedLine(plan)}`);
  process.exitCode = exitCodeOf(results.outcome);
}

/** Ctrl-C ends the test early: heal, stop, judge, report. A second one leaves at once; the pods notice and end too. */
export function listenForInterrupts(display: Display): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.harnessError);
    display.log(`${pc.yellow('!')} interrupted: healing, then judging what was recorded (again to leave at once)`);
    controller.abort(new UserError('interrupted', EXIT.harnessError));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

function statusLine(status: RunStatus, plan: Plan): string {
  const { phase, elapsedMs, rateHz, inFlight, ok, fail, info, currentFault, anomalies } = status;
  const endMs = plan.warmUpMs + plan.timeLimitMs;
  const time = `${(elapsedMs / 1000).toFixed(0)} of ${(endMs / 1000).toFixed(0)} s`;
  const counts = `${pc.green(`${ok} ok`)} ${fail} fail ${pc.yellow(`${info} info`)}`;
  const fault = currentFault === undefined ? '' : ` · ${pc.red(currentFault)}`;
  const found = anomalies === 0 ? '' : ` · ${pc.red(`${anomalies} anomalies`)}`;
  return `${pc.bold(phase)} ${time} · ${rateHz} op/s · ${inFlight} in flight · ${counts}${found}${fault}`;
}

function milestoneOf({ phase, currentFault }: RunStatus): string {
  return `${phase} ${currentFault ?? ''}`;
}
