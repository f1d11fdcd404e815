import type { Layout } from './layout.js';
import type { TimelineState } from './state.js';
import { around, within } from './viewport.js';

/** Remembers what a search found; undefined ends the search. */
export function setMatches(state: TimelineState, matches: Int32Array | undefined): void {
  state.matches = matches;
  state.matchMask = matches === undefined ? undefined : new Uint8Array(state.operations.count);
  for (const operation of matches ?? []) state.matchMask![operation] = 1;
}

/**
 * The next operation found, from the other end again after the last one, or, without a search, the next one that the
 * filter lets through.
 */
export function nextOf(
  { matches, matchMask, mask, selected, operations, view }: TimelineState,
  direction: 1 | -1,
): number | undefined {
  const inView = () => {
    const first = operations.starts.findIndex((start) => start >= view.start);
    return direction === 1 ? first - 1 : first + 1;
  };
  const firstFrom = (from: number) => {
    for (let i = from + direction; i >= 0 && i < operations.count; i += direction) {
      if (mask[i] === 1 && (matchMask === undefined || matchMask[i] === 1)) return i;
    }
    return undefined;
  };
  if (matches === undefined) return firstFrom(selected ?? inView());
  const outside = direction === 1 ? -1 : operations.count;
  return firstFrom(selected ?? outside) ?? firstFrom(outside);
}

/** Moves and zooms no more than is needed to see an operation. */
export function bringIntoView(state: TimelineState, layout: Layout, operation: number): void {
  const { starts, durations } = state.operations;
  const [start, end] = [starts[operation], starts[operation] + durations[operation]];
  const { view, bounds } = state;
  const visibleWidth = ((end - start) / (view.end - view.start)) * (layout.width - layout.gutter);
  const inside = start >= view.start && end <= view.end;
  if (!inside || visibleWidth < 12) {
    // Stepping from one operation to the next keeps the scale, unless nothing could be seen at it.
    const span = view.end - view.start;
    const keepsScale = visibleWidth >= 12 && end - start < span;
    state.view = keepsScale
      ? within({ start: (start + end - span) / 2, end: (start + end + span) / 2 }, bounds)
      : around(start, end, bounds);
  }
  const row = layout.rows.find((each) => each.kind === 'lane' && each.lane.operations.includes(operation));
  if (row === undefined) return;
  const room = layout.height - layout.lanesTop;
  if (row.top < state.scroll || row.top + layout.laneHeight > state.scroll + room) state.scroll = row.top - room / 2;
}
