import { element, prepareCanvas } from '../dom.js';
import { shadeWindows } from '../shade.js';
import { palette } from '../theme.js';
import type { TimelineState } from './state.js';
import { within } from './viewport.js';

const HEIGHT = 46;

/** The whole run in a strip: how much completed when, where faults were, and which part is in view; drag to move. */
export function makeOverview(state: TimelineState, gutter: () => number, changed: () => void) {
  const canvas = element('canvas', { class: 'overview', 'aria-hidden': 'true' });
  const toTime = (x: number) => {
    const { start, end } = state.bounds;
    return start + ((x - gutter()) / (canvas.clientWidth - gutter())) * (end - start);
  };
  const moveTo = (x: number) => {
    const half = (state.view.end - state.view.start) / 2;
    state.view = within({ start: toTime(x) - half, end: toTime(x) + half }, state.bounds);
    changed();
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    moveTo(event.offsetX);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) moveTo(event.offsetX);
  });
  return { canvas, paint: () => paintOverview(canvas, state, gutter()) };
}

function paintOverview(canvas: HTMLCanvasElement, state: TimelineState, gutter: number): void {
  const width = canvas.clientWidth;
  const context = prepareCanvas(canvas, width, HEIGHT);
  const colors = palette();
  const { start, end } = state.bounds;
  const x = (time: number) => gutter + ((time - start) / (end - start || 1)) * (width - gutter);
  context.fillStyle = colors.sunken;
  context.fillRect(gutter, 0, width, HEIGHT);
  shadeWindows(context, state.report.faults, colors.fault, x, 0, HEIGHT);
  paintRates(context, state, x);
  context.fillStyle = colors.violation;
  for (const operation of state.anomalyOf.keys()) {
    context.beginPath();
    const at = x(state.operations.starts[operation]);
    context.moveTo(at - 4, 0);
    context.lineTo(at + 4, 0);
    context.lineTo(at, 7);
    context.fill();
  }
  const [from, to] = [x(state.view.start), x(state.view.end)];
  context.globalAlpha = 0.6;
  context.fillStyle = colors.paper;
  context.fillRect(gutter, 0, from - gutter, HEIGHT);
  context.fillRect(to, 0, width - to, HEIGHT);
  context.globalAlpha = 1;
  context.strokeStyle = colors.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(from + 1, 1, Math.max(4, to - from - 2), HEIGHT - 2, 4);
  context.stroke();
}

function paintRates(context: CanvasRenderingContext2D, state: TimelineState, x: (time: number) => number): void {
  const { ok, fail, info, bucketNs } = state.report.aggregates;
  const colors = palette();
  const most = Math.max(1, ...ok.map((each, bucket) => each + fail[bucket] + info[bucket]));
  const scale = (HEIGHT - 8) / most;
  for (const [bucket, succeeded] of ok.entries()) {
    const left = x(bucket * bucketNs);
    const width = Math.max(1, x((bucket + 1) * bucketNs) - left - 0.5);
    let bottom = HEIGHT;
    for (const [counts, color] of [
      [succeeded, colors.ok],
      [fail[bucket], colors.fail],
      [info[bucket], colors.info],
    ] as const) {
      context.fillStyle = color;
      context.fillRect(left, bottom - counts * scale, width, counts * scale);
      bottom -= counts * scale;
    }
  }
}
