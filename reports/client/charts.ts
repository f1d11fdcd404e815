import {
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js';
import type { Operations } from '../data/decode.js';
import type { EmbeddedReport } from '../data/wire.js';
import { availabilityChart } from './charts/availability.js';
import { FACE } from './charts/common.js';
import { latencyChart, kindsOf } from './charts/latency.js';
import { rateChart } from './charts/rate.js';
import { element } from './dom.js';
import { onThemeChange, palette, type Palette } from './theme.js';

Chart.defaults.font.family = FACE;
Chart.register(
  LineController,
  ScatterController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  Tooltip,
  Legend,
);

type Configure = (colors: Palette) => ChartConfiguration;

/** Draws each chart when it first comes near the screen. */
export function mountCharts(report: EmbeddedReport, operations: Operations): void {
  const host = (id: string) => document.querySelector<HTMLElement>(`[data-chart="${id}"]`);
  if (!report.timed) return;
  mountOne(host('rate'), (colors) => rateChart(report, colors));
  mountOne(host('availability'), (colors) => availabilityChart(report, colors));
  mountLatency(host('latency'), report, operations);
}

function mountLatency(host: HTMLElement | null, report: EmbeddedReport, operations: Operations): void {
  const kinds = kindsOf(report);
  if (host === null || kinds.length === 0) return;
  const select = element('select', { id: 'latency-kind' });
  for (const [position, name] of kinds.entries()) select.append(element('option', { value: `${position}` }, name));
  const field = element('p', { class: 'field' }, element('label', { for: 'latency-kind' }, 'Operations'), select);
  host.before(field);
  const redraw = mountOne(host, (colors) => latencyChart(report, operations, Number(select.value), colors));
  select.addEventListener('change', redraw);
}

function mountOne(host: HTMLElement | null, configure: Configure): () => void {
  if (host === null) return () => undefined;
  const canvas = element('canvas', { role: 'img', 'aria-labelledby': host.getAttribute('aria-labelledby') ?? '' });
  host.removeAttribute('aria-labelledby');
  host.append(canvas);
  let chart: Chart | undefined;
  const draw = () => {
    chart?.destroy();
    chart = new Chart(canvas, configure(palette()));
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      draw();
    },
    { rootMargin: '400px' },
  );
  observer.observe(host);
  const redraw = () => {
    if (chart !== undefined) draw();
  };
  onThemeChange(redraw);
  // What was never scrolled to has to be on paper all the same.
  addEventListener('beforeprint', () => {
    if (chart === undefined) draw();
    chart?.resize();
  });
  return redraw;
}
