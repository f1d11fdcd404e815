/**
 * The property tests of the repository with many more random cases than CI takes:
 * `npx tsx bench/properties.ts [runs of each property, default 10000] [part of a path]`.
 * Every file that counts its runs by FAULTLINE_PROPERTY_RUNS is run by itself; a line each, exit 1 where one fails.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = process.argv[2] ?? '10000';
const part = process.argv[3] ?? '';
const ROOMS = ['checkers', 'docker', 'harness', 'nemesis', 'reports', 'workloads'];

const files = ROOMS.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(root, room, file)),
)
  .filter((file) => readFileSync(file, 'utf8').includes('testing/property-runs.js'))
  .map((file) => relative(root, file))
  .filter((file) => file.includes(part));
if (files.length === 0) throw new Error(`no property test has ${part} in its path`);

const failed: string[] = [];
for (const file of files) {
  const started = performance.now();
  // Tests have limits for CI's number of runs; here they take as long as they take.
  const args = ['vitest', 'run', '--project', 'unit', '--maxWorkers=1', '--testTimeout=0', file];
  const env = { ...process.env, FAULTLINE_PROPERTY_RUNS: runs };
  const child = spawnSync('npx', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const isPassed = child.status === 0;
  console.log(
    `${isPassed ? 'passed' : 'FAILED'}  ${runs} runs each  ${seconds.padStart(6)} s  load ${loadavg()[0].toFixed(1)}  ${file}`,
  );
  if (isPassed) continue;
  failed.push(file);
  console.log(`${child.stdout}\n${child.stderr}`);
}
console.log(`${files.length - failed.length} of ${files.length} files of properties passed`);
process.exitCode = failed.length === 0 ? 0 : 1;
