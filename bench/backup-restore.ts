/**
 * Backups and restores of the simulated system among other faults, seed by seed, with every workload that is judged across
 * them. The correct store must never be called invalid.
 *
 * npx tsx bench/backup-restore.ts [seeds] [workload,…]
 */
import { attempt, type Means } from '../harness/explore/proof.js';
import { nemeses, runCheckers, workloads } from '../harness/registry.js';
import { simulated } from '../harness/simulated/system.js';

const [seeds = '20', names] = process.argv.slice(2);
const judged = 'register,set,bank,counter,append,wr,long-fork,write-skew,monotonic';
const means: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };

for (const workload of (names ?? judged).split(',')) {
  const counts: Record<string, number> = {};
  const remarks: string[] = [];
  const started = process.cpuUsage();
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const faults = seed % 2 === 0 ? ['backup-restore'] : ['backup-restore', 'kill', 'partition'];
    const exercise = { workload, options: {}, nemeses: faults, systemOptions: {}, length: 'short' as const };
    const { results } = await attempt(exercise, seed, means);
    const { outcome, checks, notes } = results;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    for (const { checker, verdict } of checks) {
      if (verdict.validity === 'invalid') remarks.push(`seed ${seed}: ${checker}: ${verdict.anomalies[0].sentence}`);
      if (verdict.validity === 'unknown') remarks.push(`seed ${seed}: ${checker}: ${verdict.reason}`);
    }
    if (outcome === 'inconclusive') remarks.push(...notes.map((note) => `seed ${seed}: ${note}`));
  }
  const seconds = (process.cpuUsage(started).user / 1e6).toFixed(1);
  console.log(`${workload.padEnd(12)} ${JSON.stringify(counts)}, ${seconds} s CPU`);
  for (const line of remarks) console.log(`  ${line}`);
}
