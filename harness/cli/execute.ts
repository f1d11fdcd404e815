import pc from 'picocolors';
import { EXIT, UserError } from '../kit/errors.js';
import { nemeses, runCheckers } from '../registry.js';
import { type LaunchObserver, launchRun } from '../run/launch.js';
import { watchInChild } from '../run/live.js';
import type { Plan, Results } from '../run/plan.js';
import { historyOfRun } from '../run/recheck.js';
import { withCauses } from '../run/run.js';
import type { RunStatus } from '../run/status.js';
import { createRun, type RunStore } from '../run/store.js';
import { budgetOf, witnessBudgetOf } from './budgets.js';
import type { Display } from './display.js';
import { checkThread, INTERRUPTS, tellCertain } from './judging.js';
import { pathsOf, writeRunReports } from './stored-run.js';
import { type PreparedTest, seedLine } from './prepare.js';
import type { TestArguments } from './test.js';
import { exitCodeOf, printVerdict } from './verdict.js';

/** For the process that looks at a run while it is recorded: from sources or from dist/, like this file. */
const REGISTRY = new URL(import.meta.url.endsWith('.ts') ? '../registry.ts' : '../registry.js', import.meta.url);

/**
 * Runs a prepared test from nothing to its report; plan.json is there from the first moment. Sets the exit code; throws
 * only where there is nothing to report: then results.json says why, unless it cannot be written either.
 */
export async function execute(test: PreparedTest, args: TestArguments, display: Display): Promise<void> {
  display.log(seedLine(test.plan));
  const budget = budgetOf(args);
  const store = await createRun(args.out, test.plan.runId);
  await store.savePlan(test.plan);
  const interrupt = listenForInterrupts(display);
  const thread = checkThread(budget);
  const failFast = new AbortController();
  const stopEarly = (sentence: string) => {
    display.log(`${pc.red('✗')} ${sentence}`);
    if (args.failFast) failFast.abort(new Error('a violation was found (--fail-fast)'));
  };
  try {
    await prepareMachine(test, display, interrupt.signal);
    const { results, plan } = await launchRun({
      ...{ ...test, nemeses, checkers: runCheckers, budget, store },
      signal: AbortSignal.any([interrupt.signal, failFast.signal]),
      judging: {
        thread,
        witnessBudgetMs: witnessBudgetOf(args),
        certain: tellCertain(display),
        signal: interrupt.judging,
      },
      watch: (watched) => watchInChild(watched, { registry: REGISTRY, onViolation: stopEarly }),
      observer: shownOn(display, interrupt),
    });
    if (interrupt.signal.aborted && (await store.historyIsEmpty())) {
      throw new UserError('interrupted before the first operation: nothing to judge or report', EXIT.harnessError);
    }
    display.status('writing the report', 'report');
    await conclude(store, plan, results, display);
  } catch (error) {
    await store.saveFailure(test.plan, withCauses(error));
    throw error;
  } finally {
    thread.close();
    interrupt.stop();
  }
}

/** The engine and every image, with their progress side by side. What is being made is given up when the signal is aborted. */
export async function prepareMachine(
  { system, plan }: Pick<PreparedTest, 'system' | 'plan'>,
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (!system.images) return;
  const { prepareEngine } = await import('../../docker/engine/bootstrap.js');
  const { prepareImages } = await import('../../docker/engine/prepare.js');
  const engine = await prepareEngine(display.task, signal);
  await prepareImages(system, plan.system.options, display.task, engine, signal);
  signal.throwIfAborted();
}

const STAGES = { logs: 'collecting logs', 'tear-down': 'taking the cluster down' } as const;

/** A launched run as a person watches it. */
export function shownOn(display: Display, interrupt?: Interrupt): LaunchObserver {
  return {
    cluster: (state, line) => display.task({ task: 'cluster', state, line }),
    stage: (stage) => display.status(STAGES[stage], stage),
    trouble: (line) => display.log(`${pc.yellow('!')} ${line}`),
    status: (status, plan) => {
      if (status.phase === 'check') interrupt?.judgingBegan();
      display.status(statusLine(status, plan), milestoneOf(status));
    },
  };
}

async function conclude(store: RunStore, plan: Plan, results: Results, display: Display): Promise<void> {
  const history = await historyOfRun(store);
  const input = await writeRunReports(store, { plan, results, history }, (line) =>
    display.log(`${pc.yellow('!')} ${line}`),
  );
  display.end();
  printVerdict(input, pathsOf(store));
  console.log(`\n${seedLine(plan)}`);
  process.exitCode = exitCodeOf(results.outcome);
}

/** What an interruption does to a run. */
export interface Interrupt {
  /** Ends the recording. */
  readonly signal: AbortSignal;
  /** Ends the judging. */
  readonly judging: AbortSignal;
  /** From now on there is nothing left to heal. */
  judgingBegan(): void;
  stop(): void;
}

/**
 * Ends the test early: heal, stop, judge, report. While the run is judged it ends that, and what is known by then is
 * reported. A second signal leaves at once; the pods notice and end too.
 */
export function listenForInterrupts(display: Display): Interrupt {
  const recording = new AbortController();
  const judging = new AbortController();
  let current = recording;
  const onSignal = (name: NodeJS.Signals) => {
    const again = recording.signal.aborted || judging.signal.aborted;
    // A closed terminal tells its processes more than once.
    if (again && name === 'SIGHUP') return;
    if (again) process.exit(EXIT.harnessError);
    const what = current === recording ? 'healing, then judging what was recorded' : 'reporting what is known so far';
    display.log(`${pc.yellow('!')} interrupted: ${what} (again to leave at once)`);
    current.abort(new UserError('interrupted', EXIT.harnessError));
  };
  for (const name of INTERRUPTS) process.on(name, onSignal);
  return {
    signal: recording.signal,
    judging: judging.signal,
    judgingBegan: () => (current = judging),
    stop: () => {
      for (const name of INTERRUPTS) process.off(name, onSignal);
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
