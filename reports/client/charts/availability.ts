import type { ChartConfiguration } from 'chart.js';
import type { EmbeddedReport } from '../../data/wire.js';
import type { Palette } from '../theme.js';
import { baseOptions, bucketPoints, faultWindows, valueScale } from './common.js';

/** Share of completed operations that were answered. */
export function availabilityChart(report: EmbeddedReport, colors: Palette): ChartConfiguration {
  const { availability, bucketNs } = report.aggregates;
  const options = baseOptions(report, colors);
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'answered',
          data: bucketPoints(
            bucketNs,
            availability.map((share) => (share === null ? null : share * 100)),
          ),
          borderColor: colors.accent,
          backgroundColor: colors.accent,
          borderWidth: 2,
          stepped: 'middle',
          // All and nothing lie on the very edges.
          clip: 4,
          // Where little completed, a lone bucket has no line to be part of.
          pointRadius: availability.map((share, bucket) =>
            share !== null && availability[bucket - 1] == null && availability[bucket + 1] == null ? 3 : 0,
          ),
        },
      ],
    },
    options: {
      ...options,
      scales: { ...options.scales, y: { ...valueScale(colors, (value) => `${value} %`), max: 100 } },
      plugins: { ...options.plugins, legend: { display: false } },
    },
    plugins: [faultWindows(report, colors)],
  };
}
