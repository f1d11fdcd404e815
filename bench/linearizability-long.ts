/**
 * `npx tsx bench/linearizability-long.ts [operations] [first seed] [seeds]` (1000000 1 2): long histories with few values
 * and many cas that are legal by construction. Prints each, and how many were not found legal.
 */
import { UNLIMITED } from '../checkers/checker.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import { casRegister } from '../checkers/models/register.js';
import { generate } from './generate.js';

const [operations, first, seeds] = [process.argv[2] ?? 1_000_000, process.argv[3] ?? 1, process.argv[4] ?? 2].map(
  Number,
);
const shapes = [
  { values: 2, mix: { reads: 1, writes: 1, cas: 4 }, concurrency: 5, infoShare: 0 },
  { values: 2, mix: { reads: 1, writes: 1, cas: 1 }, concurrency: 10, infoShare: 0 },
  { values: 3, mix: { reads: 1, writes: 2, cas: 3 }, concurrency: 10, infoShare: 0 },
  { values: 3, mix: { reads: 2, writes: 1, cas: 3 }, concurrency: 6, infoShare: 0.0005 },
  { values: 5, mix: { reads: 1, writes: 3, cas: 2 }, concurrency: 15, infoShare: 0 },
  { values: 5, mix: { reads: 1, writes: 1, cas: 1 }, concurrency: 20, infoShare: 0.001 },
];
const counts: Record<string, number> = { valid: 0, invalid: 0, unknown: 0 };
for (let seed = first; seed < first + seeds; seed++) {
  for (const shape of shapes) {
    const history = generate({ kind: 'cas', operations, flaw: 'none', seed, ...shape });
    const before = process.cpuUsage();
    const { validity, details } = await linearizable(casRegister).check(history, {
      budget: { ...UNLIMITED, timeMs: 300_000 },
      options: {},
    });
    const { user, system } = process.cpuUsage(before);
    counts[validity]++;
    const cpuS = ((user + system) / 1e6).toFixed(2);
    console.log(
      `${JSON.stringify(shape)} seed ${seed}: ${validity}, ${cpuS} CPU s, ${String(details['maxConfigurations'])} configurations`,
    );
  }
}
console.log(`${operations} operations each: ${JSON.stringify(counts)}`);
if (counts['valid'] < seeds * shapes.length) process.exitCode = 1;
