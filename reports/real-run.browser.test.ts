import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReportBrowser } from './testing/browser.js';

const root = fileURLToPath(new URL('..', import.meta.url));
let browser: ReportBrowser;
let folder: string;
let report: string;

/** A run as a newcomer makes it: no Docker, a planted bug, a violation, its report. */
beforeAll(async () => {
  browser = await ReportBrowser.launch();
  folder = await mkdtemp(join(tmpdir(), 'faultline-real-'));
  const main = join(root, 'harness', 'cli', 'main.ts');
  const flags = [
    '-w',
    'register,bank',
    '-n',
    'partition,kill',
    '-t',
    '20',
    '--set',
    'bug=stale-follower-read',
    '--seed',
    '4',
  ];
  const run = await execa(process.execPath, ['--import', 'tsx', main, 'test', 'simulated', ...flags, '--out', folder], {
    cwd: root,
    reject: false,
    all: true,
  });
  expect(run.exitCode, run.all).toBe(1);
  report = pathToFileURL(join(folder, 'latest', 'report.html')).href;
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('the report of a real run', () => {
  it('opens without a request or a complaint, its first anomaly explained and drawn', async () => {
    const { page, requests, complaints } = await browser.open(report);
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.locator('#verdict .word').textContent()).toBe('Violation found');
    expect(await page.locator('#anomaly-1').isVisible()).toBe(true);
    expect(await page.locator('#anomaly-1 figure.drawing').count()).toBeGreaterThan(0);
    expect(await page.locator('#faults').isVisible()).toBe(true);
    await page.close();
  });

  it('zooms by keyboard, finds an operation, and links it', async () => {
    const { page } = await browser.open(report);
    const status = () => page.locator('.timeline .status').textContent();
    await page.locator('.stage canvas').focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const box = page.getByLabel('Search');
    await box.fill('id:40');
    await expect.poll(() => page.locator('.found').textContent()).toBe('1 found');
    await box.press('Enter');
    // An id of a completion leads to its operation.
    await expect.poll(status).toMatch(/^Selected #\d+: /);
    const [, id] = /#(\d+)/.exec((await status())!)!;
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(`#op=${id}`);
    await page.close();
    const again = await browser.open(report, { hash: `#op=${id}` });
    await expect.poll(() => again.page.locator('.timeline .status').textContent()).toContain(`Selected #${id}: `);
    await again.page.close();
  });

  it.each(['light', 'dark'] as const)('is clean for axe in %s', async (colorScheme) => {
    const { page } = await browser.open(report, { colorScheme });
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    });
    expect(found).toEqual([]);
    await page.close();
  });

  it('prints to a PDF of some pages', async () => {
    const { page } = await browser.open(report);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)!.length).toBeGreaterThan(2);
    await page.close();
  });
});
