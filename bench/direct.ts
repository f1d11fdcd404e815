/**
 * The direct checkers and the weak levels against their goals: `npx tsx bench/direct.ts`. CPU time of the check alone,
 * best of three, of histories read from a file.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findWeak } from '../checkers/cycles/weak.js';
import { Findings } from '../checkers/cycles/findings.js';
import { timeOrder } from '../checkers/cycles/realtime.js';
import type { Checker } from '../checkers/checker.js';
import { counter } from '../checkers/counter.js';
import { set } from '../checkers/set.js';
import { setFull } from '../checkers/set-full.js';
import { Limits } from '../checkers/cycles/limits.js';
import { readTransactions } from '../checkers/transactions/reader.js';
import { uniqueIds } from '../checkers/unique-ids.js';
import { readHistory } from '../harness/history/formats/read.js';
import type { History } from '../harness/history/history.js';
import { transactionHistory } from './cycles-history.js';

const RUNS = 3;
const MILLION = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'faultline-direct-'));

try {
  console.log('checker             history                          CPU ms    goal   ratio  found');
  const elements = Array.from({ length: 10_000 }, (_, element) => element);
  const reads = Array.from({ length: 1_000 }, (_, read) => (read === 700 ? [...elements, 77] : elements));
  const adds = elements.map((element) => operation('add', element, element));
  await row(setFull, '10k elements × 1,000 reads', 100, [
    ...adds,
    ...reads.map((read) => operation('read', null, read)),
  ]);
  await row(counter, '1M operations', 300, counting());
  await row(uniqueIds, '1M ids, one twice', 300, identifiers());
  await row(set, '1M adds, one read', 300, bigSet());
  weakLevels();
} finally {
  rmSync(folder, { recursive: true });
}

function operation(f: string, asked: unknown, answered: unknown): string {
  const head = `{"process":0,"f":"${f}","type"`;
  return `${head}:"invoke","value":${JSON.stringify(asked)}}\n${head}:"ok","value":${JSON.stringify(answered)}}\n`;
}

function* counting(): Generator<string> {
  for (let at = 0, total = 0; at < MILLION; at++) {
    if (at % 2 === 1) yield operation('read', null, total);
    else {
      total++;
      yield operation('add', 1, 1);
    }
  }
}

function* identifiers(): Generator<string> {
  for (let at = 0; at < MILLION; at++) yield operation('generate', null, at === 900_000 ? 5 : at);
}

function* bigSet(): Generator<string> {
  for (let at = 0; at < MILLION; at++) yield operation('add', at, at);
  yield operation(
    'read',
    null,
    Array.from({ length: MILLION - 1 }, (_, at) => at),
  );
}

async function row(checker: Checker, shape: string, goalMs: number, lines: Iterable<string>): Promise<void> {
  const history = await stored(lines);
  let found = '';
  const ms = bestOf(() => {
    const verdict = checker.check(history, { budget: { timeMs: 60_000, memoryBytes: 4e9 }, options: {} });
    if (verdict instanceof Promise) throw new Error(`${checker.name} answers later`);
    found = `${verdict.validity} ${[...new Set(verdict.anomalies.map(({ kind }) => kind))].join()}`;
  });
  print(checker.name, shape, ms, goalMs, found);
}

/** Of AWDIT, the quickest published: 1.6, 2.0 and 3.2 s of wall time, reading included (`1.5 ×` is the goal). */
function weakLevels(): void {
  const history = transactionHistory({ family: 'rw-register', transactions: MILLION, processes: 10, seed: 7 });
  let found = 0;
  const ms = bestOf(() => {
    const transactions = readTransactions(history, 'rw-register');
    const findings = new Findings();
    findWeak(transactions, timeOrder(transactions), findings, new Limits());
    found = findings.examples.length;
  });
  print('weak levels', '1M transactions, all three', ms, 1.5 * 3200, `${String(found)} anomalies`);
}

async function stored(lines: Iterable<string>): Promise<History> {
  const file = join(folder, 'history.jsonl');
  const descriptor = openSync(file, 'w');
  for (const line of lines) writeSync(descriptor, line);
  closeSync(descriptor);
  return (await readHistory(file)).history;
}

function bestOf(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function print(name: string, shape: string, ms: number, goalMs: number, found: string): void {
  const cells = [name.padEnd(19), shape.padEnd(30), ms.toFixed(0).padStart(8), String(goalMs).padStart(7)];
  console.log(`${cells.join(' ')} ${(ms / goalMs).toFixed(2).padStart(7)}  ${found}`);
}
