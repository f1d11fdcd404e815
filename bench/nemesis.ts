/**
 * How long faults take on a real five-node etcd: from the request to the fault in place, and from asking for healing to
 * healing verified. Medians of RUNS (default 20), ms. Run: npx tsx bench/nemesis.ts [targets…], e.g. kill/leader
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { etcd } from '../docker/etcd/system.js';
import { kill } from '../nemesis/kill.js';
import { partition } from '../nemesis/partition.js';
import { pause } from '../nemesis/pause.js';

const RUNS = Number(process.env['RUNS'] ?? 20);
/** Longer than a failing probe, as in any real run. */
const WINDOW_MS = 1_200;
const DEFAULTS = ['partition/random-halves', 'partition/isolate-leader', 'kill/one', 'kill/leader', 'kill/all'];
const PAUSES = ['pause/leader', 'pause/all', 'pause/freeze-leader', 'pause/freeze-all'];

const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...DEFAULTS, ...PAUSES];
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const options = etcd.options.parse({}) as Readonly<Record<string, unknown>>;
await using cluster = await etcd.launch({
  runId: `bench-${process.pid}`,
  nodes: 5,
  options,
  progress: (line) => console.error(line),
});
await cluster.ready(60_000);
const names = cluster.nodes.map(({ name }) => name);

for (const which of wanted) {
  const [kind, target] = which.split('/');
  const nemesis = [partition, kill, pause].find(({ name }) => name === kind);
  if (nemesis === undefined) throw new Error(`no nemesis ${kind}`);
  const injectMs: number[] = [];
  const healMs: number[] = [];
  let effective = 0;
  for (let run = 0; run < RUNS; run++) {
    const order = names.map((_, at) => names[(at + run) % names.length]);
    const asked = performance.now();
    const fault = await nemesis.inject({ id: run + 1, kind, target, order }, { cluster });
    injectMs.push(performance.now() - asked);
    await sleep(WINDOW_MS);
    const healing = performance.now();
    const healed = await fault.heal();
    healMs.push(performance.now() - healing);
    if (healed.effective && healed.healed) effective++;
    else console.error(JSON.stringify([...healed.evidence, ...healed.healing].filter(({ bit }) => !bit)));
    if (run === 0) console.error(fault.description, JSON.stringify(healed, undefined, 1));
    await cluster.ready(30_000);
  }
  const figures = `inject ${median(injectMs).toFixed(0)} ms, heal ${median(healMs).toFixed(0)} ms`;
  console.log(`${which.padEnd(26)} ${figures}; effective and healed ${effective} of ${RUNS}`);
}
