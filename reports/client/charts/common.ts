import type { ChartOptions, Plugin } from 'chart.js';
import type { EmbeddedReport } from '../../data/wire.js';
import { shadeWindows } from '../shade.js';
import type { Palette } from '../theme.js';

export const FACE = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, system-ui, sans-serif';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Time along x in seconds, colours of the page, nothing animated. */
export function baseOptions(report: EmbeddedReport, colors: Palette): ChartOptions {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    normalized: true,
    color: colors.ink,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    layout: { padding: { top: report.faults.length > 0 ? 18 : 4 } },
    scales: { x: timeScale(report, colors) },
    plugins: {
      legend: { position: 'bottom', labels: { usePointStyle: true, color: colors.ink, boxHeight: 8, padding: 18 } },
      tooltip: {
        callbacks: { title: (items) => items.slice(0, 1).map(({ parsed }) => `${(parsed.x ?? 0).toFixed(2)} s`) },
      },
    },
  };
}

function timeScale(report: EmbeddedReport, colors: Palette) {
  return {
    type: 'linear' as const,
    min: 0,
    max: report.durationNs / 1e9,
    grid: { color: colors.line },
    border: { color: colors.line },
    ticks: {
      color: colors.muted,
      maxRotation: 0,
      includeBounds: false,
      callback: (value: number | string) => `${Number(Number(value).toPrecision(6))} s`,
    },
  };
}

export function valueScale(colors: Palette, text: (value: number) => string) {
  return {
    type: 'linear' as const,
    min: 0,
    grid: { color: colors.line },
    border: { display: false },
    ticks: { color: colors.muted, callback: (value: number | string) => text(Number(value)) },
  };
}

/** Shades the time of every fault and names it above. */
export function faultWindows({ faults }: EmbeddedReport, colors: Palette): Plugin {
  return {
    id: 'fault-windows',
    beforeDatasetsDraw: ({ ctx, chartArea, scales }) => {
      const x = (time: number) => scales['x'].getPixelForValue(time / 1e9);
      shadeWindows(ctx, faults, colors.fault, x, chartArea.top, chartArea.height);
      ctx.save();
      ctx.font = `11px ${FACE}`;
      ctx.textBaseline = 'bottom';
      let free = -Infinity;
      for (const { kind, requestedTime, startTime, endTime } of faults) {
        ctx.fillStyle = colors.faultLine;
        ctx.fillRect(x(startTime), chartArea.top - 2, Math.max(1, x(endTime) - x(startTime)), 2);
        if (x(requestedTime) < free) continue;
        ctx.fillStyle = colors.muted;
        ctx.fillText(kind, x(requestedTime), chartArea.top - 4);
        free = x(requestedTime) + ctx.measureText(kind).width + 8;
      }
      ctx.restore();
    },
  };
}

/** A bucket's values as points in its middle; buckets without a value leave a gap. */
export function bucketPoints(bucketNs: number, values: readonly (number | null)[]): { x: number; y: number }[] {
  return values.map((value, bucket) => ({ x: ((bucket + 0.5) * bucketNs) / 1e9, y: value ?? Number.NaN }));
}
