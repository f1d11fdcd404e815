/**
 * Feeds a journal at a fixed rate with one violation near its end, follows it in a process of its own, and prints how
 * long after the offending completion was written the violation was told, and what memory the follower took on the way:
 * `npx tsx bench/streaming.ts [operations] [operations/s] [workloads]`, by default `1000000 5000 register,bank,append,queue`.
 */
import { fork } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { streamingCheckers } from '../checkers/streaming/streaming.js';
import { followHistory } from '../harness/history/follow.js';
import type { Json } from '../harness/history/operation.js';
import { dice } from './generate.js';

const CONCURRENCY = 20;
const ACCOUNTS = 8;
const BALANCE = 1_000;
const BATCH_MS = 10;
const MOST_WAITED_MS = 60_000;

interface Asked {
  readonly f: string;
  readonly value: Json;
  readonly key?: string;
}

/** What a workload asks for, and what a store answers that does everything the moment it completes. */
interface Feed {
  ask(draw: (bound: number) => number, number: number): Asked;
  answer(asked: Asked): Json;
  /** An answer that cannot be, for the first operation it fits. */
  lie(asked: Asked, truth: Json): Json | undefined;
}

const feeds: Readonly<Record<string, () => Feed>> = {
  register: () => {
    const values = new Map<string, Json>();
    return {
      ask: (draw, number) => {
        const key = `k${draw(10)}`;
        return draw(2) === 0 ? { f: 'read', value: null, key } : { f: 'write', value: number % 5, key };
      },
      answer: ({ f, value, key = '' }) => {
        if (f === 'write') values.set(key, value);
        return values.get(key) ?? null;
      },
      lie: ({ f }) => (f === 'read' ? 77 : undefined),
    };
  },
  bank: () => {
    const balances = new Array<number>(ACCOUNTS).fill(BALANCE);
    return {
      ask: (draw, id) => {
        if (draw(2) === 0) return { f: 'read', value: null };
        const from = draw(ACCOUNTS);
        return { f: 'transfer', value: { id, from, to: (from + 1) % ACCOUNTS, amount: 1 + draw(50) } };
      },
      answer: ({ f, value }) => {
        if (f === 'read') return Object.fromEntries(balances.map((balance, account) => [String(account), balance]));
        const { from, to, amount } = value as Readonly<Record<string, number>>;
        if (balances[from] < amount) return { outcome: 'refused' };
        balances[from] -= amount;
        balances[to] += amount;
        return { outcome: 'applied' };
      },
      lie: ({ f }, truth) => (f === 'read' ? { ...(truth as object), '0': balances[0] + 1 } : undefined),
    };
  },
  append: () => {
    const lists = new Map<number, number[]>();
    return {
      ask: (draw, number) => {
        const key = Math.floor(number / 500);
        return { f: 'txn', value: [draw(2) === 0 ? ['r', key, null] : ['append', key, number]] };
      },
      answer: ({ value }) => {
        const [[f, key, element]] = value as [[string, number, number]];
        const list = lists.get(key) ?? [];
        lists.set(key, list);
        if (lists.size > 10) lists.delete(lists.keys().next().value!);
        if (f === 'append') list.push(element);
        return [[f, key, f === 'append' ? element : [...list]]];
      },
      lie: (_, truth) => {
        const [[f, key, list]] = truth as [[string, number, number[]]];
        return f === 'r' && list.length > 4 ? [[f, key, [list[1], list[0], ...list.slice(2)]]] : undefined;
      },
    };
  },
  queue: () => {
    const waiting: number[] = [];
    return {
      ask: (draw, number) => (draw(2) === 0 ? { f: 'dequeue', value: null } : { f: 'enqueue', value: number }),
      answer: ({ f, value }) => {
        if (f === 'dequeue') return waiting.shift() ?? null;
        waiting.push(value as number);
        return value;
      },
      lie: ({ f }) => (f === 'dequeue' ? -1 : undefined),
    };
  },
};

/** The follower: tells its memory every second, and the violation when it is certain. */
async function followJournal(path: string, workload: string): Promise<void> {
  const stream = streamingCheckers[workload]({ options: { accounts: ACCOUNTS, initialBalance: BALANCE } });
  let events = 0;
  let most = 0;
  setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
    process.send?.({ rss: process.memoryUsage().rss, most, events, cpu: process.cpuUsage() });
  }, 1_000);
  for await (const batch of followHistory(path)) {
    for (const event of batch) {
      events++;
      const anomaly = stream.push(event);
      if (anomaly === undefined) continue;
      process.send?.({ sentence: anomaly.sentence });
      return;
    }
  }
}

interface Told {
  readonly rss?: number;
  readonly most?: number;
  readonly events?: number;
  readonly cpu?: { readonly user: number; readonly system: number };
  readonly sentence?: string;
}

async function measure(workload: string, operations: number, rate: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'streaming-'));
  const path = join(directory, 'history.jsonl');
  const journal = createWriteStream(path);
  journal.write('');
  await sleep(100);
  const child = fork(fileURLToPath(import.meta.url), ['follow', path, workload], { execArgv: ['--import', 'tsx'] });
  const memory: number[] = [];
  let last: Told = {};
  let toldAt = 0;
  child.on('message', (message: Told) => {
    if (message.sentence !== undefined) {
      toldAt = performance.now();
      console.log(`  ${message.sentence}`);
    } else {
      last = message;
      memory.push(Math.round((message.rss ?? 0) / 2 ** 20));
    }
  });
  const liedAt = await feed(feeds[workload](), operations, rate, (line) => journal.write(line));
  for (let waited = 0; toldAt === 0 && waited < MOST_WAITED_MS; waited += 20) await sleep(20);
  child.kill();
  journal.destroy();
  rmSync(directory, { recursive: true });
  const step = Math.max(1, Math.floor(memory.length / 10));
  const cpuS = ((last.cpu?.user ?? 0) + (last.cpu?.system ?? 0)) / 1e6;
  console.log(
    `${workload}: ${operations} operations at ${rate}/s; told ${toldAt === 0 ? 'never' : `${(toldAt - liedAt).toFixed(0)} ms`} after the ` +
      `offending completion; follower's CPU ${cpuS.toFixed(1)} s, ${last.events ?? 0} events; RSS MiB over time ${memory.filter((_, at) => at % step === 0).join(' ')}`,
  );
}

/** Writes the journal; answers when the wrong completion was written. */
async function feed(
  { ask, answer, lie }: Feed,
  operations: number,
  rate: number,
  write: (line: string) => void,
): Promise<number> {
  const draw = dice(7);
  const open = new Array<Asked | undefined>(CONCURRENCY).fill(undefined);
  const started = performance.now();
  let events = 0;
  let liedAt = 0;
  while (events < 2 * operations) {
    const due = Math.min(2 * operations, Math.floor(((performance.now() - started) / 1000) * 2 * rate));
    let lines = '';
    for (; events < due; events++) {
      const process = draw(CONCURRENCY);
      const asked = open[process];
      const time = Math.round((performance.now() - started) * 1e6);
      if (asked === undefined) {
        const next = ask(draw, events);
        open[process] = next;
        lines += `${JSON.stringify({ index: events, time, process, type: 'invoke', ...next })}\n`;
        continue;
      }
      open[process] = undefined;
      const truth = answer(asked);
      const lied = liedAt === 0 && events > 1.9 * operations ? lie(asked, truth) : undefined;
      if (lied !== undefined) liedAt = performance.now();
      lines += `${JSON.stringify({ index: events, time, process, type: 'ok', ...asked, value: lied ?? truth })}\n`;
    }
    write(lines);
    await sleep(BATCH_MS);
  }
  return liedAt;
}

const [first = '1000000', second = '5000', third = 'register,bank,append,queue'] = process.argv.slice(2);
if (first === 'follow') await followJournal(second, third);
else for (const workload of third.split(',')) await measure(workload, Number(first), Number(second));
