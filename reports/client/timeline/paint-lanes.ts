import { firstEndingAfter, type Lane } from './lanes.js';
import { GROUP, timeToX } from './layout.js';
import { clipped, FONT, label, MONO, type Painting } from './paint.js';
import { wordsOf } from './state.js';

/** Below this width a bar is a mark of one pixel column, shared with its neighbours. */
const MARK = 2.5;
const MIN_LABEL = 26;
const ROOM_FOR_A_BEGINNING = 90;
const OK = 0;
const FAIL = 1;

export function paintLanes(painting: Painting): void {
  const { context, state, layout, colors } = painting;
  for (const row of layout.rows) {
    const top = layout.lanesTop + row.top - state.scroll;
    if (top > layout.height || top + layout.laneHeight + GROUP < layout.lanesTop) continue;
    if (row.kind === 'group') {
      context.font = `600 ${FONT}`;
      context.fillStyle = colors.ink;
      context.textAlign = 'left';
      context.fillText(row.label, 0, top + GROUP / 2 + 2);
      context.font = FONT;
      continue;
    }
    context.fillStyle = colors.muted;
    context.textAlign = 'left';
    label(context, row.lane.label, 12, top + layout.laneHeight / 2, layout.gutter - 20);
    context.fillStyle = colors.line;
    context.fillRect(layout.gutter, Math.round(top + layout.laneHeight / 2), layout.width, 1);
    clipped(context, layout.gutter, layout.lanesTop, layout.width - layout.gutter, layout.height, () =>
      paintLane(painting, row.lane, top),
    );
  }
}

/**
 * One lane, from the first operation in view to the last. Operations too narrow to tell apart share a pixel column:
 * one mark per outcome and column, so that painting costs no more than the screen is wide.
 */
function paintLane(painting: Painting, lane: Lane, top: number): void {
  const { state, layout } = painting;
  const { starts, durations, outcomes } = state.operations;
  const lastColumn = [-1, -1, -1, -1];
  const special: number[] = [];
  for (let at = firstEndingAfter(lane, state.operations, state.view.start); at < lane.operations.length; at++) {
    const operation = lane.operations[at];
    if (starts[operation] > state.view.end) break;
    if (state.mask[operation] === 0) continue;
    if (operation === state.selected || state.anomalyOf.has(operation)) special.push(operation);
    const x = timeToX(state, layout, starts[operation]);
    const open = outcomes[operation] === 3;
    const width = open
      ? layout.width - x
      : (durations[operation] / (state.view.end - state.view.start)) * (layout.width - layout.gutter);
    const dimmed = state.matchMask !== undefined && state.matchMask[operation] === 0;
    if (width >= MARK) paintBar(painting, operation, x, width, top, dimmed);
    else {
      const column = Math.floor(x);
      // A match must not hide behind a dimmed neighbour in the same column.
      if (lastColumn[outcomes[operation]] === column && (dimmed || state.matchMask === undefined)) continue;
      lastColumn[outcomes[operation]] = column;
      paintMark(painting, outcomes[operation], column, top, dimmed);
    }
  }
  for (const operation of special) paintSpecial(painting, operation, top);
}

/** Outcomes differ in height and place as well as in colour: ok in the middle, failed low, unknown the whole lane. */
function paintMark(
  { context, layout, colors }: Painting,
  outcome: number,
  x: number,
  top: number,
  dimmed: boolean,
): void {
  const { laneHeight } = layout;
  context.globalAlpha = dimmed ? 0.15 : 1;
  if (outcome === OK) {
    context.fillStyle = colors.ok;
    context.fillRect(x, top + laneHeight * 0.28, 1.4, laneHeight * 0.44);
  } else if (outcome === FAIL) {
    context.fillStyle = colors.fail;
    context.fillRect(x, top + laneHeight * 0.5, 1.4, laneHeight * 0.42);
  } else {
    context.fillStyle = colors.info;
    context.fillRect(x, top + 1, 1.8, laneHeight - 2);
  }
  context.globalAlpha = 1;
}

function paintBar(painting: Painting, operation: number, x: number, width: number, top: number, dimmed: boolean): void {
  const { context, state, layout, colors } = painting;
  const outcome = state.operations.outcomes[operation];
  const y = top + 2.5;
  const height = layout.laneHeight - 5;
  const color = outcome === OK ? colors.ok : outcome === FAIL ? colors.fail : colors.info;
  context.globalAlpha = dimmed ? 0.15 : 1;
  context.beginPath();
  const radius = Math.min(3, width / 3);
  context.roundRect(x, y, width, height, outcome > FAIL ? [radius, 0, 0, radius] : radius);
  if (outcome === FAIL) {
    context.fillStyle = colors.paper;
    context.fill();
    context.strokeStyle = color;
    context.lineWidth = 1.4;
    context.stroke();
  } else {
    context.fillStyle = color;
    context.fill();
  }
  if (outcome > FAIL) hatch(context, x, y, width, height, colors.paper);
  const from = Math.max(x, layout.gutter) + 5;
  const room = x + width - from - 4;
  if (room > MIN_LABEL && layout.laneHeight >= 18) paintWords(painting, operation, from, y, room, height);
  context.globalAlpha = 1;
}

function paintWords(painting: Painting, operation: number, x: number, y: number, room: number, height: number): void {
  const { context, state, colors } = painting;
  const outcome = state.operations.outcomes[operation];
  const words = wordsOf(state.operations, operation, 80);
  context.font = MONO;
  const width = context.measureText(words).width;
  // Half a word in every bar is noise; from a certain width on it is a beginning.
  if (width <= room || room >= ROOM_FOR_A_BEGINNING) {
    if (outcome > FAIL) context.fillRect(x - 3, y + 2, Math.min(room, width) + 6, height - 4);
    context.fillStyle = outcome === FAIL ? colors.ink : colors.onBar;
    context.textAlign = 'left';
    label(context, words, x, y + height / 2 + 0.5, room);
  }
  context.font = FONT;
}

/** Diagonal stripes: the outcome is unknown. */
function hatch(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string,
): void {
  clipped(context, Math.max(x, 0), y, Math.min(width, 4_000), height, () => {
    context.strokeStyle = color;
    context.lineWidth = 1.2;
    context.beginPath();
    const end = Math.min(x + width, 4_000);
    for (let at = Math.max(x, 0) - height; at < end; at += 7) {
      context.moveTo(at, y + height);
      context.lineTo(at + height, y);
    }
    context.stroke();
  });
}

/** A frame around the selected operation, and a flag on every operation that proves an anomaly, at any distance. */
function paintSpecial(painting: Painting, operation: number, top: number): void {
  const { context, state, layout, colors } = painting;
  const { starts, durations } = state.operations;
  const x = timeToX(state, layout, starts[operation]);
  const width = Math.max(3, timeToX(state, layout, starts[operation] + durations[operation]) - x);
  const isProof = state.anomalyOf.has(operation);
  context.strokeStyle = isProof ? colors.violation : colors.ink;
  context.lineWidth = operation === state.selected ? 2.5 : 1.8;
  context.beginPath();
  context.roundRect(x - 1.5, top + 1, width + 3, layout.laneHeight - 2, 4);
  context.stroke();
  if (isProof) {
    context.fillStyle = colors.violation;
    context.beginPath();
    context.moveTo(x - 4, top - 2);
    context.lineTo(x + 5, top - 2);
    context.lineTo(x + 0.5, top + 5);
    context.fill();
  }
  if (operation !== state.selected) return;
  context.strokeStyle = colors.ink;
  context.beginPath();
  context.roundRect(x - 4, top - 1.5, width + 8, layout.laneHeight + 3, 5);
  context.stroke();
}
