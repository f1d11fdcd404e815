import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderReport, writeReports } from './report.js';
import { BACKWARDS, HOSTILE, hostileRun } from './testing/hostile-run.js';
import { bareRegister, invalidRun } from './testing/invalid-runs.js';
import { validRun } from './testing/valid-run.js';
import { historyOf, resultsOf } from './testing/runs.js';
import { bigHistory } from './testing/synthetic.js';
import { page } from './page.js';
import { viewOf } from './view.js';

describe('the page', () => {
  it('runs exactly the style and script that its policy names', async () => {
    const html = await renderReport(bareRegister());
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1];
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const script = /<script>([\s\S]*)<\/script>\s*<\/body>/.exec(html)![1];
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1];
    expect(policy).toContain(`script-src ${hash(script)};`);
    expect(policy).toContain(`style-src ${hash(style)};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('has no inline handler, style attribute or outside address', async () => {
    const html = await renderReport(invalidRun(500));
    const markup = html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/\son[a-z]+=/);
    expect(markup).not.toMatch(/\sstyle=/);
    expect(markup).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('tells of every fault what was asked, what it fired on, and what recovered when', async () => {
    const html = await renderReport(validRun(500));
    expect(html).toContain('minority, share 0.25, fired on leader changed from n2 to n1');
    expect(html).toContain('650 ms (read 250 ms, write 650 ms)');
    expect(html).toContain('not before the end (read 250 ms, write not before the end)');
  });

  it('says the verdict first, then what was tested, each anomaly, timeline, charts, faults, logs, data', async () => {
    const html = await renderReport(invalidRun(500));
    const order = ['verdict', 'tested', 'anomalies', 'timeline', 'charts', 'faults', 'logs', 'data'];
    const places = order.map((id) => html.indexOf(`<section id="${id}"`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(html.includes('3 violations: nonlinearizable, total-changed, G-single-item-realtime')).toBe(true);
    expect(html.includes('8 of 9')).toBe(true);
    expect(html.includes('--seed 812')).toBe(true);
    expect(html.includes('sha256:5d1c9c1b')).toBe(true);
  });

  it('says what was not decided', async () => {
    const html = await renderReport(validRun(500));
    expect(html.includes('Undecided: the memory budget of 2 GB was met')).toBe(true);
    expect(html.includes('No violation, but 1 check of 4 could not be decided')).toBe(true);
    expect(html.includes('The order of operations on different keys.')).toBe(true);
  });

  it('is made of an empty history too', async () => {
    const html = await renderReport({
      history: historyOf([]),
      results: resultsOf({ outcome: 'inconclusive', sentence: 'Nothing was done.' }),
    });
    expect(html.includes('Nothing was done.')).toBe(true);
  });
});

describe('hostile values', () => {
  it('neither run, nor end a block, nor reorder text, nor swell the page', async () => {
    const html = await renderReport(hostileRun());
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.includes('<img')).toBe(false);
    for (const character of `${BACKWARDS.replace(/[ -~]/g, '')}\u001b`) expect(html.includes(character)).toBe(false);
    expect(html.length).toBeLessThan(1_000_000);
    expect(
      html.includes(HOSTILE.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;').slice(0, 40)),
    ).toBe(true);
  });
});

it('thins a long history and says so', () => {
  const view = viewOf({ history: bigHistory(20_000), results: resultsOf() }, 2_000);
  const html = page(view, { script: '', siteScript: '', style: '' });
  expect(html).toMatch(/1,\d\d\d of 20,000 operations, so that a browser stays quick/);
  expect(html.includes('Counts and charts are of all')).toBe(true);
});

it('writes the three files whole', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'faultline-reports-'));
  try {
    const written = await writeReports(join(directory, 'run'), bareRegister());
    expect(await readdir(join(directory, 'run'))).toEqual(['junit.xml', 'report.html', 'summary.md']);
    expect(await readFile(written.html, 'utf8')).toMatch(/^<!doctype html>/);
  } finally {
    await rm(directory, { recursive: true });
  }
});
