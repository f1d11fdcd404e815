import { describe, expect, it } from 'vitest';
import { nightly } from '../testing/nights.js';
import { describeSeries } from './chart.js';
import { comparePage } from './compare.js';
import { configurationPage, trendPage } from './page.js';
import { trendOf } from './trend.js';

const ASSETS = { script: '', siteScript: 'void 0', style: 'p{}' };
const at = (root: string, runs: ReturnType<typeof nightly>) =>
  runs.map((run) => ({ ...run, directory: `${root}/${run.plan.runId}` }));

describe('trends of thirty synthetic nights', () => {
  const seeds = Array.from({ length: 25 }, (_, seed) => seed + 1);

  it('flag a recovery that takes twice as long, and nothing else', () => {
    for (const seed of seeds) {
      const { configurations } = trendOf(nightly({ seed, nights: 30, slowFrom: 18 }));
      const flagged = configurations[0].series.filter(({ change }) => change !== undefined);
      expect(
        flagged.map(({ name }) => name),
        `seed ${seed}`,
      ).toEqual(['recovery after kill']);
      expect(flagged[0].change).toMatchObject({ verdict: 'regression' });
      expect(describeSeries(flagged[0])).toMatch(/^Regression on 2026-03-\d\d: [12]\.\d × \(/);
    }
  });

  it('flag nothing in noise', () => {
    for (const seed of seeds) {
      const { configurations } = trendOf(nightly({ seed, nights: 30 }));
      expect(
        configurations[0].series.flatMap(({ name, change }) => (change ? [name] : [])),
        `seed ${seed}`,
      ).toEqual([]);
      expect(configurations[0].series.length).toBe(6);
    }
  });

  it('call faster recovery an improvement', () => {
    const { configurations } = trendOf(nightly({ seed: 3, nights: 30, slowFrom: 15, factor: 0.4 }));
    expect(configurations[0].series.find(({ change }) => change)?.change?.verdict).toBe('improvement');
  });
});

describe('the pages of trends', () => {
  const runs = [
    ...at('/runs', nightly({ seed: 1, nights: 30, slowFrom: 18 })),
    ...at('/runs', nightly({ seed: 2, nights: 30, badNights: [4, 17], reads: 'serializable' })),
  ];
  const trend = trendOf(runs);

  it('have a row a configuration, a sign a night, and a link to each run', () => {
    const page = trendPage(trend, '/runs/trend', ['runs/x is damaged'], ASSETS);
    expect(page.match(/<th scope="row">/g)).toHaveLength(2);
    expect(page.match(/class="cell (valid|invalid)"/g)).toHaveLength(60);
    expect(page).toContain('href="../2026-03-05-etcd-serializable/report.html"');
    expect(page).toContain('a flake');
    expect(page).toContain('Regression on 2026-03-');
    expect(page).toContain('could not be read');
  });

  it('name the first bad run and the rate', () => {
    const each = trend.configurations.find(({ firstBad }) => firstBad !== undefined)!;
    expect(each.firstBad!.plan.runId).toBe('2026-03-05-etcd-serializable');
    expect(each.anomalyRate).toBeCloseTo(2 / 30, 10);
    const page = configurationPage(each, trend.nights, '/runs/trend', ASSETS);
    expect(page.match(/<figure class="trend">/g)).toHaveLength(each.series.length);
    expect(page).toContain('2026-03-05-etcd-serializable');
  });

  it('set two runs side by side', () => {
    const page = comparePage(runs[0], runs[29], '/runs/trend', ASSETS);
    expect(page).toMatch(/recovery after it[\s\S]{0,400}\d\.\d\d ×/);
    expect(page).toContain('register: linearizable');
  });
});
