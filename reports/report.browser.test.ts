import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coloursOf, ReportBrowser, scrollThrough } from './testing/browser.js';
import { HOSTILE, hostileRun } from './testing/hostile-run.js';
import { bareRegister, invalidRun } from './testing/invalid-runs.js';
import { validRun } from './testing/valid-run.js';
import { resultsOf } from './testing/runs.js';
import { bigHistory } from './testing/synthetic.js';

let browser: ReportBrowser;
let valid: string;
let invalid: string;
let small: string;
let hostile: string;

beforeAll(async () => {
  browser = await ReportBrowser.launch();
  valid = await browser.write('valid', validRun(3_000));
  invalid = await browser.write('invalid', invalidRun(3_000));
  small = await browser.write('small', invalidRun(300));
  hostile = await browser.write('hostile', hostileRun());
});
afterAll(() => browser[Symbol.asyncDispose]());

const TIMELINE = '.stage canvas';
const status = (page: Page) => page.locator('.timeline .status').textContent();

/** The stretch of time in view, as the axis of the canvas cannot be read: from the table of operations in view. */
async function operationsInView(page: Page): Promise<number> {
  const details = page.locator('#timeline details');
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  const note = page.locator('#timeline details .aside');
  await page.waitForTimeout(60);
  const text = (await note.textContent()) ?? '';
  return Number(/(?:of )?([\d,]+) operations?/.exec(text)![1].replace(/,/g, ''));
}

describe('the report in a browser', () => {
  it('opens from its file with no request and no complaint, the verdict in sight', async () => {
    for (const address of [valid, invalid]) {
      const { page, requests, complaints } = await browser.open(address);
      await scrollThrough(page);
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await page.locator('h1').isVisible()).toBe(true);
      const box = (await page.locator('h1').boundingBox())!;
      expect(box.y + box.height).toBeLessThan(900);
      await page.close();
    }
  });

  it('draws timeline, overview and charts', async () => {
    const { page } = await browser.open(invalid);
    await scrollThrough(page);
    for (const canvas of [
      TIMELINE,
      '.overview',
      '[data-chart=latency] canvas',
      '[data-chart=rate] canvas',
      '[data-chart=availability] canvas',
    ]) {
      await page.locator(canvas).scrollIntoViewIfNeeded();
      await expect.poll(() => coloursOf(page, canvas)).toBeGreaterThan(4);
    }
    expect(await page.locator('.drawing svg').count()).toBe(3);
    await page.close();
  });

  it('is readable without its script', async () => {
    const html = await readFile(fileURLToPath(invalid), 'utf8');
    expect(html.includes('Latency as a table')).toBe(true);
    expect(html.includes('Operations that prove anomaly 1')).toBe(true);
  });
});

describe('the timeline', () => {
  it('zooms by buttons, keyboard and wheel, and shows the whole run again', async () => {
    const { page } = await browser.open(valid);
    const all = await operationsInView(page);
    expect(all).toBe(3_000);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const half = await operationsInView(page);
    expect(half).toBeLessThan(all * 0.75);
    await page.locator(TIMELINE).focus();
    await page.keyboard.press('+');
    const quarter = await operationsInView(page);
    expect(quarter).toBeLessThan(half);
    await page.keyboard.press('0');
    expect(await operationsInView(page)).toBe(all);
    await page.locator(TIMELINE).scrollIntoViewIfNeeded();
    await page.locator(TIMELINE).hover({ position: { x: 600, y: 120 } });
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    expect(await operationsInView(page)).toBeLessThan(all);
    await page.close();
  });

  it('selects what is clicked and shows everything about it', async () => {
    const { page } = await browser.open(invalid);
    await page.getByRole('button', { name: 'Next anomaly' }).click();
    await expect.poll(() => status(page)).toMatch(/^Selected #\d+: write \d+/);
    const first = await status(page);
    const panel = page.locator('.details-panel');
    for (const words of ['Outcome', 'Process', 'Invoked', 'history line', 'Anomaly 1']) {
      expect(await panel.textContent()).toContain(words);
    }
    await page.locator(TIMELINE).focus();
    await page.keyboard.press('Escape');
    // The operation is in the middle of the view; its lane is found by trying each.
    const box = (await page.locator(TIMELINE).boundingBox())!;
    for (let y = 60; y < box.height; y += 8) {
      await page.locator(TIMELINE).click({ position: { x: 132 + (box.width - 132) / 2, y } });
      if ((await status(page)) === first && (await panel.textContent())!.includes('Outcome')) break;
    }
    expect(await panel.textContent()).toContain('Outcome');
    await page.close();
  });

  it('searches by key, value and id, and steps through what it found', async () => {
    const { page } = await browser.open(valid);
    const box = page.getByLabel('Search');
    await box.fill('key:r3 f:read');
    const found = page.locator('.found');
    await expect.poll(() => found.textContent()).toMatch(/^\d+ found$/);
    expect(await operationsInView(page)).toBe(Number((await found.textContent())!.split(' ')[0]));
    await box.press('Enter');
    await expect.poll(() => status(page)).toMatch(/^Selected #\d+: read/);
    const first = await status(page);
    await box.press('Enter');
    await expect.poll(() => status(page)).not.toBe(first);
    await box.fill('id:812');
    await expect.poll(() => found.textContent()).toBe('1 found');
    await box.fill('nothing-like-it');
    await expect.poll(() => found.textContent()).toBe('0 found');
    await page.close();
  });

  it('filters by outcome and kind', async () => {
    const { page } = await browser.open(valid);
    const all = await operationsInView(page);
    await page.getByLabel('ok', { exact: true }).uncheck();
    const others = await operationsInView(page);
    expect(others).toBeGreaterThan(0);
    expect(others).toBeLessThan(all / 2);
    await page.getByLabel('ok', { exact: true }).check();
    await page.getByLabel('Kind', { exact: true }).selectOption({ label: 'all of bank' });
    expect(await operationsInView(page)).toBeLessThan(all);
    await page.close();
  });

  it('follows a deep link, also to the completion, and links what is selected', async () => {
    const { page } = await browser.open(valid, { hash: '#op=812' });
    await expect.poll(() => status(page)).toMatch(/^Selected #\d+/);
    const selected = /#(\d+)/.exec((await status(page))!)![1];
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(`#op=${selected}`);
    const top = await page.locator('#timeline').evaluate((element) => element.getBoundingClientRect().top);
    expect(Math.abs(top)).toBeLessThan(300);
    expect(await operationsInView(page)).toBeLessThan(500);
    await page.evaluate(() => (location.hash = '#op=99999999'));
    await expect.poll(() => status(page)).toContain('is not among');
    await page.close();
  });

  it('works by keyboard alone', async () => {
    const { page } = await browser.open(invalid);
    await page.locator(TIMELINE).focus();
    await page.keyboard.press('a');
    await expect.poll(() => status(page)).toMatch(/^Selected #\d+/);
    const first = await status(page);
    await page.keyboard.press('n');
    await expect.poll(() => status(page)).not.toBe(first);
    await page.keyboard.press('p');
    await expect.poll(() => status(page)).toBe(first);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('timeline-search');
    await page.close();
  });

  it('leads from an anomaly to its operations', async () => {
    const { page } = await browser.open(invalid);
    const link = page.locator('#anomaly-1 .proof .operation-link').last();
    const id = await link.textContent();
    await link.click();
    await expect.poll(() => status(page)).toContain(`Selected ${id!}`);
    await page.close();
  });

  it('opens the evidence of a fault that a link leads to', async () => {
    const { page } = await browser.open(invalid, { hash: '#fault-2' });
    expect(await page.locator('#fault-2').getAttribute('open')).not.toBeNull();
    await page.evaluate(() => (location.hash = '#fault-3'));
    await expect.poll(() => page.locator('#fault-3').getAttribute('open')).not.toBeNull();
    await page.close();
  });
});

describe('for everyone', () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

  it.each(['light', 'dark'] as const)('axe finds nothing in %s', async (colorScheme) => {
    const { page } = await browser.open(small, { colorScheme, hash: '#op=100' });
    await scrollThrough(page);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    // Through the debugger, not as a script element, which the page's policy rightly refuses.
    await page.evaluate(await readFile(axe, 'utf8'));
    const violations = await page.evaluate(async () => {
      const run = (
        globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
        }
      ).axe;
      const { violations: found } = await run.run();
      return found.map(
        ({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary ?? ''}`,
      );
    });
    expect(violations).toEqual([]);
    await page.close();
  });

  it('switches between light and dark, canvases too', async () => {
    const { page } = await browser.open(valid);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const corner = () =>
      page.locator(TIMELINE).evaluate((element) => {
        const context = (element as HTMLCanvasElement).getContext('2d')!;
        return [...context.getImageData(4, 4, 1, 1).data].join();
      });
    const before = [await ground(), await corner()];
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect.poll(ground).not.toBe(before[0]);
    await expect.poll(corner).not.toBe(before[1]);
    await page.close();
  });

  it('prints on white, with evidence opened and nothing to click', async () => {
    const { page } = await browser.open(invalid, { colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).toBeGreaterThan(50_000);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect(await page.locator('.toolbar').isVisible()).toBe(false);
    await page.close();
  });

  it('fits a telephone without sideways scrolling', async () => {
    for (const address of [invalid, hostile]) {
      const { page } = await browser.open(address, { width: 390 });
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(excess).toBeLessThanOrEqual(0);
      await page.close();
    }
  });
});

describe('hostile values', () => {
  it('are text and nothing else', async () => {
    const { page, requests, complaints } = await browser.open(hostile, { hash: '#op=2' });
    await scrollThrough(page);
    await page.locator('#timeline details summary').click();
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('img, main script').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toContain(HOSTILE);
    await page.close();
  });

  it('leave the JUnit file well-formed', async () => {
    const { page } = await browser.open(valid);
    for (const address of [valid, invalid, hostile]) {
      const xml = await readFile(fileURLToPath(address).replace('report.html', 'junit.xml'), 'utf8');
      const error = await page.evaluate(
        (text) => new DOMParser().parseFromString(text, 'text/xml').querySelector('parsererror')?.textContent ?? '',
        xml,
      );
      expect(error).toBe('');
    }
    await page.close();
  });
});

it('a history without times is drawn by position', async () => {
  const { history, results } = bareRegister();
  const { columns } = history;
  const untimed = { ...columns, times: Float64Array.from(columns.times, (_, position) => position) };
  const { History } = await import('../harness/history/history.js');
  const address = await browser.write('untimed', { history: new History(untimed), results });
  const { page, complaints } = await browser.open(address, { hash: '#op=4' });
  expect(complaints).toEqual([]);
  await expect.poll(() => status(page)).toContain('Selected #4');
  expect(await page.locator('#charts').textContent()).toContain('records no times');
  await page.close();
});

it('stays quick with more operations than a page holds', async () => {
  const address = await browser.write('big', { history: bigHistory(250_000), results: resultsOf() });
  const { page, complaints } = await browser.open(address);
  expect(complaints).toEqual([]);
  expect(await page.locator('#timeline .lead').textContent()).toContain('of 250,000 operations');
  expect(await operationsInView(page)).toBeGreaterThan(100_000);
  await page.close();
});
