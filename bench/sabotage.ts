/**
 * Sabotages Faultline, one part at a time, by fakes that are injected from outside, and sees whether the verdict tells: what
 * was sabotaged, what must be, what came, what it was told by. Ends with 1 when anything is not as it must be.
 *
 * npx tsx bench/sabotage.ts [simulated|etcd] [part of a name]
 */
import { systems } from '../harness/registry.js';
import type { Sabotage } from './sabotage/means.js';
import { runSabotaged } from './sabotage/run.js';
import { SABOTAGES } from './sabotage/sabotages.js';

const [name = 'simulated', part = ''] = process.argv.slice(2);
const system = await systems[name]();
const chosen = SABOTAGES.filter((each) => fits(each) && each.name.includes(part));
let wrong = 0;

function fits({ real, only }: Sabotage): boolean {
  return name === 'simulated' ? only === undefined : real === true || only === 'pods';
}

for (const sabotage of chosen) {
  const { outcome, told, asExpected } = await runSabotaged(sabotage, system);
  if (!asExpected) wrong++;
  const by = (sabotage.says.source === '.' ? undefined : sabotage.says.exec(told)?.[0]) ?? told;
  const mark = asExpected ? '✓' : '✗';
  const row = [sabotage.name.padEnd(66), `must be ${sabotage.expected}`.padEnd(21), outcome.padEnd(13)];
  console.log(`${mark} ${row.join(' ')} ${(asExpected ? by : told).slice(0, 160)}`);
}
console.log(`${chosen.length - wrong} of ${chosen.length} as they must be on ${system.name}`);
process.exitCode = wrong === 0 ? 0 : 1;
