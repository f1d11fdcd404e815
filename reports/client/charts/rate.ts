import type { ChartConfiguration } from 'chart.js';
import type { EmbeddedReport } from '../../data/wire.js';
import type { Palette } from '../theme.js';
import { baseOptions, bucketPoints, faultWindows, valueScale } from './common.js';

import { ratesOf } from '../../data/rates.js';

/** Operations completed per second by outcome. */
export function rateChart(report: EmbeddedReport, colors: Palette): ChartConfiguration {
  const { ok, fail, info, bucketNs } = report.aggregates;
  const options = baseOptions(report, colors);
  const line = (
    label: string,
    counts: readonly number[],
    color: string,
    dash: number[],
    pointStyle: 'circle' | 'crossRot' | 'triangle',
  ) => ({
    label,
    data: bucketPoints(bucketNs, ratesOf(report, counts)),
    borderColor: color,
    backgroundColor: color,
    borderWidth: 2,
    borderDash: dash,
    pointStyle,
    pointRadius: counts.map((count) => (count > 0 && counts.length < 130 ? 2.5 : 0)),
  });
  return {
    type: 'line',
    data: {
      datasets: [
        line('ok', ok, colors.ok, [], 'circle'),
        line('failed', fail, colors.fail, [6, 3], 'crossRot'),
        line('unknown', info, colors.info, [2, 3], 'triangle'),
      ],
    },
    options: { ...options, scales: { ...options.scales, y: valueScale(colors, (value) => `${value}/s`) } },
    plugins: [faultWindows(report, colors)],
  };
}
