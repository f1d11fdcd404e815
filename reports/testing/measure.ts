// Size and time to interactive by number of operations: npx tsx reports/testing/measure.ts
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import prettyBytes from 'pretty-bytes';
import type { ReportInput } from '../report.js';
import { ReportBrowser } from './browser.js';
import { planOf, faultsOf, PHASES, resultsOf } from './runs.js';
import { bigHistory, traffic } from './synthetic.js';

await using browser = await ReportBrowser.launch();
const results = resultsOf({ faults: faultsOf(9), phases: PHASES });
for (const [operations, history] of [
  [1_000, () => traffic(1_000)],
  [100_000, () => traffic(100_000)],
  [1_000_000, () => bigHistory(1_000_000)],
] as const) {
  const input: ReportInput = { plan: planOf(), results, history: history() };
  const before = process.cpuUsage();
  const address = await browser.write(`${operations}`, input);
  const { user, system } = process.cpuUsage(before);
  const { size } = await stat(fileURLToPath(address));
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { page } = await browser.open(address);
    times.push(await page.evaluate(() => performance.getEntriesByName('faultline-interactive')[0].startTime));
    await page.close();
  }
  const interactive = Math.min(...times).toFixed(0);
  process.stdout.write(
    `${operations} operations: ${prettyBytes(size)}, interactive after ${interactive} ms (best of 3), made in ${((user + system) / 1e6).toFixed(1)} s CPU\n`,
  );
}
