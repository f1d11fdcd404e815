/**
 * Runs the same test over several seeds and prints what came of each: `npx tsx bench/seeds.ts [seeds] [-- arguments of
 * faultline test]`. The proof behind "etcd with linearizable reads is valid, with serializable reads it is not".
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { execa } from 'execa';
import type { Results } from '../harness/run/plan.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'harness', 'cli', 'main.ts');
const DEFAULT = ['etcd', '-w', 'bank,inventory,register', '-n', 'partition,kill,pause', '-t', '30'];

const separator = process.argv.indexOf('--');
const seeds = Number(process.argv[2] ?? 5) || 5;
const given = separator === -1 ? DEFAULT : process.argv.slice(separator + 1);
const out = await mkdtemp(join(tmpdir(), 'faultline-seeds-'));
const table = new Table({ head: ['seed', 'outcome', 'faults that bit', 'ok', 'fail', 'info', 'anomalies', 'wall s'] });

for (let seed = 1; seed <= seeds; seed++) {
  const startMs = performance.now();
  const args = ['--import', 'tsx', main, 'test', ...given, '--seed', String(seed), '--out', out];
  const { all } = await execa(process.execPath, args, { cwd: root, reject: false, all: true });
  const wallSeconds = ((performance.now() - startMs) / 1000).toFixed(0);
  const results = resultsOf(out);
  if (results === undefined) {
    console.error(all);
    throw new Error(`seed ${seed} left no results`);
  }
  const sum = (outcome: 'ok' | 'fail' | 'info') => results.counts.reduce((total, counts) => total + counts[outcome], 0);
  const bit = results.faults.filter(({ effective, healed }) => effective && healed).length;
  const anomalies = results.checks.flatMap(({ verdict }) => (verdict.validity === 'invalid' ? verdict.anomalies : []));
  const row = [seed, results.outcome, `${bit} of ${results.faults.length}`, sum('ok'), sum('fail'), sum('info')];
  table.push([...row, anomalies.length, wallSeconds]);
  console.error(`seed ${seed}: ${results.outcome}: ${results.sentence}`);
}
console.log(`faultline test ${given.join(' ')}`);
console.log(table.toString());

function resultsOf(directory: string): Results | undefined {
  try {
    const latest = join(directory, readlinkSync(join(directory, 'latest')));
    return JSON.parse(readFileSync(join(latest, 'results.json'), 'utf8')) as Results;
  } catch {
    return undefined;
  }
}
