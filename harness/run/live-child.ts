import { setTimeout as sleep } from 'node:timers/promises';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { readHistory } from '../history/formats/read.js';
import { judge } from './judge.js';
import type { LiveFinding } from './live.js';
import { RunStore } from './store.js';

/** Limits of one look at a part of the history. */
const BUDGET = { timeMs: 20_000, memoryBytes: 512 * 1024 * 1024 } as const;
/** A look may take so much of the time, at most. */
const SHARE = 0.2;

interface Registry {
  readonly workloads: readonly Workload[];
  readonly runCheckers: readonly WorkloadChecker[];
}

/** Ends with the harness, however that ends; Ctrl-C is for the harness to decide. */
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);

const [registryUrl, directory, everyMs] = process.argv.slice(2);
const { workloads, runCheckers } = (await import(registryUrl)) as Registry;
const store = new RunStore(directory);
for (let pauseMs = Number(everyMs); ;) {
  await sleep(pauseMs);
  const start = performance.now();
  const finding = await look().catch(() => undefined);
  if (finding !== undefined) process.send?.(finding);
  pauseMs = Math.max(Number(everyMs), (performance.now() - start) / SHARE);
}

async function look(): Promise<LiveFinding | undefined> {
  if (await store.historyIsEmpty()) return undefined;
  const plan = await store.loadPlan();
  const { history } = await readHistory(store.historyPath, { format: 'jsonl' });
  const { checks } = await judge({ plan, history, workloads, checkers: runCheckers, budget: BUDGET });
  const violations = checks.map(({ verdict }) => (verdict.validity === 'invalid' ? verdict.anomalies.length : 0));
  return { anomalies: violations.reduce((sum, count) => sum + count, 0) };
}
