/**
 * How long faults take on a real etcd: from the request to the fault in place, from asking for healing to healing
 * verified, and from there until every node answers again (for power loss: the database answering again). Medians of
 * RUNS (default 20), ms, with the load. Run: npx tsx bench/nemesis.ts [kind/target…], e.g. kill/leader power-loss/all
 */
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { etcd } from '../docker/etcd/system.js';
import { nemeses } from '../harness/registry.js';

const RUNS = Number(process.env['RUNS'] ?? 20);
const NODES = Number(process.env['NODES'] ?? 5);
/** Longer than a failing probe, as in any real run. */
const WINDOW_MS = 1_200;
const DEFAULTS = [
  ...['partition/random-halves', 'partition/isolate-leader', 'kill/one', 'kill/leader', 'kill/all', 'pause/leader'],
  ...['pause/freeze-leader', 'power-loss/one', 'power-loss/all', 'disk-stall/one', 'disk-full/one', 'disk-errors/one'],
  ...['corruption/truncate-one', 'loss/one', 'slow/halves', 'reschedule/one', 'replace/one', 'membership/grow'],
  'membership/shrink',
];

const wanted = process.argv.length > 2 ? process.argv.slice(2) : DEFAULTS;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const options = etcd.options.parse({}) as Readonly<Record<string, unknown>>;
await using cluster = await etcd.launch({
  runId: `bench-${process.pid}`,
  nodes: NODES,
  options,
  needs: ['power', 'disks'],
  progress: (line) => console.error(line),
});
await cluster.ready(60_000);

for (const which of wanted) {
  const [kind, target] = which.split('/');
  const nemesis = nemeses.find(({ name }) => name === kind);
  if (nemesis === undefined) throw new Error(`no nemesis ${kind}`);
  const [injectMs, healMs, readyMs]: [number[], number[], number[]] = [[], [], []];
  let good = 0;
  for (let run = 0; run < RUNS; run++) {
    const names = cluster.nodes.map(({ name }) => name);
    const order = names.map((_, at) => names[(at + run) % names.length]);
    const asked = performance.now();
    const fault = await nemesis.inject({ id: run + 1, kind, target, order }, { cluster });
    injectMs.push(performance.now() - asked);
    await sleep(WINDOW_MS);
    const healing = performance.now();
    const healed = await fault.heal();
    const verified = performance.now();
    healMs.push(verified - healing);
    if (healed.effective && healed.healed) good++;
    else console.error(JSON.stringify([...healed.evidence, ...healed.healing].filter(({ bit }) => !bit)));
    await cluster.ready(60_000);
    readyMs.push(performance.now() - verified);
  }
  const figures = [injectMs, healMs, readyMs].map((values) => median(values).toFixed(0));
  const load = loadavg()[0].toFixed(0);
  console.log(
    `${which.padEnd(26)} inject ${figures[0]} ms, heal ${figures[1]} ms, all ready ${figures[2]} ms later; effective and healed ${good} of ${RUNS}; load ${load}`,
  );
}
