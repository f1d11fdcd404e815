import { randomBytes, randomInt } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import prettyMilliseconds from 'pretty-ms';
import { addStepSummary, annotations, writeSuiteReports } from '../../reports/suite/suite.js';
import { readArchive } from '../archive/read.js';
import { UserError } from '../kit/errors.js';
import { attempt, type Faultline } from '../suite/attempt.js';
import { keyOf, shardOf } from '../suite/cells.js';
import { conduct, type Progress } from '../suite/conduct.js';
import { suiteOutcome, suiteSentence } from '../suite/outcome.js';
import { readSuite } from '../suite/read.js';
import { claimsOf, type PastRun } from '../suite/statistics.js';
import { type SuitePlan, SuiteStore, unfinishedSuite } from '../suite/store.js';
import { type Cell, SUITE_FORMAT_VERSION, type SuiteResults } from '../suite/suite.js';
import { command } from './command.js';
import { Display } from './display.js';
import { validateCell } from './suite-cells.js';
import { exitCodeOf } from './verdict.js';
import { faultlineVersion } from './version.js';

const options = {
  out: { type: 'string', default: 'runs', describe: 'directory for suites and their runs' },
  shard: { type: 'string', describe: 'run the i-th of n parts, as i/n: one part a machine' },
  parallel: { type: 'number', describe: 'cells at once (default: the file’s, or what the machine can bear)' },
  budget: { type: 'number', describe: 'seconds after which no cell is begun (default: the file’s)' },
  seed: { type: 'number', describe: 'decides the seeds of the cells (default: the file’s, or drawn and kept)' },
  resume: {
    type: 'string',
    describe: 'go on with an interrupted suite: its directory, or nothing for the last one of this name',
  },
  list: { type: 'boolean', default: false, describe: 'print the cells and their commands, run nothing' },
} as const;

/** What one cluster of three to five nodes needs, at least. */
const CELL_CORES = 2;
const CELL_BYTES = 4 * 2 ** 30;
const SEED_BOUND = 2 ** 31;
/** Set-up, healing, judging and tear-down of a cell that was never run before. */
const OVERHEAD_MS = 45_000;

interface SuiteArguments {
  readonly out: string;
  readonly shard?: string | undefined;
  readonly parallel?: number | undefined;
  readonly budget?: number | undefined;
  readonly seed?: number | undefined;
  readonly resume?: string | undefined;
  readonly list: boolean;
}

export const suiteCommand = command({
  command: 'suite <file>',
  describe: 'Run a matrix of tests, nightly: systems × options × workloads × nemeses × seeds',
  positionals: { file: { describe: 'the suite, YAML (docs/suites.md)' } },
  options,
  examples: [
    ['$0 suite nightly.yaml --shard 2/4', 'the second of four machines'],
    ['$0 suite nightly.yaml --resume', 'go on where it was interrupted'],
  ],
  run: async (args) => {
    const display = new Display();
    try {
      await suite(String(args['file']), args, display);
    } finally {
      display.end();
    }
  },
});

async function suite(file: string, args: SuiteArguments, display: Display): Promise<void> {
  const begun = args.resume === undefined ? await begin(file, args) : await resumed(file, args, args.resume);
  const { store, plan, cells } = begun;
  if (args.list) {
    for (const cell of cells) console.log(`${pc.bold(cell.id)} ${pc.dim(cell.source)}\n  ${commandOf(cell)}`);
    return;
  }
  for (const cell of cells) await validateCell(cell);
  if (args.resume === undefined) await store.begin(plan);
  display.log(
    `${pc.bold(`suite ${plan.suite.name}`)}: ${cells.length} cells, seed ${plan.suite.seed}, ${store.directory}`,
  );
  const results = await run(begun, args, display);
  await store.saveResults(results);
  const paths = await writeSuiteReports(store.directory, results);
  await tellGithub(results);
  display.end();
  printSuite(results, paths);
  process.exitCode = exitCodeOf(results.outcome);
}

interface Begun {
  readonly store: SuiteStore;
  readonly plan: SuitePlan;
  readonly cells: readonly Cell[];
}

async function begin(file: string, args: SuiteArguments): Promise<Begun> {
  const given = await readSuite(file, args.seed ?? randomInt(SEED_BOUND));
  const suite = args.seed === undefined ? given : { ...given, seed: args.seed };
  const now = new Date();
  const time = now.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const suiteId = `${time}-suite-${suite.name}-${randomBytes(2).toString('hex')}`;
  const plan: SuitePlan = {
    formatVersion: SUITE_FORMAT_VERSION,
    suiteId,
    startedAt: now.toISOString(),
    ...(args.shard !== undefined && { shard: args.shard }),
    suite,
  };
  return { store: new SuiteStore(join(args.out, suiteId)), plan, cells: cellsOfShard(plan) };
}

async function resumed(file: string, args: SuiteArguments, asked: string): Promise<Begun> {
  const { name } = await readSuite(file, 0);
  const directory = asked === '' ? await unfinishedSuite(args.out, name) : asked;
  if (directory === undefined) {
    throw new UserError(`--resume: no unfinished suite ${name} in ${args.out}; run it without --resume`);
  }
  const store = new SuiteStore(directory);
  const plan = await store.loadPlan();
  if (args.shard !== undefined && args.shard !== plan.shard) {
    throw new UserError(
      `--shard ${args.shard}: ${directory} is shard ${plan.shard ?? '1/1'}; resume it without --shard`,
    );
  }
  return { store, plan, cells: cellsOfShard(plan) };
}

function cellsOfShard({ suite: { cells }, shard }: SuitePlan): readonly Cell[] {
  if (shard === undefined) return cells;
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(shard) ?? [];
  const part = { index: Number(index), of: Number(of) };
  if (index === undefined || part.index < 1 || part.index > part.of) {
    throw new UserError(`--shard ${shard}: expected i/n with 1 ≤ i ≤ n, such as 2/4`);
  }
  return shardOf(cells, part);
}

async function run({ store, plan, cells }: Begun, args: SuiteArguments, display: Display): Promise<SuiteResults> {
  const interrupted = new AbortController();
  const onSignal = () => {
    display.log(`${pc.yellow('!')} interrupted: running cells heal and end; --resume goes on from here`);
    interrupted.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const { budgetMs } = plan.suite;
  const past = await pastRuns(args.out, store.directory);
  const results = await conduct({
    suite: {
      ...plan.suite,
      ...(args.budget !== undefined ? { budgetMs: args.budget * 1000 } : budgetMs !== undefined && { budgetMs }),
    },
    cells,
    before: await store.loadAttempts(),
    slots: slotsOf(args.parallel ?? plan.suite.parallel),
    attempt: (cell, number) =>
      attempt({ cell, number, directory: store.directory, faultline: faultline(), signal: interrupted.signal }),
    record: async (ended) => {
      await store.record(ended);
      const mark = ended.outcome === 'valid' ? pc.green('✓') : pc.red(ended.outcome === 'invalid' ? '✗' : '?');
      display.log(`${mark} ${ended.cell}: ${ended.outcome} ${pc.dim(prettyMilliseconds(ended.durationMs))}`);
    },
    expectedMs: (cell) => secondsOf(cell, 'time-limit', 60) + secondsOf(cell, 'warm-up', 3) + OVERHEAD_MS,
    now: () => performance.now(),
    onProgress: (progress) => {
      display.status(progressLine(progress), `${progress.finished.length} of ${progress.total}`);
    },
    signal: interrupted.signal,
  });
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  return {
    formatVersion: SUITE_FORMAT_VERSION,
    suiteId: plan.suiteId,
    name: plan.suite.name,
    faultlineVersion: faultlineVersion(),
    startedAt: plan.startedAt,
    endedAt: new Date().toISOString(),
    ...(plan.shard !== undefined && { shard: plan.shard }),
    outcome: suiteOutcome(results),
    sentence: suiteSentence(results),
    cells: results,
    claims: claimsOf(results, past),
  };
}

/** Verdicts of earlier suites in the same place, by the configuration of their cells. */
async function pastRuns(root: string, own: string): Promise<readonly PastRun[]> {
  const { runs } = await readArchive(root).catch(() => ({ runs: [] }));
  const suites = new Map<string, Map<string, Cell>>();
  const past: PastRun[] = [];
  for (const { directory, results } of runs) {
    const [suiteName, cellId] = relative(root, directory).split('/');
    if (results === undefined || suiteName === undefined || join(root, suiteName) === own) continue;
    let cells = suites.get(suiteName);
    if (cells === undefined) {
      const plan = await new SuiteStore(join(root, suiteName)).loadPlan().catch(() => undefined);
      cells = new Map((plan?.suite.cells ?? []).map((cell) => [cell.id, cell]));
      suites.set(suiteName, cells);
    }
    const cell = cells.get(cellId ?? '');
    if (cell !== undefined) past.push({ key: keyOf(cell), outcome: results.outcome });
  }
  return past;
}

/** As this process was called: from sources through its loader, or the built program. */
function faultline(): Faultline {
  const main = import.meta.url.endsWith('.ts') ? './main.ts' : './main.js';
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(main, import.meta.url))];
}

function slotsOf(parallel: number | 'auto'): number {
  if (parallel !== 'auto') return Math.max(1, Math.trunc(parallel));
  return Math.max(1, Math.floor(Math.min(availableParallelism() / CELL_CORES, totalmem() / CELL_BYTES)));
}

function secondsOf({ flags }: Cell, name: string, usual: number): number {
  const given = Number(flags[name] ?? usual);
  return (Number.isFinite(given) ? given : usual) * 1000;
}

function commandOf(cell: Cell): string {
  const set = Object.entries(cell.options).map(([name, value]) => ` --set ${name}=${value}`);
  const flags = Object.entries(cell.flags).map(([name, value]) => ` --${name} ${String(value)}`);
  const nemeses = cell.nemeses.length > 0 ? ` -n ${cell.nemeses.join(',')}` : '';
  return `faultline test ${cell.system} -w ${cell.workloads.join(',')}${nemeses}${set.join('')}${flags.join('')} --seed ${cell.seed}`;
}

function progressLine({ running, finished, total }: Progress): string {
  const now = running.map(({ id }) => id).join(', ');
  const invalid = finished.filter(({ outcome, asExpected }) => outcome === 'invalid' && !asExpected).length;
  const found = invalid === 0 ? '' : ` · ${pc.red(`${invalid} invalid`)}`;
  return `${finished.length} of ${total} cells${found}${now === '' ? '' : ` · running ${now}`}`;
}

/** Annotations on standard output and the job's summary, where GitHub runs the suite. */
async function tellGithub(results: SuiteResults): Promise<void> {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return;
  for (const line of annotations(results)) console.log(line);
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined && summary !== '') await addStepSummary(summary, results);
}

function printSuite(results: SuiteResults, paths: Readonly<Record<string, string>>): void {
  console.log(`${pc.bold(results.outcome.toUpperCase())} ${results.sentence}`);
  for (const { cell, outcome, asExpected, sentence } of results.cells) {
    if (!asExpected) console.log(`  ${pc.red('✗')} ${cell.id}: ${outcome}: ${sentence}`);
  }
  for (const [name, path] of Object.entries(paths)) console.log(`  ${name.padEnd(8)} ${path}`);
}
