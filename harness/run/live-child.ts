import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckContext, StreamingChecker } from '../../checkers/checker.js';
import type { Workload, WorkloadChecker } from '../../workloads/workload.js';
import { followHistory } from '../history/follow.js';
import { readHistory } from '../history/formats/read.js';
import type { Operation } from '../history/operation.js';
import { BACKUP_EVENT, type BackupMark } from '../history/restores.js';
import { judge } from './judge.js';
import type { LiveFinding } from './live.js';
import { RunStore } from './store.js';

/** Limits of one look at a part of the history. */
const BUDGET = { timeMs: 20_000, memoryBytes: 512 * 1024 * 1024 } as const;
/** A look may take so much of the time, at most. */
const SHARE = 0.2;
const FIRST_LOOK_MS = 50;
const MAX_SENTENCES = 20;

interface Registry {
  readonly workloads: readonly Workload[];
  readonly runCheckers: readonly WorkloadChecker[];
  readonly streamingCheckers: Readonly<
    Record<string, (context: Omit<CheckContext, 'budget' | 'signal'>) => StreamingChecker>
  >;
}

/** Ends with the harness, however that ends; Ctrl-C is for the harness to decide. */
process.on('disconnect', () => process.exit(0));
// It may have ended while this module was loaded, before anything listened.
if (process.send !== undefined && !process.connected) process.exit(0);
process.on('SIGINT', () => undefined);

const [registryUrl, directory, everyMs, duty] = process.argv.slice(2);
const { workloads, runCheckers, streamingCheckers } = (await import(registryUrl)) as Registry;
const store = new RunStore(directory);
// What a streaming checker cannot read, the looks at the whole will tell.
// The journal may not be there yet.
while (await store.historyIsEmpty().catch(() => true)) await sleep(FIRST_LOOK_MS);
if (duty === 'follow') await follow().catch(() => undefined);
else await lookAgainAndAgain();

async function lookAgainAndAgain(): Promise<never> {
  for (let pauseMs = Number(everyMs); ;) {
    await sleep(pauseMs);
    const start = performance.now();
    const finding = await look().catch(() => undefined);
    if (finding !== undefined) process.send?.(finding);
    pauseMs = Math.max(Number(everyMs), (performance.now() - start) / SHARE);
  }
}

/** Tells of the first violation of each workload that is followed event by event, well within a second. */
async function follow(): Promise<void> {
  const plan = await store.loadPlan();
  const contextOf = (workload: string) => ({
    options: plan.workloads.find(({ name }) => name === workload)?.options ?? {},
    claimed: plan.system.claims.consistency,
    ...(plan.consistency !== undefined && { consistency: plan.consistency }),
  });
  const streams = new Map<string, StreamingChecker>();
  const found = new Set<string>();
  for await (const events of followHistory(store.historyPath)) {
    for (const event of events) {
      // What is lost by a restore is for the looks at the whole to judge, which know of restores.
      if (isDisaster(event)) return;
      const { workload = '' } = event;
      if (found.has(workload) || !Object.hasOwn(streamingCheckers, workload)) continue;
      const stream = streams.get(workload) ?? streamingCheckers[workload](contextOf(workload));
      streams.set(workload, stream);
      const anomaly = stream.push(event);
      if (anomaly === undefined) continue;
      found.add(workload);
      const sentence = `${workload}: ${anomaly.sentence}`;
      process.send?.({ anomalies: found.size, sentence, sentences: [sentence] } satisfies LiveFinding);
    }
  }
}

function isDisaster({ process, f, value }: Operation): boolean {
  return (
    process === 'nemesis' &&
    f === BACKUP_EVENT &&
    (value as { readonly mark?: BackupMark } | null)?.mark === 'destroyed'
  );
}

async function look(): Promise<LiveFinding | undefined> {
  if (await store.historyIsEmpty()) return undefined;
  const plan = await store.loadPlan();
  const { history } = await readHistory(store.historyPath, { format: 'jsonl' });
  const { checks } = await judge({ plan, history, workloads, checkers: runCheckers, budget: BUDGET });
  const anomalies = checks.flatMap(({ verdict }) => (verdict.validity === 'invalid' ? verdict.anomalies : []));
  const sentences = anomalies.slice(0, MAX_SENTENCES).map(({ sentence }) => sentence);
  return { anomalies: anomalies.length, ...(anomalies.length > 0 && { sentence: sentences[0], sentences }) };
}
