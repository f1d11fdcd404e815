import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Outcome, Results } from '../../harness/run/plan.js';
import { commandOf, wordsOf, type Trial } from './findings.js';

/** What one run of a trial came to. */
export interface Attempt {
  /** As it was typed, without the directory of the run. */
  readonly command: string;
  readonly outcome: Outcome;
  /** Kinds of the anomalies that count against the run, each once. */
  readonly kinds: readonly string[];
  /** From the first operation to the completion that proves the first anomaly of a kind asked for. */
  readonly firstHitMs?: number;
  readonly sentence: string;
  readonly operations: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Processes that wanted to run, on average over the minute before: how busy the machine was. */
  readonly load: number;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TIMEOUT_MS = 900_000;

/** Runs a trial by the command line, in a directory of its own below `out`. Throws where there is no result to read. */
export async function attempt(trial: Trial, anomalies: readonly string[], out: string): Promise<Attempt> {
  const load = Math.round(loadavg()[0]!);
  const directory = await mkdtemp(join(out, `${trial.system}-`));
  const { all } = await execa(
    process.execPath,
    ['--import', 'tsx', 'harness/cli/main.ts', ...wordsOf(trial), '--out', directory],
    { cwd: ROOT, all: true, reject: false, timeout: TIMEOUT_MS, stdin: 'ignore' },
  );
  const run = (await readdir(directory, { withFileTypes: true })).find((entry) => entry.isDirectory())?.name;
  if (run === undefined) throw new Error(`no run: ${all.trim().split('\n').slice(-3).join(' / ')}`);
  return { command: commandOf(trial), load, ...(await read(join(directory, run), anomalies)) };
}

export async function read(run: string, anomalies: readonly string[]): Promise<Omit<Attempt, 'command' | 'load'>> {
  const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(run, file), 'utf8'));
  const { outcome, sentence, checks, counts } = (await json('results.json')) as Results;
  const { system } = (await json('plan.json')) as {
    readonly system: { readonly versions: Readonly<Record<string, string>> };
  };
  const found = checks
    .filter(({ required, verdict }) => required && verdict.validity === 'invalid')
    .flatMap(({ verdict }) => verdict.anomalies);
  const wanted = found.filter(({ kind }) => matches(kind, anomalies)).map(({ operations }) => operations);
  const firstHitMs = wanted.length === 0 ? undefined : await firstHit(join(run, 'history.jsonl'), wanted);
  return {
    outcome,
    sentence,
    kinds: [...new Set(found.map(({ kind }) => kind))],
    ...(firstHitMs !== undefined && { firstHitMs }),
    operations: counts.reduce((sum, { ok, fail, info }) => sum + ok + fail + info, 0),
    versions: system.versions,
  };
}

/** Variants count: `G-single-item-realtime` is a `G-single-item`. */
function matches(kind: string, anomalies: readonly string[]): boolean {
  return anomalies.some((name) => kind === name || kind.startsWith(`${name}-`));
}

/** An anomaly is there as soon as the last operation that proves it is complete. */
async function firstHit(path: string, witnesses: readonly (readonly number[])[]): Promise<number> {
  const times: number[] = [];
  let begin: number | undefined;
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (line === '') continue;
    const { index, time, process } = JSON.parse(line) as { index: number; time: number; process: number | string };
    times[index] = time;
    if (typeof process === 'number') begin ??= time;
  }
  const complete = witnesses.map((operations) => Math.max(...operations.map((index) => times[index] ?? 0)));
  return (Math.min(...complete) - (begin ?? 0)) / 1e6;
}
