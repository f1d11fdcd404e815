import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive, ArchivedRun } from '../../harness/archive/archive.js';
import { loadAssets } from '../client/assets.js';
import { comparePage } from './compare.js';
import { configurationPage, trendPage } from './page.js';
import { trendOf, type Trend } from './trend.js';

/** Writes the site: index.html, a page a configuration, and trend.json with the same figures for machines. */
export async function writeTrend(archive: Archive, directory: string): Promise<Trend> {
  const trend = trendOf(archive.runs);
  const assets = await loadAssets();
  await mkdir(directory, { recursive: true });
  for (const each of trend.configurations) {
    await writeFile(join(directory, `${each.id}.html`), configurationPage(each, trend.nights, directory, assets));
  }
  await writeFile(join(directory, 'trend.json'), `${JSON.stringify(machineReadable(trend), null, 2)}\n`);
  await writeFile(join(directory, 'index.html'), trendPage(trend, directory, archive.troubles, assets));
  return trend;
}

/** Writes compare.html. */
export async function writeComparison(a: ArchivedRun, b: ArchivedRun, directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'compare.html');
  await writeFile(path, comparePage(a, b, directory, await loadAssets()));
  return path;
}

function machineReadable({ nights, configurations }: Trend): object {
  return {
    nights,
    configurations: configurations.map(
      ({ configuration, runs, faults, nights: own, verdicts, firstBad, anomalyRate, series }) => ({
        configuration: configuration.label,
        runs: runs.length,
        faults,
        verdicts,
        firstBad: firstBad?.plan.runId,
        anomalyRate,
        nights: Object.fromEntries(own),
        series,
      }),
    ),
  };
}
