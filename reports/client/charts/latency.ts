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
  const points = samplePoints(operations, series);
  const slowest = Math.max(0.001, ...[points.ok, points.fail, points.info].flat().map(({ y }) => y));
  const options = baseOptions(report, colors);
  return {
    type: 'scatter',
    data: {
      datasets: [...quantileLines(report, series, colors), ...pointClouds(points, colors)],
    },
    options: {
      ...options,
      scales: {
        ...options.scales,
        y: {
          type: 'logarithmic',
          // Room above the slowest, which are often all at the client's timeout.
          max: 1.6 * slowest,
          grid: { color: colors.line },
          border: { display: false },
          ticks: { color: colors.muted, maxTicksLimit: 7, callback: (value) => duration(Number(value) * 1e6) },
        },
      },
      plugins: {
        ...options.plugins,
        tooltip: {
          callbacks: {
            label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${duration((parsed.y ?? 0) * 1e6)}`,
          },
        },
      },
    },
    plugins: [faultWindows(report, colors)],
  };
}

function quantileLines({ aggregates }: EmbeddedReport, series: LatencySeries, colors: Palette): ChartDataset[] {
  const line = (label: string, values: readonly (number | null)[], width: number, dash: number[]): ChartDataset => ({
    type: 'line',
    label,
    data: bucketPoints(
      aggregates.bucketNs,
      values.map((value) => (value === null ? null : value / 1e6)),
    ),
    borderColor: colors.ink,
    backgroundColor: colors.ink,
    borderWidth: width,
    borderDash: dash,
    pointRadius: 0,
    pointStyle: 'line',
  });
  return [line('p50', series.p50, 2.2, []), line('p99', series.p99, 1.4, [5, 3])];
}

/** Outcomes differ in shape as well as in colour. */
function pointClouds({ ok, fail, info }: Samples, colors: Palette): ChartDataset[] {
  const common = { type: 'scatter' } as const;
  return [
    {
      ...common,
      label: 'ok',
      data: ok,
      pointStyle: 'circle',
      pointRadius: 2,
      borderWidth: 0,
      backgroundColor: `${colors.ok}88`,
    },
    {
      ...common,
      label: 'failed',
      data: fail,
      pointStyle: 'crossRot',
      pointRadius: 4,
      borderWidth: 1.4,
      borderColor: colors.fail,
    },
    {
      ...common,
      label: 'unknown',
      data: info,
      pointStyle: 'triangle',
      pointRadius: 4.5,
      borderWidth: 0,
      backgroundColor: colors.info,
    },
  ];
}

type Samples = Readonly<Record<'ok' | 'fail' | 'info', Point[]>>;

/** Every n-th operation of each outcome, so that rare outcomes are not crowded out by common ones. */
function samplePoints(operations: Operations, series: LatencySeries): Samples {
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
