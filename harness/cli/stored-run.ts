import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportInput } from '../../reports/report.js';
import { LOG_WINDOW, type LogWindow, readLogs } from '../../reports/logs.js';
import { firstViolationTime, writeReports } from '../../reports/report.js';
import { metricsOf } from '../archive/metrics.js';
import { messageOf } from '../kit/errors.js';
import { runCheckers, workloads } from '../registry.js';
import type { Plan } from '../run/plan.js';
import { recheck } from '../run/recheck.js';
import { RunStore } from '../run/store.js';
import { budgetOf, witnessBudgetOf } from './budgets.js';
import type { Display } from './display.js';
import { checkThread, stopJudging, tellCertain } from './judging.js';
import { exitCodeOf, printVerdict } from './verdict.js';

/** What `check` may be told about a stored run; everything else is in its plan. */
interface CheckRunArguments {
  readonly consistency?: string | undefined;
  readonly model?: string | undefined;
  readonly timeBudget?: number;
  readonly memoryBudget?: number;
  readonly witnessBudget?: number;
  readonly json?: boolean;
}

/** Judges a stored run again from its journal, as one does after `kill -9` of the harness, and renders its reports. */
export async function checkRun(directory: string, args: CheckRunArguments, display: Display): Promise<void> {
  const store = new RunStore(directory);
  const plan = judgedAgainst(await store.loadPlan(), args.consistency ?? args.model);
  const budget = budgetOf(args);
  const thread = checkThread(budget);
  thread.warmUp();
  display.status('reading the journal', 'reading');
  const interrupt = stopJudging(display);
  const { results, history } = await recheck({
    store,
    plan,
    workloads,
    checkers: runCheckers,
    budget,
    thread,
    witnessBudgetMs: witnessBudgetOf(args),
    signal: interrupt.signal,
    certain: tellCertain(display),
    trouble: (line) => display.log(`! ${line}`),
    progress: (line) => {
      display.status(`checking: ${line}`, line);
    },
  });
  interrupt.stop();
  thread.close();
  const input = await writeRunReports(store, { plan, results, history }, (line) => display.log(`! ${line}`));
  display.end();
  if (args.json === true) console.log(JSON.stringify(results, null, 2));
  else printVerdict(input, pathsOf(store));
  process.exitCode = exitCodeOf(results.outcome);
}

function judgedAgainst(plan: Plan, consistency: string | undefined): Plan {
  return consistency === undefined ? plan : { ...plan, consistency };
}

/**
 * Writes metrics.json, report.html, junit.xml and summary.md of a run, with its nodes' logs where there are any. Where
 * they cannot be written, that is told to `onTrouble` and costs nothing else.
 */
export async function writeRunReports(
  store: RunStore,
  input: ReportInput,
  onTrouble: (line: string) => void,
): Promise<ReportInput> {
  const files = ['plan.json', 'history.jsonl', 'results.json', 'metrics.json', 'junit.xml', 'summary.md'];
  let complete: ReportInput = { ...input, files };
  try {
    const metrics = `${JSON.stringify(metricsOf(input.history, input.results))}\n`;
    await writeFile(join(store.directory, 'metrics.json'), metrics);
    complete = { ...complete, logs: await readLogs(store.logsPath, logWindow(input)) };
    await writeReports(store.directory, complete);
  } catch (error) {
    const reason = messageOf(error).split('\n')[0];
    onTrouble(`${store.directory}: the reports could not be written: ${reason}; faultline report makes them again`);
  }
  return complete;
}

export function pathsOf(store: RunStore): Readonly<Record<string, string>> {
  return { report: join(store.directory, 'report.html'), run: store.directory };
}

/** Around the first violation, as far as the plan tells when the run began; otherwise the end of each log. */
function logWindow(input: ReportInput): LogWindow {
  const violationNs = firstViolationTime(input);
  const began = input.plan?.startedAt;
  if (violationNs === undefined || began === undefined) return LOG_WINDOW;
  return { ...LOG_WINDOW, aroundMs: Date.parse(began) + violationNs / 1e6 };
}
