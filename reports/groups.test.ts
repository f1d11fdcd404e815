import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../checkers/checker.js';
import { embedded } from './data/report-block.js';
import { groupsIn } from './groups.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { page } from './page.js';
import { renderTerminal } from './terminal.js';
import { checkOf, historyOf, invalidOf, resultsOf, VALID } from './testing/runs.js';
import { schemaErrors } from './testing/xsd.js';
import { viewOf } from './view.js';

const history = historyOf([
  { process: 0, type: 'invoke', f: 'read', value: null },
  { process: 0, type: 'ok', f: 'read', value: 1 },
]);
const anomaly = (kind: string): Anomaly => ({ kind, sentence: `Sentence of ${kind}.`, operations: [0, 1] });
const cycles = invalidOf(anomaly('G-single'), anomaly('stale-read'), anomaly('stale-read'), anomaly('G2-allowed'));
const standing = { strongest: ['read-committed'], not: ['snapshot-isolation'], alsoNot: ['serializable'] };
const results = resultsOf({
  outcome: 'invalid',
  sentence: 'It broke.',
  checks: [
    checkOf('cycles', { ...cycles, details: { ...standing, allowed: ['G2-allowed'] } }, { workload: 'append' }),
    checkOf('set', invalidOf(anomaly('lost')), { workload: 'append' }),
    checkOf('register', { ...VALID, anomalies: [anomaly('allowed-elsewhere')] }),
  ],
  groups: [{ root: { check: 1, anomaly: 0 }, follows: [0, 1, 2].map((place) => ({ check: 0, anomaly: place })) }],
});
const LINE = 'What follows from it: G-single × 1, stale-read × 2';

describe('violations and what follows from them', () => {
  it('are told root first in the terminal, the rest in one line', () => {
    const text = renderTerminal({ results, history }, { width: 120, color: 'off', paths: {} });
    expect(text).toContain('1. lost (append: set)');
    expect(text).toContain(LINE);
    expect(text).not.toContain('Sentence of G-single');
    expect(text).not.toContain('2. ');
    expect(text).toContain('strongest that still holds: read-committed');
  });

  it('are told so in the summary, with what the model allows after them', () => {
    const text = renderMarkdown({ results, history });
    expect(text).toMatch(/\*\*1\. lost\*\* \(append: set\): Sentence of lost/);
    expect(text).toContain('What follows from it: G\\-single × 1, stale\\-read × 2');
    expect(text).not.toContain('Sentence of stale');
    expect(text).toMatch(/2\. G2\\-allowed\*\* \(append: cycles, not counted as a violation\)/);
  });

  it('are told so to a CI server', async () => {
    const xml = renderJunit({ results, history });
    expect(xml).toContain('message="lost: Sentence of lost. (What follows from it: G-single × 1, stale-read × 2)"');
    expect(xml).toContain('message="G-single: Sentence of G-single. (follows from lost, append: set)"');
    expect(xml).not.toContain('G2-allowed: Sentence');
    expect(await schemaErrors(xml)).toEqual([]);
  });

  it('are numbered causes first on the page, with links, and what still holds beside them', () => {
    const view = viewOf({ results, history });
    expect(view.anomalies.map((each) => [each.number, each.anomaly.kind, each.followsFrom])).toEqual([
      [1, 'lost', undefined],
      [2, 'G-single', 1],
      [3, 'stale-read', 1],
      [4, 'stale-read', 1],
      [5, 'G2-allowed', undefined],
      [6, 'allowed-elsewhere', undefined],
    ]);
    const html = page(view, { script: '', siteScript: '', style: '' });
    expect(html).toContain('What follows from it × 3: G-single × 1, stale-read × 2');
    expect(html).toContain('href="#anomaly-4"');
    expect(html.toLowerCase()).toContain('strongest that still holds: read-committed');
    expect(html.toLowerCase()).toContain('and with it: serializable');
    expect(embedded(view)).toMatchObject({ standing: [{ check: 'append: cycles', ...standing }] });
  });

  it('each stand alone in results of earlier versions, or where places lead nowhere', () => {
    const old = resultsOf({ checks: results.checks });
    expect(groupsIn(old).groups.map(({ root }) => root.anomaly.kind)).toEqual([
      ...['G-single', 'stale-read', 'stale-read', 'G2-allowed', 'lost'],
    ]);
    const nowhere = { ...results, groups: [{ root: { check: 9, anomaly: 0 }, follows: [] }] };
    expect(groupsIn(nowhere).groups).toHaveLength(5);
  });
});
