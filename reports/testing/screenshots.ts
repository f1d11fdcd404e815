// Pictures of a report for the README: npx tsx reports/testing/screenshots.ts runs/latest/report.html docs/images
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ReportBrowser, scrollThrough } from './browser.js';

const [, , report, directory = 'docs/images'] = process.argv;
if (report === undefined) throw new Error('usage: screenshots.ts REPORT.html [DIRECTORY]');
await mkdir(directory, { recursive: true });
await using browser = await ReportBrowser.launch();

for (const colorScheme of ['light', 'dark'] as const) {
  const { page } = await browser.open(pathToFileURL(resolve(report)).href, { colorScheme, scale: 2 });
  await scrollThrough(page);
  // The bar at the top sticks; in a picture of one part it would lie across it.
  await page.evaluate(() => ((document.querySelector('.top') as HTMLElement).style.position = 'static'));
  for (const [name, selector] of [
    ['verdict', '#verdict'],
    ['anomaly', '#anomaly-1'],
    ['timeline', '#timeline'],
    ['charts', '#charts'],
  ] as const) {
    const part = page.locator(selector);
    if ((await part.count()) > 0) await part.screenshot({ path: join(directory, `report-${name}-${colorScheme}.png`) });
  }
  await page.close();
}
