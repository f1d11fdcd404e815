import type { EmbeddedFault } from '../../data/wire.js';
import { firstEndingAfter, type Lane } from './lanes.js';
import type { TimelineState } from './state.js';

export const AXIS = 26;
export const PHASES = 20;
export const FAULT_ROW = 26;
export const FAULT_BAR = 7;
export const LEADERS = 22;
export const GROUP = 22;
export const MAX_FAULT_ROWS = 4;
const MAX_LANES_HEIGHT = 460;

export type Row =
  | { readonly kind: 'group'; readonly label: string; readonly top: number }
  | { readonly kind: 'lane'; readonly lane: Lane; readonly top: number };

/** Where everything stands, in CSS pixels from the canvas' top left. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Width of the labels at the left. */
  readonly gutter: number;
  readonly laneHeight: number;
  /** Row of each fault, in the order of the report's faults. */
  readonly faultRows: readonly number[];
  readonly faultsTop: number;
  readonly leadersTop: number;
  readonly lanesTop: number;
  /** Tops are relative to `lanesTop`, before scrolling. */
  readonly rows: readonly Row[];
  readonly rowsHeight: number;
}

export function layOut(state: TimelineState, width: number): Layout {
  const { report, lanes } = state;
  const gutter = width < 640 ? 84 : 132;
  const laneHeight = lanes.length > 40 ? 14 : lanes.length > 16 ? 18 : 24;
  const faultRows = stackFaults(report.faults);
  const faultsTop = AXIS + (report.phases.length > 0 ? PHASES : 0);
  const leadersTop = faultsTop + (faultRows.length === 0 ? 0 : (Math.max(...faultRows) + 1) * FAULT_ROW + 4);
  const lanesTop = leadersTop + (report.leaders.some(({ nodes }) => nodes.length > 0) ? LEADERS : 0) + 4;
  const rows: Row[] = [];
  let top = 0;
  for (const [position, lane] of lanes.entries()) {
    if (lane.group !== '' && lane.group !== lanes[position - 1]?.group) {
      rows.push({ kind: 'group', label: lane.group, top });
      top += GROUP;
    }
    rows.push({ kind: 'lane', lane, top });
    top += laneHeight;
  }
  const rowsHeight = top + 6;
  const height = lanesTop + Math.min(MAX_LANES_HEIGHT, Math.max(rowsHeight, 60));
  return { width, height, gutter, laneHeight, faultRows, faultsTop, leadersTop, lanesTop, rows, rowsHeight };
}

/** The first row in which nothing else is in place at the same time; the last row takes what finds none. */
function stackFaults(faults: readonly EmbeddedFault[]): number[] {
  const freeFrom: number[] = [];
  return faults.map(({ startTime, endTime }) => {
    const free = freeFrom.findIndex((time) => time <= startTime);
    const row = free >= 0 ? free : Math.min(freeFrom.length, MAX_FAULT_ROWS - 1);
    freeFrom[row] = Math.max(endTime, freeFrom[row] ?? 0);
    return row;
  });
}

export function timeToX({ view }: TimelineState, { gutter, width }: Layout, time: number): number {
  return gutter + ((time - view.start) / (view.end - view.start || 1)) * (width - gutter);
}

export function xToTime({ view }: TimelineState, { gutter, width }: Layout, x: number): number {
  return view.start + ((x - gutter) / (width - gutter)) * (view.end - view.start);
}

/** What stands at a point of the canvas. */
export type Hit =
  | { readonly kind: 'operation'; readonly operation: number }
  | { readonly kind: 'fault'; readonly fault: EmbeddedFault }
  | undefined;

export function hitAt(state: TimelineState, layout: Layout, x: number, y: number): Hit {
  if (x < layout.gutter) return undefined;
  const time = xToTime(state, layout, x);
  if (y < layout.lanesTop) return faultAt(state, layout, time, y);
  const inside = y - layout.lanesTop + state.scroll;
  const row = layout.rows.find(
    (each) => each.kind === 'lane' && inside >= each.top && inside < each.top + layout.laneHeight,
  );
  if (row?.kind !== 'lane') return undefined;
  return nearestIn(state, row.lane, time, xToTime(state, layout, x + 5) - time);
}

function faultAt(state: TimelineState, layout: Layout, time: number, y: number): Hit {
  const row = Math.floor((y - layout.faultsTop) / FAULT_ROW);
  const fault = state.report.faults.find(
    ({ startTime, endTime }, position) => layout.faultRows[position] === row && startTime <= time && time <= endTime,
  );
  return fault === undefined ? undefined : { kind: 'fault', fault };
}

function nearestIn(state: TimelineState, lane: Lane, time: number, tolerance: number): Hit {
  const { starts, durations } = state.operations;
  let best: number | undefined;
  let bestDistance = tolerance;
  for (let at = firstEndingAfter(lane, state.operations, time - tolerance); at < lane.operations.length; at++) {
    const operation = lane.operations[at];
    if (starts[operation] > time + tolerance) break;
    const distance = Math.max(0, starts[operation] - time, time - starts[operation] - durations[operation]);
    if (state.mask[operation] === 1 && distance <= bestDistance) {
      best = operation;
      bestDistance = distance;
    }
  }
  return best === undefined ? undefined : { kind: 'operation', operation: best };
}
