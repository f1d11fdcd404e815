import { shadeWindows } from '../shade.js';
import type { Palette } from '../theme.js';
import { ticks } from '../../ticks.js';
import { paintLanes } from './paint-lanes.js';
import { AXIS, FAULT_BAR, FAULT_ROW, LEADERS, PHASES, timeToX, type Layout } from './layout.js';
import type { TimelineState } from './state.js';

/** As in the style of the page. */
const TEXT_FACE = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, system-ui, sans-serif';
export const FONT = `12px ${TEXT_FACE}`;
export const MONO = '11.5px ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace';

/** Everything a painter needs at once. */
export interface Painting {
  readonly context: CanvasRenderingContext2D;
  readonly state: TimelineState;
  readonly layout: Layout;
  readonly colors: Palette;
}

/** Paints the whole timeline; called after every change. Work is bounded by what is in view. */
export function paint(painting: Painting): void {
  const { context, layout, colors } = painting;
  context.font = FONT;
  context.textBaseline = 'middle';
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, layout.width, layout.height);
  clipped(context, layout.gutter, 0, layout.width - layout.gutter, layout.height, () => {
    shadeFaults(painting);
    paintAxis(painting);
    paintPhases(painting);
    paintFaults(painting);
    paintLeaders(painting);
  });
  clipped(context, 0, layout.lanesTop, layout.width, layout.height - layout.lanesTop, () => paintLanes(painting));
  paintGutter(painting);
}

export function clipped(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  draw: () => void,
) {
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  draw();
  context.restore();
}

/** A short text at a place, cut off with an ellipsis where there is no room. */
export function label(context: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  if (room < 14) return;
  if (context.measureText(text).width <= room) return context.fillText(text, x, y);
  let shown = text.slice(0, Math.max(1, Math.floor(room / 5)));
  while (shown.length > 1 && context.measureText(`${shown}…`).width > room) shown = shown.slice(0, -1);
  if (shown.length > 2) context.fillText(`${shown}…`, x, y);
}

function shadeFaults({ context, state, layout, colors }: Painting): void {
  shadeWindows(
    context,
    state.report.faults,
    colors.fault,
    (time) => timeToX(state, layout, time),
    layout.lanesTop,
    layout.height,
  );
}

function paintAxis({ context, state, layout, colors }: Painting): void {
  const { start, end } = state.view;
  for (const tick of ticks(start, end, layout.width / 110)) {
    const x = timeToX(state, layout, tick);
    context.fillStyle = colors.line;
    context.fillRect(x, AXIS - 5, 1, layout.height);
    context.fillStyle = colors.muted;
    context.textAlign = x < layout.gutter + 16 ? 'left' : 'center';
    context.fillText(tickText(tick, end - start, state.report.timed), x, AXIS / 2);
  }
}

function tickText(tick: number, span: number, timed: boolean): string {
  if (!timed) return `event ${Math.round(tick)}`;
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(span / 8e9))));
  return `${(tick / 1e9).toFixed(digits)} s`;
}

function paintPhases({ context, state, layout, colors }: Painting): void {
  context.textAlign = 'left';
  for (const { name, startTime, endTime } of state.report.phases) {
    const x = timeToX(state, layout, startTime);
    const width = timeToX(state, layout, endTime) - x;
    context.fillStyle = colors.sunken;
    context.fillRect(x + 1, AXIS, Math.max(1, width - 2), PHASES - 4);
    context.fillStyle = colors.muted;
    const from = Math.max(x, layout.gutter) + 7;
    label(context, name, from, AXIS + (PHASES - 4) / 2, x + width - from - 6);
  }
}

/**
 * A fault that bit is a filled bar, one that did nothing only an outline; a thin line before it while it was being
 * injected. The name below may reach to the next fault.
 */
function paintFaults({ context, state, layout, colors }: Painting): void {
  const { faults } = state.report;
  context.textAlign = 'left';
  for (const [position, fault] of faults.entries()) {
    const row = layout.faultRows[position];
    const requestedX = timeToX(state, layout, fault.requestedTime);
    const x = timeToX(state, layout, fault.startTime);
    const width = Math.max(3, timeToX(state, layout, fault.endTime) - x);
    const top = layout.faultsTop + row * FAULT_ROW;
    context.fillStyle = colors.faultLine;
    context.fillRect(requestedX, top + FAULT_BAR / 2, Math.max(0, x - requestedX), 2);
    context.fillStyle = fault.effective ? colors.faultLine : colors.paper;
    context.strokeStyle = colors.faultLine;
    context.lineWidth = 1.2;
    context.beginPath();
    context.roundRect(x + 0.5, top + 1, width - 1, FAULT_BAR, 3);
    context.fill();
    context.stroke();
    const next = faults.find(
      ({ startTime }, other) => other > position && layout.faultRows[other] === row && startTime >= fault.endTime,
    );
    const end = next === undefined ? layout.width : timeToX(state, layout, next.startTime);
    const from = Math.max(requestedX, layout.gutter) + 1;
    context.fillStyle = colors.ink;
    const room = end - from - 6;
    const idle = `${fault.kind}, no effect`;
    const text = fault.effective || context.measureText(idle).width > room ? fault.kind : idle;
    if (end > layout.gutter) label(context, text, from, top + FAULT_BAR + 11, room);
  }
}

/** Who was seen to lead: a line where two sightings agree, dots where it changed between them. */
function paintLeaders({ context, state, layout, colors }: Painting): void {
  const seen = state.report.leaders.filter(({ nodes }) => nodes.length > 0);
  const y = layout.leadersTop + LEADERS / 2;
  const stretches = seen.map(({ time, nodes }, position) => {
    const following = seen[position + 1] as (typeof seen)[number] | undefined;
    const name = nodes.join(' ');
    return {
      name,
      x: timeToX(state, layout, time),
      endX: following === undefined ? layout.width : timeToX(state, layout, following.time),
      keeps: following === undefined || following.nodes.join(' ') === name,
    };
  });
  context.strokeStyle = colors.accent;
  context.lineWidth = 1.5;
  for (const { x, endX, keeps } of stretches) {
    context.setLineDash(keeps ? [] : [2, 4]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(endX, y);
    context.stroke();
  }
  context.setLineDash([]);
  context.textAlign = 'left';
  let free = -Infinity;
  for (const [position, { name, x, endX }] of stretches.entries()) {
    const width = context.measureText(name).width + 12;
    // A name stays in sight at the left edge as long as its stretch does.
    const left = Math.max(x, layout.gutter + 1);
    const isNew = position === 0 || x < layout.gutter || stretches[position - 1].name !== name;
    if (!isNew || left < free || left + width > Math.max(endX, x + width)) continue;
    context.fillStyle = colors.paper;
    context.beginPath();
    context.roundRect(left, y - 8, width, 16, 8);
    context.fill();
    context.stroke();
    context.fillStyle = colors.accent;
    context.fillText(name, left + 6, y + 0.5);
    free = left + width;
  }
}

function paintGutter({ context, state, layout, colors }: Painting): void {
  context.textAlign = 'left';
  context.fillStyle = colors.muted;
  if (state.report.phases.length > 0) context.fillText('Phase', 0, AXIS + (PHASES - 4) / 2);
  if (layout.faultRows.length > 0) context.fillText('Faults', 0, layout.faultsTop + FAULT_ROW / 2);
  if (layout.lanesTop - layout.leadersTop > LEADERS) context.fillText('Leader', 0, layout.leadersTop + LEADERS / 2);
  context.fillStyle = colors.line;
  context.fillRect(0, layout.lanesTop - 1, layout.width, 1);
}
