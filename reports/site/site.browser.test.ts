import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../harness/serve/server.js';
import { resultOf } from '../../harness/suite/outcome.js';
import { writeMatrix } from '../matrix/write.js';
import { writeSuiteReports } from '../suite/suite.js';
import { ReportBrowser } from '../testing/browser.js';
import { HOSTILE } from '../testing/hostile-run.js';
import { nightly, store } from '../testing/nights.js';
import { attemptOf, cellOf, suiteOf } from '../testing/suites.js';
import { writeComparison, writeTrend } from '../trend/write.js';

let browser: ReportBrowser;
let root: string;
const pages: Record<string, string> = {};

beforeAll(async () => {
  browser = await ReportBrowser.launch();
  root = await mkdtemp(join(tmpdir(), 'faultline-site-'));
  const runs = await store(root, [
    ...nightly({ seed: 1, nights: 30, slowFrom: 18 }),
    ...nightly({ seed: 2, nights: 30, badNights: [4, 17], reads: 'serializable' }),
  ]);
  const bad = { ...attemptOf('bad', 'invalid'), sentence: `Read returned ${HOSTILE}` };
  const cells = [
    resultOf(cellOf('good'), [attemptOf('good', 'valid')]),
    resultOf(cellOf('bad'), [bad]),
    resultOf(cellOf('late'), []),
  ];
  const { index } = await writeSuiteReports(root, suiteOf(cells));
  const trend = await writeTrend({ runs, troubles: [] }, join(root, 'trend'));
  await writeMatrix(runs, join(root, 'matrix'));
  const files = {
    suite: index,
    trend: join(root, 'trend', 'index.html'),
    configuration: join(
      root,
      'trend',
      `${trend.configurations.find(({ series }) => series.some(({ change }) => change))!.id}.html`,
    ),
    comparison: await writeComparison(runs[0], runs[29], join(root, 'trend')),
    matrix: join(root, 'matrix', 'matrix.html'),
  };
  for (const [name, path] of Object.entries(files)) pages[name] = pathToFileURL(path).href;
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const NAMES = ['suite', 'trend', 'configuration', 'comparison', 'matrix'];

async function violations(page: Page): Promise<readonly string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // The page's own policy lets nothing in; the inspector may evaluate all the same.
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(async () => {
    const { axe: tester } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return tester.run();
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

describe('pages over many runs', () => {
  it.each(NAMES)(
    '%s opens from its file with no request, no complaint, and clean for axe in light and dark',
    async (name) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, requests, complaints } = await browser.open(pages[name], { colorScheme });
        expect(requests).toEqual([]);
        expect(complaints).toEqual([]);
        expect(await violations(page)).toEqual([]);
        await page.close();
      }
    },
  );

  it.each(NAMES)('%s does not scroll sideways on a narrow screen', async (name) => {
    const { page } = await browser.open(pages[name], { width: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    await page.close();
  });

  it('filter their tables by words and by choice, and keep it in the address', async () => {
    const { page } = await browser.open(pages['suite']);
    const shown = () => page.locator('#cells-table tbody tr:visible').count();
    expect(await shown()).toBe(3);
    await page.locator('select[name=outcome]').selectOption('invalid');
    expect(await shown()).toBe(1);
    expect(await page.locator('[data-count=cells-table]').textContent()).toBe('1 of 3');
    const address = page.url();
    await page.locator('select[name=outcome]').selectOption('');
    await page.locator('input[type=search]').fill('came valid');
    expect(await page.locator('#cells-table tbody tr:visible').innerText()).toContain('good');
    await page.close();
    const again = await browser.open(address);
    expect(await again.page.locator('#cells-table tbody tr:visible').count()).toBe(1);
    expect(await again.page.title()).not.toBe('owned');
    await again.page.close();
  });

  it('lead from a night’s sign to its run by keyboard', async () => {
    const { page } = await browser.open(pages['trend']);
    await page.locator('a.cell.invalid').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/2026-03-18-etcd-serializable\/report\.html$/);
    await page.close();
  });

  it('draw the change of level', async () => {
    const { page } = await browser.open(pages['configuration']);
    expect(await page.locator('svg .change').count()).toBe(1);
    expect(await page.locator('figcaption', { hasText: 'Regression' }).count()).toBe(1);
    await page.close();
  });
});

describe('faultline serve', () => {
  it('lists runs, filters them, opens a report and makes trends', async () => {
    await using serving = await serve(root, 0);
    const { page, complaints } = await browser.open(serving.url);
    expect(await page.locator('#runs-table tbody tr').count()).toBe(60);
    await page.locator('select[name=outcome]').selectOption('invalid');
    expect(await page.locator('#runs-table tbody tr:visible').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
    await page.locator('#runs-table tbody tr:visible a').first().click();
    await page.waitForURL(/report\.html$/);
    await page.goBack();
    await page.getByRole('link', { name: 'Trends' }).click();
    await page.waitForURL(/trend\/index\.html$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows a run in progress and turns to its report at the end', async () => {
    const { appendFile, mkdir, writeFile } = await import('node:fs/promises');
    const directory = join(root, 'going');
    await mkdir(directory);
    const [{ plan, results }] = nightly({ seed: 5, nights: 1 });
    await writeFile(join(directory, 'plan.json'), JSON.stringify(plan));
    await writeFile(join(directory, 'history.jsonl'), '');
    await using serving = await serve(root, 0);
    const { page, complaints } = await browser.open(new URL('live/going', serving.url).href);
    const event = { index: 0, time: 1e9, process: 0, type: 'invoke', f: 'read', value: null };
    await appendFile(
      join(directory, 'history.jsonl'),
      `${JSON.stringify(event)}\n${JSON.stringify({ ...event, index: 1, time: 2e9, type: 'ok', value: 3 })}\n`,
    );
    await page.waitForFunction(() => document.querySelector('[data-live=ok]')?.textContent === '1');
    await writeFile(join(directory, 'report.html'), '<!doctype html><h1>Report</h1>');
    await writeFile(join(directory, 'results.json'), JSON.stringify(results));
    await page.waitForURL(/files\/going\/report\.html$/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
