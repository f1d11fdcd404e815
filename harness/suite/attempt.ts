import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { effectiveByKind } from '../history/faults-of.js';
import type { Results } from '../run/plan.js';
import { RunStore } from '../run/store.js';
import type { Attempt, AttemptCheck, Cell } from './suite.js';

/** How `faultline` is called: `[node, …, main.js]`. */
export type Faultline = readonly [string, ...string[]];

export interface AttemptRequest {
  readonly cell: Cell;
  /** From 1. */
  readonly number: number;
  /** Of the suite; run directories are made in `<directory>/<cell id>/`. */
  readonly directory: string;
  readonly faultline: Faultline;
  /** Passed on as Ctrl-C: the test heals, judges what it has, and ends. */
  readonly signal?: AbortSignal;
}

const SENTENCE_LENGTH = 600;
/** Healing, judging and taking down after Ctrl-C; then it is killed, and its pods notice. */
const END_MS = 120_000;

/** The cell as arguments of `faultline`. */
export function argumentsOf(cell: Cell, out: string): readonly string[] {
  const flags = Object.entries(cell.flags).flatMap(([name, value]) =>
    typeof value === 'boolean' ? [value ? `--${name}` : `--no-${name}`] : [`--${name}`, String(value)],
  );
  return [
    'test',
    cell.system,
    '-w',
    cell.workloads.join(','),
    ...(cell.nemeses.length > 0 ? ['-n', cell.nemeses.join(',')] : []),
    ...Object.entries(cell.options).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...flags,
    '--seed',
    String(cell.seed),
    '--out',
    out,
  ];
}

/**
 * Runs a cell in a process of its own: what breaks one test does not break the suite. A run that recorded something and
 * came to no results (its harness was killed) is judged from its journal. Undefined when it was interrupted before it
 * found anything: then it is as if it had not been begun.
 */
export async function attempt(request: AttemptRequest): Promise<Attempt | undefined> {
  const { cell, number, directory, faultline, signal } = request;
  const started = new Date();
  const out = join(directory, cell.id, String(number));
  const [command, ...args] = [...faultline, ...argumentsOf(cell, out)];
  const test = execa(command, args, {
    reject: false,
    stdin: 'ignore',
    all: true,
    buffer: { all: true, stdout: false, stderr: false },
    maxBuffer: 1_000_000,
    env: { NO_COLOR: '1', CI: '1' },
    // Ctrl-C of a terminal reaches the whole group; the test is to hear of it from here alone, once.
    detached: true,
    cleanup: true,
  });
  const interrupt = () => {
    test.kill('SIGINT');
    setTimeout(() => test.kill('SIGKILL'), END_MS).unref();
  };
  if (signal?.aborted === true) interrupt();
  signal?.addEventListener('abort', interrupt);
  const { exitCode, all } = await test;
  signal?.removeEventListener('abort', interrupt);
  const run = await runIn(out);
  const results = run === undefined ? undefined : await resultsOf(run, faultline);
  const interrupted = signal?.aborted === true && results?.outcome !== 'invalid';
  if (interrupted) return undefined;
  return {
    cell: cell.id,
    number,
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    ...(run !== undefined && { directory: relative(directory, run.directory) }),
    ...summaryOf(results, lastLine(all, exitCode)),
  };
}

type Summary = Pick<Attempt, 'outcome' | 'sentence' | 'faults' | 'checks'>;

function summaryOf(results: Results | undefined, lastWords: string): Summary {
  if (results === undefined) {
    return { outcome: 'harness-error', sentence: lastWords, faults: { injected: 0, effective: 0 }, checks: [] };
  }
  const { outcome, sentence, faults, checks } = results;
  const effective = faults.filter((fault) => fault.effective).length;
  return {
    outcome,
    sentence: sentence.slice(0, SENTENCE_LENGTH),
    faults: { injected: faults.length, effective, kinds: effectiveByKind(faults) },
    checks: checks.map(({ workload, checker, required, verdict, durationMs }): AttemptCheck => {
      const said = verdict.validity === 'unknown' ? verdict.reason : verdict.anomalies[0]?.sentence;
      return {
        ...(workload !== undefined && { workload }),
        checker,
        required,
        validity: verdict.validity,
        kinds: [...new Set(verdict.anomalies.map(({ kind }) => kind))],
        ...(said !== undefined && { sentence: said.slice(0, SENTENCE_LENGTH) }),
        durationMs,
      };
    }),
  };
}

/** The one run directory that the test made, if it came so far. */
async function runIn(out: string): Promise<RunStore | undefined> {
  const names = await readdir(out).catch((): string[] => []);
  const run = names
    .filter((name) => name !== 'latest' && !name.startsWith('.'))
    .sort()
    .at(-1);
  return run === undefined ? undefined : new RunStore(join(out, run));
}

async function resultsOf(run: RunStore, [command, ...args]: Faultline): Promise<Results | undefined> {
  const results = () => run.loadResults().catch(() => undefined);
  const known = await results();
  if (known !== undefined || (await run.historyIsEmpty())) return known;
  await execa(command, [...args, 'check', run.directory], { reject: false, stdio: 'ignore', timeout: 600_000 });
  return results();
}

function lastLine(output: string | undefined, exitCode: number | undefined): string {
  const line = (output ?? '').trim().split('\n').at(-1) ?? '';
  return `ended with exit code ${exitCode ?? 'none'} and no results${line === '' ? '' : `: ${line}`}`.slice(
    0,
    SENTENCE_LENGTH,
  );
}
