import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { Operations } from '../../data/decode.js';
import type { EmbeddedReport, LatencySeries } from '../../data/wire.js';
import { duration } from '../../text.js';
import type { Palette } from '../theme.js';
import { baseOptions, bucketPoints, faultWindows, type Point } from './common.js';

/** Points drawn per outcome; more would only paint over one another. */
const MAX_POINTS = 1_500;

/** Names of the kinds there is a latency series for. */
export function kindsOf({ aggregates }: EmbeddedReport): readonly string[] {
  return aggregates.latency.map(({ workload, f }) => (workload === undefined ? f : `${workload} ${f}`));
}

/** Sampled operations as points, quantiles as lines, on a logarithmic scale in ms. */
export function latencyChart(
  report: EmbeddedReport,
  operations: Operations,
  kind: number,
  colors: Palette,
): ChartConfiguration {
  const series = report.aggregates.latency[kind];
  const options = baseOptions(report, colors);
  const quantile = (
    label: string,
    values: readonly (number | null)[],
    width: number,
    dash: number[],
  ): ChartDataset => ({
    type: 'line',
    label,
    data: bucketPoints(
      report.aggregates.bucketNs,
      values.map((value) => (value === null ? null : value / 1e6)),
    ),
    borderColor: colors.ink,
    backgroundColor: colors.ink,
    borderWidth: width,
    borderDash: dash,
    pointRadius: 0,
    pointStyle: 'line',
  });
  const points = samplePoints(operations, series);
  const scatter = (
    label: string,
    data: Point[],
    color: string,
    pointStyle: 'circle' | 'crossRot' | 'triangle',
    radius: number,
  ): ChartDataset => ({
    type: 'scatter',
    label,
    data,
    pointStyle,
    pointRadius: radius,
    borderColor: color,
    backgroundColor: pointStyle === 'circle' ? `${color}88` : color,
    borderWidth: pointStyle === 'crossRot' ? 1.4 : 0,
  });
  return {
    type: 'scatter',
    data: {
      datasets: [
        quantile('p50', series.p50, 2.2, []),
        quantile('p99', series.p99, 1.4, [5, 3]),
        scatter('ok', points.ok, colors.ok, 'circle', 2),
        scatter('failed', points.fail, colors.fail, 'crossRot', 4),
        scatter('unknown', points.info, colors.info, 'triangle', 4.5),
      ],
    },
    options: {
      ...options,
      scales: {
        ...options.scales,
        y: {
          type: 'logarithmic',
          // Room above the slowest, which are often all at the client's timeout.
          max: 1.6 * Math.max(...[points.ok, points.fail, points.info].flat().map(({ y }) => y), 0.001),
          grid: { color: colors.line },
          border: { display: false },
          ticks: { color: colors.muted, maxTicksLimit: 7, callback: (value) => duration(Number(value) * 1e6) },
        },
      },
      plugins: {
        ...options.plugins,
        tooltip: {
          callbacks: { label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${duration((parsed.y ?? 0) * 1e6)}` },
        },
      },
    },
    plugins: [faultWindows(report, colors)],
  };
}

/** Every n-th operation of each outcome, so that rare outcomes are not crowded out by common ones. */
function samplePoints(operations: Operations, series: LatencySeries) {
  const isAll = series.workload === undefined && !operations.functionNames.includes(series.f);
  const f = operations.functionNames.indexOf(series.f);
  const workload = series.workload === undefined ? -1 : operations.workloadNames.indexOf(series.workload);
  const byOutcome: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < operations.count; i++) {
    if (!isAll && (operations.functions[i] !== f || operations.workloads[i] !== workload)) continue;
    if (operations.outcomes[i] < 3) byOutcome[operations.outcomes[i]].push(i);
  }
  const [ok, fail, info] = byOutcome.map((all) => {
    const step = Math.max(1, Math.ceil(all.length / MAX_POINTS));
    return all
      .filter((_, position) => position % step === 0)
      .map((i) => ({ x: operations.starts[i] / 1e9, y: Math.max(1e-6, operations.durations[i] / 1e6) }));
  });
  return { ok, fail, info };
}
