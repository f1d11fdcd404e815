import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportInput } from '../../reports/report.js';
import { NO_REALTIME } from '../history/formats/format.js';
import { FORMATS, readHistory } from '../history/formats/read.js';
import type { Json } from '../history/operation.js';
import { refuseOptions } from '../../checkers/option-rules.js';
import { fitText } from '../history/formats/jsonl/json-text.js';
import { UserError } from '../kit/errors.js';
import { consistencyModels } from '../registry.js';
import type { Results } from '../run/plan.js';
import { judgeBare } from './bare.js';
import { budgetOf, WITNESS_BUDGET, witnessBudgetOf } from './budgets.js';
import { attempt, checkThread, stopJudging, tellCertain } from './judging.js';
import { type Arguments, command } from './command.js';
import { Display } from './display.js';
import { type Judges, judgesFor } from './judges.js';
import { exitCodeOf, printVerdict } from './verdict.js';

const options = {
  model: {
    alias: 'm',
    type: 'string',
    describe:
      'a sequential specification to be linearizable against (cas-register), or a consistency model (serializable)',
  },
  workload: {
    alias: 'w',
    type: 'string',
    describe: 'what the history is of: bank, list-append, set-full… (default: look)',
  },
  consistency: { type: 'string', describe: 'model to judge against (default: the workload’s own)' },
  format: { alias: 'f', type: 'string', describe: `${FORMATS.map(({ name }) => name).join(', ')} (default: look)` },
  independent: {
    choices: ['auto', 'yes', 'no'] as const,
    default: 'auto' as const,
    describe: 'whether values are [key value] pairs of independent objects, in EDN',
  },
  initial: { type: 'string', describe: 'value of every register before its first write (default: null)' },
  order: { type: 'string', describe: 'also write a legal order of a valid history, as JSON, to this file' },
  set: {
    alias: 's',
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'option of the checker: accounts=8, initial=0',
  },
  'time-budget': { type: 'number', default: 300, describe: 'seconds a checker may take before it says unknown' },
  'memory-budget': { type: 'number', default: 4096, describe: 'MiB a checker may use before it says unknown' },
  'witness-budget': WITNESS_BUDGET,
  follow: {
    type: 'boolean',
    default: false,
    describe: 'watch a growing journal, stop at the first violation, judge it at its end',
  },
  'idle-end': {
    type: 'number',
    default: 10,
    describe: 'seconds without an event after which --follow takes the journal for complete',
  },
  report: { type: 'string', describe: 'also write an HTML report to this file' },
  json: { type: 'boolean', default: false, describe: 'print the results as JSON instead' },
} as const;

export const checkCommand = command({
  command: 'check <history>',
  describe: 'Judge a history or a stored run; needs no Docker',
  positionals: { history: { describe: 'a history file, a run directory, or - for standard input' } },
  options,
  examples: [
    ['$0 check history.jsonl --model cas-register', 'linearizability of registers'],
    ['$0 check history.edn -w list-append -m snapshot-isolation', 'transactions against a consistency model'],
    ['$0 check runs/latest', 'a run whose harness was killed, or one to judge again'],
  ],
  run: async (args) => {
    const path = pathOf(args['history']);
    const display = new Display();
    try {
      if (args.follow) await followFirst(path, args, display);
      // What most checks do without is loaded by those that need it: loading takes longer than judging a small history.
      if (isRun(path)) await (await import('./stored-run.js')).checkRun(path, args, display);
      else await checkFile(path, args, display);
    } finally {
      display.end();
    }
  },
});

/** yargs makes nothing of a lone `-`. */
function pathOf(given: unknown): string {
  const path = String(given);
  return path === '' && process.argv.includes('-') ? '-' : path;
}

/** Says a violation as soon as it is certain; the verdict on the whole comes after it. */
async function followFirst(path: string, args: Arguments<typeof options>, display: Display): Promise<void> {
  if (path === '-') throw new UserError('--follow needs a file, not standard input');
  const [{ follow, streamNamed }, { RunStore }] = await Promise.all([import('./follow.js'), import('../run/store.js')]);
  const plan = isRun(path) ? await new RunStore(path).loadPlan() : undefined;
  const model = args.model !== undefined && consistencyModels.has(args.model) ? args.model : undefined;
  const consistency = args.consistency ?? model ?? plan?.consistency;
  const { anomaly, events } = await follow({
    path: plan === undefined ? path : join(path, 'history.jsonl'),
    idleMs: args.idleEnd * 1000,
    display,
    workload: streamNamed(args.workload ?? args.model),
    contextOf: (workload) => ({
      options: plan?.workloads.find(({ name }) => name === workload)?.options ?? checkerOptions(args),
      ...(consistency !== undefined && { consistency }),
      ...(plan !== undefined && { claimed: plan.system.claims.consistency }),
    }),
  });
  if (anomaly) display.log(`after ${events} events: ${anomaly.sentence}`);
}

function isRun(path: string): boolean {
  return path !== '-' && existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, 'plan.json'));
}

async function checkFile(path: string, args: Arguments<typeof options>, display: Display): Promise<void> {
  const budget = budgetOf(args);
  const thread = checkThread(budget);
  // It starts while the history is read.
  thread.warmUp();
  display.status(`reading ${path === '-' ? 'standard input' : path}`, 'reading');
  const { history, notes, format, defines } = await readHistory(path, {
    ...(args.format !== undefined && { format: args.format }),
    independent: args.independent,
  });
  const judges = withoutRealtime(judgesFor(args, history), notes);
  const given = checkerOptions(args);
  refuseOptions(judges.checkers, given);
  const names = judges.checkers.map(({ name }) => name).join(', ');
  display.log(`${history.length.toLocaleString('en-US')} events (${format}), judged by ${names} (${judges.because})`);
  const interrupt = stopJudging(display);
  const results = await judgeBare({
    history,
    checkers: judges.checkers,
    sources: judges.sources,
    required: judges.required,
    thread,
    signal: interrupt.signal,
    witnessBudgetMs: witnessBudgetOf(args),
    certain: tellCertain(display),
    options: {
      ...(notes.includes(NO_REALTIME) && { realtime: false }),
      ...defines,
      ...given,
      ...(args.order !== undefined && { order: true }),
    },
    budget,
    ...(judges.consistency !== undefined && { consistency: judges.consistency }),
    notes,
    progress: (doing) => {
      display.status(`checking: ${doing}`, doing);
    },
  });
  interrupt.stop();
  thread.close();
  display.end();
  const input: ReportInput = { results, history };
  const { report } = args;
  if (report !== undefined) {
    await attempt(display, `the report ${report} was not written`, async () => {
      const { renderReport } = await import('../../reports/report.js');
      await writeFile(report, await renderReport(input));
    });
  }
  if (args.order !== undefined) await writeOrder(args.order, results);
  show(results, input, args);
}

/** Some formats tell each session's order only; then no model with real time can be decided, so none is the default. */
function withoutRealtime(judges: Judges, notes: readonly string[]): Judges {
  return notes.includes(NO_REALTIME) ? { ...judges, consistency: judges.consistency ?? 'serializable' } : judges;
}

function show(results: Results, input: ReportInput, args: Arguments<typeof options>): void {
  if (args.json) console.log(JSON.stringify(results, null, 2));
  else printVerdict(input, args.report === undefined ? {} : { report: args.report });
  process.exitCode = exitCodeOf(results.outcome);
}

/** Orders that checkers found, as journal indices by the name of the object. */
async function writeOrder(path: string, { checks }: Results): Promise<void> {
  const orders = checks.flatMap(({ verdict }) =>
    verdict.details['order'] === undefined ? [] : [verdict.details['order']],
  );
  if (orders.length === 0)
    throw new UserError('--order: no checker found a legal order; it takes a valid history and a sequential --model');
  await writeFile(path, `${JSON.stringify(orders[0])}\n`);
}

/** What was given by `--initial`, and by `--set name=value`. */
function checkerOptions(args: Arguments<typeof options>): Readonly<Record<string, Json>> {
  return {
    ...(args.initial !== undefined && { initial: jsonOr(args.initial) }),
    ...Object.fromEntries(
      args.set.map((setting) => {
        const [, name, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
        if (name === undefined) throw new UserError(`--set ${setting}: expected name=value`);
        return [name, jsonOr(value)];
      }),
    ),
  };
}

/** JSON where it is JSON, otherwise text. */
function jsonOr(value: string): Json {
  try {
    const fit = fitText(value);
    return 'unfit' in fit ? value : (JSON.parse(fit.text) as Json);
  } catch {
    return value;
  }
}
