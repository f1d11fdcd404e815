/**
 * Transactions checked for strict serializability, all levels classified:
 * `npx tsx bench/cycles.ts [largest number of transactions, default 1000000]`.
 * Each line is a process of its own that reads a JSONL file, so that its memory is its own. CPU time, best of two.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory } from '../harness/history/formats/read.js';
import { NONE, type History } from '../harness/history/history.js';
import { analyse } from '../checkers/cycles/analysis.js';
import { inferListAppend } from '../checkers/cycles/list-append.js';
import { inferRwRegister } from '../checkers/cycles/rw-register.js';
import { readTransactions } from '../checkers/transactions/reader.js';
import type { Family } from '../checkers/transactions/transactions.js';
import { transactionHistory } from './cycles-history.js';

interface Case {
  readonly family: Family;
  readonly transactions: number;
  readonly processes: number;
  readonly stale: number;
  readonly linearizableKeys?: boolean;
}

interface Measured {
  readonly readMs: number;
  readonly parseMs: number;
  readonly inferMs: number;
  readonly cyclesMs: number;
  readonly peakMB: number;
  readonly historyMB: number;
  readonly bytesPerTransaction: number;
  readonly cycles: number;
  readonly kinds: string;
}

function cases(largest: number): Case[] {
  const sizes = [10_000, 100_000, 1_000_000, 10_000_000].filter((size) => size <= largest);
  const list = [10, 100].flatMap((processes) =>
    [0, 0.0001, 0.01].flatMap((stale) =>
      sizes.map((transactions): Case => ({ family: 'list-append', transactions, processes, stale })),
    ),
  );
  const registers = sizes
    .filter((size) => size <= 1_000_000)
    .flatMap((transactions) =>
      [false, true].map((linearizableKeys): Case => ({
        family: 'rw-register',
        transactions,
        processes: 10,
        stale: 0,
        linearizableKeys,
      })),
    );
  return [...list, ...registers];
}

function main(largest: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-cycles-'));
  try {
    console.log(
      'family transactions processes stale | read parse infer cycles ms (CPU) | after parsing, exponent | MB peak (history) B/txn | cycles kinds',
    );
    let previous: { readonly key: string; readonly transactions: number; readonly ms: number } | undefined;
    for (const one of cases(largest)) {
      const file = join(folder, 'history.jsonl');
      child('write', one, file);
      const runs = (one.transactions > 1_000_000 ? [1] : [1, 2]).map(
        () => JSON.parse(child('check', one, file)) as Measured,
      );
      const best = runs.reduce((a, b) => (a.inferMs + a.cyclesMs <= b.inferMs + b.cyclesMs ? a : b));
      const ms = best.inferMs + best.cyclesMs;
      const key = `${one.family} ${String(one.processes)} ${String(one.stale)} ${String(one.linearizableKeys)}`;
      const exponent =
        previous?.key === key
          ? (Math.log(ms / previous.ms) / Math.log(one.transactions / previous.transactions)).toFixed(2)
          : '-';
      previous = { key, transactions: one.transactions, ms };
      print(one, best, ms, exponent);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(one: Case, best: Measured, ms: number, exponent: string): void {
  const name = `${one.family}${one.linearizableKeys ? ' (linearizable keys)' : ''}`;
  const stages = [best.readMs, best.parseMs, best.inferMs, best.cyclesMs].map((stage) => stage.toFixed(0)).join(' ');
  console.log(
    `${name} ${String(one.transactions)} ${String(one.processes)} ${String(one.stale)} | ${stages} | ${ms.toFixed(0)} ms, ${exponent} | ` +
      `${String(best.peakMB)} (${String(best.historyMB)}) ${String(best.bytesPerTransaction)} | ${String(best.cycles)} ${best.kinds}`,
  );
}

function child(mode: 'write' | 'check', one: Case, file: string): string {
  const self = fileURLToPath(import.meta.url);
  const args = [...process.execArgv, '--expose-gc', self, mode, JSON.stringify(one), file];
  return execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 20 });
}

function write(one: Case, file: string): void {
  const { family, transactions, processes } = one;
  const stale = one.stale > 0 ? { share: one.stale, by: 50 } : undefined;
  const history = transactionHistory({ family, transactions, processes, seed: 7, stale });
  const out = openSync(file, 'w');
  let lines = '';
  for (let position = 0; position < history.length; position++) {
    lines += lineOf(history, position);
    if (lines.length > 1 << 20) {
      writeSync(out, lines);
      lines = '';
    }
  }
  writeSync(out, lines);
  closeSync(out);
}

function lineOf({ columns }: History, position: number): string {
  const start = columns.valuesA[position];
  const value = Buffer.from(columns.slab.buffer, columns.slab.byteOffset + start, columns.valuesB[position]).toString(
    'latin1',
  );
  const type = columns.pairs[position] === NONE || columns.pairs[position] > position ? 'invoke' : 'ok';
  const head = `"index":${String(position)},"time":${String(columns.times[position])},"process":${String(columns.processes[position])}`;
  return `{${head},"type":"${type}","f":"txn","value":${value}}\n`;
}

async function check(one: Case, file: string): Promise<void> {
  const cpuMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const started = cpuMs();
  const { history } = await readHistory(file);
  const read = cpuMs();
  const { columns } = history;
  const historyBytes = Object.values(columns).reduce(
    (sum, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
    0,
  );
  globalThis.gc?.();
  const before = process.memoryUsage();
  const begun = cpuMs();
  const transactions = readTransactions(history, one.family);
  const parsed = cpuMs();
  const inference =
    one.family === 'list-append'
      ? inferListAppend(transactions)
      : inferRwRegister(transactions, { writesFollowReads: true, linearizableKeys: one.linearizableKeys });
  const inferred = cpuMs();
  const { realtime } = analyse(transactions, inference);
  const done = cpuMs();
  const peakMB = process.resourceUsage().maxRSS / 1000;
  const after = process.memoryUsage();
  const measured: Measured = {
    readMs: read - started,
    parseMs: parsed - begun,
    inferMs: inferred - parsed,
    cyclesMs: done - inferred,
    peakMB: Math.round(peakMB),
    historyMB: Math.round(historyBytes / 1e6),
    bytesPerTransaction: Math.round((after.rss - before.rss) / one.transactions),
    cycles: realtime.length,
    kinds: [...new Set([...inference.findings.counts.keys(), ...realtime.map(({ kind }) => kind)])].join(),
  };
  console.log(JSON.stringify(measured));
}

const [mode, one, file] = process.argv.slice(2);
if (mode === 'write') write(JSON.parse(one) as Case, file);
else if (mode === 'check') await check(JSON.parse(one) as Case, file);
else main(Number(mode ?? 1_000_000));
