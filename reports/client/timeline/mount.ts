import type { Operations } from '../../data/decode.js';
import type { EmbeddedReport } from '../../data/wire.js';
import { count, plural } from '../../text.js';
import { element, prepareCanvas } from '../dom.js';
import { onThemeChange, palette } from '../theme.js';
import { makeControls } from './controls.js';
import { showDetails } from './details.js';
import { listen } from './interaction.js';
import { layLanes } from './lanes.js';
import { layOut, type Layout } from './layout.js';
import { paint } from './paint.js';
import { makeOverview } from './overview.js';
import { applyFilter, search } from './search.js';
import { findByIndex, wordsOf, type TimelineState } from './state.js';
import { makeViewTable } from './view-table.js';
import { around, within, zoom } from './viewport.js';

const HELP =
  'Drag to move, hold Ctrl and turn the wheel to zoom, click an operation. With the keyboard: arrows move, plus and minus zoom, ' +
  'n and p step through operations, a through anomalies, Enter selects, 0 shows the whole run, slash searches.';

/** Builds the timeline inside `host`: controls, overview, canvas, details, and a table of what is in view. */
export function mountTimeline(host: HTMLElement, report: EmbeddedReport, operations: Operations): void {
  const state = initialState(report, operations);
  const canvas = element('canvas', {
    class: 'lanes',
    tabindex: '0',
    role: 'application',
    'aria-label': 'Timeline of operations by process',
    'aria-describedby': 'timeline-help',
  });
  const status = element('p', { class: 'status', role: 'status' });
  const panel = element('div', { class: 'details-panel' });
  const table = makeViewTable(state, (operation) => select(operation, 'show'));
  let layout: Layout = layOut(state, 900);

  const repaint = scheduled(() => {
    layout = layOut(state, canvas.clientWidth);
    state.scroll = Math.max(0, Math.min(state.scroll, layout.rowsHeight - (layout.height - layout.lanesTop)));
    const context = prepareCanvas(canvas, layout.width, layout.height);
    paint({ context, state, layout, colors: palette() });
    overview.paint();
    table.refresh();
  });
  const overview = makeOverview(state, () => layout.gutter, repaint);

  const select = (operation: number | undefined, how: 'show' | 'keep') => {
    state.selected = operation;
    if (operation !== undefined) {
      if (how === 'show') bringIntoView(state, layout, operation);
      status.textContent = `Selected #${operations.indices[operation]}: ${wordsOf(operations, operation)}`;
      replaceHash(`#op=${operations.indices[operation]}`);
    }
    showDetails(panel, state, (other) => select(other, 'show'));
    repaint();
  };
  const zoomBy = (factor: number, anchor = (state.view.start + state.view.end) / 2) => {
    state.view = zoom(state.view, factor, anchor, state.bounds);
    repaint();
  };
  const fit = () => {
    state.view = state.bounds;
    repaint();
  };
  const step = (direction: 1 | -1) => {
    const next = nextOf(state, direction);
    if (next === undefined) status.textContent = 'Nothing to step to.';
    else select(next, 'show');
  };
  const proofs = [...state.anomalyOf.keys()].sort((a, b) => a - b);
  const nextAnomaly = () => {
    const next = proofs.find((operation) => operation > (state.selected ?? -1)) ?? proofs[0];
    select(next, 'show');
  };
  const controls = makeControls(operations, {
    filterChanged: () => {
      state.mask = applyFilter(operations, controls.filter());
      repaint();
    },
    groupingChanged: () => {
      state.lanes = layLanes(operations, controls.grouping());
      repaint();
    },
    searchChanged: () => {
      const query = controls.searchBox.value.trim();
      setMatches(state, query === '' ? undefined : search(operations, query));
      controls.found.textContent = state.matches === undefined ? '' : `${count(state.matches.length)} found`;
      if (state.matches?.length === 1) select(state.matches[0], 'show');
      repaint();
    },
    step,
    zoom: zoomBy,
    fit,
    nextAnomaly: proofs.length > 0 ? nextAnomaly : undefined,
  });
  const tip = element('div', { class: 'tip', hidden: '' });
  listen(canvas, state, {
    layout: () => layout,
    repaint,
    select,
    zoom: zoomBy,
    fit,
    step,
    nextAnomaly,
    focusSearch: () => controls.searchBox.focus(),
    showTip: (text, x, y) => {
      tip.hidden = text === undefined;
      if (text === undefined) return;
      tip.textContent = text;
      tip.style.left = `${Math.min(x + 14, layout.width - 300)}px`;
      tip.style.top = `${y + 16}px`;
    },
  });
  host.replaceChildren(
    controls.toolbar,
    overview.canvas,
    element('div', { class: 'stage' }, canvas, tip),
    element('p', { class: 'aside', id: 'timeline-help' }, HELP),
    status,
    panel,
    table.details,
  );
  showDetails(panel, state, (other) => select(other, 'show'));
  new ResizeObserver(repaint).observe(canvas);
  onThemeChange(repaint);
  const followLink = () => {
    const index = linkedIndex();
    if (index === undefined) return;
    const operation = findByIndex(operations, index);
    host.closest('section')!.scrollIntoView({ block: 'start' });
    if (operation !== undefined) return select(operation, 'show');
    status.textContent = `Operation #${index} is not among the ${plural(operations.count, 'operation')} of this page; the history has it.`;
  };
  addEventListener('hashchange', followLink);
  repaint();
  followLink();
}

function initialState(report: EmbeddedReport, operations: Operations): TimelineState {
  const bounds = { start: 0, end: Math.max(1, report.durationNs) };
  const anomalyOf = new Map<number, number[]>();
  for (const { number, operations: indices } of report.anomalies) {
    for (const index of indices) {
      const operation = findByIndex(operations, index);
      if (operation !== undefined) anomalyOf.set(operation, [...(anomalyOf.get(operation) ?? []), number]);
    }
  }
  return {
    report,
    operations,
    bounds,
    view: bounds,
    lanes: layLanes(operations, 'workload'),
    scroll: 0,
    mask: new Uint8Array(operations.count).fill(1),
    matches: undefined,
    matchMask: undefined,
    selected: undefined,
    anomalyOf,
  };
}

function setMatches(state: TimelineState, matches: Int32Array | undefined): void {
  state.matches = matches;
  state.matchMask = matches === undefined ? undefined : new Uint8Array(state.operations.count);
  for (const operation of matches ?? []) state.matchMask![operation] = 1;
}

/** The next operation found, or, without a search, the next one that the filter lets through. */
function nextOf(
  { matches, matchMask, mask, selected, operations, view }: TimelineState,
  direction: 1 | -1,
): number | undefined {
  const inView = () => {
    const first = operations.starts.findIndex((start) => start >= view.start);
    return direction === 1 ? first - 1 : first + 1;
  };
  const from = selected ?? (matches === undefined ? inView() : direction === 1 ? -1 : operations.count);
  for (let i = from + direction; i >= 0 && i < operations.count; i += direction) {
    if (mask[i] === 1 && (matchMask === undefined || matchMask[i] === 1)) return i;
  }
  return undefined;
}

function bringIntoView(state: TimelineState, layout: Layout, operation: number): void {
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

function linkedIndex(): number | undefined {
  const match = /^#op=(\d+)$/.exec(location.hash);
  return match === null ? undefined : Number(match[1]);
}

function replaceHash(hash: string): void {
  // Does not scroll and adds nothing to the history; some browsers refuse it for local files.
  try {
    history.replaceState(null, '', hash);
  } catch {
    /* The selection stands without a link. */
  }
}

/** Many changes, one painting per frame. */
function scheduled(work: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
