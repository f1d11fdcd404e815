import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderReport, type ReportInput } from '../../reports/report.js';
import { FORMATS, readHistory } from '../history/formats/read.js';
import type { Json } from '../history/operation.js';
import { UserError } from '../kit/errors.js';
import type { Results } from '../run/plan.js';
import { judgeBare } from './bare.js';
import { type Arguments, command } from './command.js';
import { Display } from './display.js';
import { judgesFor } from './judges.js';
import { checkRun } from './stored-run.js';
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
  consistency: { type: 'string', describe: 'consistency model to judge transactions against' },
  format: { alias: 'f', type: 'string', describe: `${FORMATS.map(({ name }) => name).join(', ')} (default: look)` },
  independent: {
    choices: ['auto', 'yes', 'no'] as const,
    default: 'auto' as const,
    describe: 'whether values are [key value] pairs of independent objects, in EDN',
  },
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
    const path = String(args['history']);
    const display = new Display();
    try {
      if (isRun(path)) await checkRun(path, args, display);
      else await checkFile(path, args, display);
    } finally {
      display.end();
    }
  },
});

function isRun(path: string): boolean {
  return path !== '-' && existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, 'plan.json'));
}

async function checkFile(path: string, args: Arguments<typeof options>, display: Display): Promise<void> {
  display.status(`reading ${path}`, 'reading');
  const { history, notes, format } = await readHistory(path, {
    ...(args.format !== undefined && { format: args.format }),
    independent: args.independent,
  });
  const judges = judgesFor(args, history);
  const names = judges.checkers.map(({ name }) => name).join(', ');
  display.log(`${history.length.toLocaleString('en-US')} events (${format}), judged by ${names} (${judges.because})`);
  const results = await judgeBare({
    history,
    checkers: judges.checkers,
    options: checkerOptions(args.set),
    budget: budgetOf(args),
    ...(judges.consistency !== undefined && { consistency: judges.consistency }),
    notes,
    progress: (checker) => {
      display.status(`checking: ${checker}`, checker);
    },
  });
  display.end();
  const input: ReportInput = { results, history };
  if (args.report !== undefined) await writeFile(args.report, await renderReport(input));
  show(results, input, args);
}

function show(results: Results, input: ReportInput, args: Arguments<typeof options>): void {
  if (args.json) console.log(JSON.stringify(results, null, 2));
  else printVerdict(input, args.report === undefined ? {} : { report: args.report });
  process.exitCode = exitCodeOf(results.outcome);
}

export function budgetOf(args: { readonly timeBudget?: number; readonly memoryBudget?: number }) {
  const { timeBudget = 300, memoryBudget = 4096 } = args;
  if (!(timeBudget > 0)) throw new UserError(`--time-budget ${timeBudget}: expected seconds, more than 0`);
  if (!(memoryBudget > 0)) throw new UserError(`--memory-budget ${memoryBudget}: expected MiB, more than 0`);
  return { timeMs: timeBudget * 1000, memoryBytes: memoryBudget * 1024 * 1024 };
}

/** `name=value`, the value as JSON where it is JSON. Checkers ignore what they do not know. */
function checkerOptions(given: readonly string[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    given.map((setting) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
      if (name === undefined) throw new UserError(`--set ${setting}: expected name=value`);
      try {
        return [name, JSON.parse(value) as Json];
      } catch {
        return [name, value];
      }
    }),
  );
}
