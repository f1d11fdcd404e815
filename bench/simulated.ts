/**
 * How much faster than real time the simulated system is: `npx tsx bench/simulated.ts [seconds] [seed]`. A test of so many
 * simulated seconds (60) for every workload in every family, with its faults and everything a run does except writing its
 * files, and the time of the checkers apart. Seconds of one process, warm: by the clock, and of CPU with its collector's
 * threads. What tsx adds to names of functions costs a tenth; for the package as it is shipped compile it first:
 * `npx esbuild bench/simulated.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/bench.mjs`.
 */
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import Table from 'cli-table3';
import { correctExercise } from '../harness/explore/acquittal.js';
import { type Exercise, type Means, recordExercise } from '../harness/explore/proof.js';
import { judge } from '../harness/run/judge.js';
import { nemeses, runCheckers, workloads } from '../harness/registry.js';
import { simulated } from '../harness/simulated/system.js';

const timeLimitMs = 1000 * (Number(process.argv[2] ?? 60) || 60);
const seed = Number(process.argv[3] ?? 1) || 1;
const means: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };
const table = new Table({
  head: ['workload', 'family', 'operations', 'simulated s', 's', '× real time', 'CPU s', 'judging, CPU s'],
});

const exercises = workloads.flatMap((workload): readonly Exercise[] =>
  simulated.families
    .filter((family) => workload.clients[family])
    .map((family): Exercise => ({
      workload: workload.name,
      options: {},
      nemeses: ['partition', 'kill', 'pause'],
      systemOptions: family === 'kv' || family === 'sql' ? { family } : {},
    })),
);

/** One test, s. */
interface Turn {
  readonly wall: number;
  readonly cpu: number;
  readonly judging: number;
  readonly seconds: number;
  readonly length: number;
}

for (let warm = 1; warm <= 24; warm++) await recordExercise(correctExercise(warm, means), warm, means);
for (const exercise of exercises) {
  const runs: Turn[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const begin = process.cpuUsage();
    const beginMs = performance.now();
    const { history, request } = await recordExercise(exercise, seed, means, { timeLimitMs });
    const cpu = secondsSince(begin);
    const wall = (performance.now() - beginMs) / 1e3;
    const middle = process.cpuUsage();
    await judge({ ...request, history });
    const seconds = history.columns.times[history.length - 1] / 1e9;
    runs.push({ wall, cpu, judging: secondsSince(middle), seconds, length: history.length });
  }
  const median = runs.sort((a, b) => a.wall - b.wall)[2];
  const { wall, cpu, judging, seconds, length } = median;
  const row = [exercise.workload, String(exercise.systemOptions.family ?? exercise.workload), length >> 1];
  const speed = (seconds / wall).toFixed(0);
  table.push([...row, seconds.toFixed(1), wall.toFixed(2), speed, cpu.toFixed(2), judging.toFixed(2)]);
}
console.log(table.toString());
console.log(`median of 5; load ${loadavg()[0].toFixed(1)}`);

function secondsSince(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}
