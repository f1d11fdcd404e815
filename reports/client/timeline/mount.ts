import type { Operations } from '../../data/decode.js';
import type { EmbeddedReport } from '../../data/wire.js';
import { count, plural } from '../../text.js';
import { element, prepareCanvas } from '../dom.js';
import { onThemeChange, palette } from '../theme.js';
import { makeControls, type Controls } from './controls.js';
import { showDetails } from './details.js';
import { listen } from './interaction.js';
import { layLanes } from './lanes.js';
import { layOut, type Layout } from './layout.js';
import { linkedIndex, replaceHash } from './link.js';
import { bringIntoView, nextOf, setMatches } from './navigate.js';
import { makeOverview } from './overview.js';
import { paint } from './paint.js';
import { applyFilter, search } from './search.js';
import { findByIndex, initialState, wordsOf, type TimelineState } from './state.js';
import { makeViewTable } from './view-table.js';
import { zoom } from './viewport.js';

const HELP =
  'Drag to move, hold Ctrl and turn the wheel to zoom, click an operation. With the keyboard: arrows move, plus and minus zoom, ' +
  'n and p step through operations, a through anomalies, Enter selects, 0 shows the whole run, slash searches.';

/** Builds the timeline inside `host`: controls, overview, canvas, details, and a table of what is in view. */
export function mountTimeline(host: HTMLElement, report: EmbeddedReport, operations: Operations): void {
  new Timeline(host, initialState(report, operations)).mount();
}

/** How a selection comes about: from afar it has to be brought into view, under the pointer it is there already. */
type Manner = 'show' | 'keep';

class Timeline {
  private readonly canvas = element('canvas', {
    class: 'lanes',
    tabindex: '0',
    role: 'application',
    'aria-label': 'Timeline of operations by process',
    'aria-describedby': 'timeline-help',
  });
  private readonly status = element('p', { class: 'status', role: 'status' });
  private readonly panel = element('div', { class: 'details-panel' });
  private readonly tip = element('div', { class: 'tip', hidden: '' });
  private readonly repaint = oncePerFrame(() => this.paintNow());
  private readonly overview;
  private readonly table;
  private readonly controls: Controls;
  /** Operations that prove an anomaly, ascending. */
  private readonly proofs: readonly number[];
  private layout: Layout;

  constructor(
    private readonly host: HTMLElement,
    private readonly state: TimelineState,
  ) {
    this.layout = layOut(state, 900);
    this.proofs = [...state.anomalyOf.keys()].sort((a, b) => a - b);
    this.overview = makeOverview(state, () => this.layout.gutter, this.repaint);
    this.table = makeViewTable(state, (operation) => this.select(operation, 'show'));
    this.controls = makeControls(state.operations, {
      filterChanged: () => this.applyFilter(),
      groupingChanged: () => this.applyGrouping(),
      searchChanged: () => this.applySearch(),
      step: (direction) => this.step(direction),
      zoom: (factor) => this.zoomBy(factor),
      fit: () => this.fit(),
      nextAnomaly: this.proofs.length > 0 ? () => this.nextAnomaly() : undefined,
    });
  }

  mount(): void {
    this.host.replaceChildren(
      this.controls.toolbar,
      this.overview.canvas,
      element('div', { class: 'stage' }, this.canvas, this.tip),
      element('p', { class: 'aside', id: 'timeline-help' }, HELP),
      this.status,
      this.panel,
      this.table.details,
    );
    listen(this.canvas, this.state, {
      layout: () => this.layout,
      repaint: this.repaint,
      select: (operation, manner) => this.select(operation, manner),
      zoom: (factor, anchor) => this.zoomBy(factor, anchor),
      fit: () => this.fit(),
      step: (direction) => this.step(direction),
      nextAnomaly: () => this.nextAnomaly(),
      focusSearch: () => this.controls.searchBox.focus(),
      showTip: (text, x, y) => this.showTip(text, x, y),
    });
    this.showDetails();
    new ResizeObserver(this.repaint).observe(this.canvas);
    onThemeChange(this.repaint);
    addEventListener('hashchange', () => this.followLink());
    this.repaint();
    this.followLink();
  }

  private paintNow(): void {
    const { state, canvas } = this;
    const layout = layOut(state, canvas.clientWidth);
    this.layout = layout;
    state.scroll = Math.max(0, Math.min(state.scroll, layout.rowsHeight - (layout.height - layout.lanesTop)));
    paint({ context: prepareCanvas(canvas, layout.width, layout.height), state, layout, colors: palette() });
    this.overview.paint();
    this.table.refresh();
  }

  private select(operation: number | undefined, manner: Manner): void {
    const { state } = this;
    state.selected = operation;
    if (operation !== undefined) {
      if (manner === 'show') bringIntoView(state, this.layout, operation);
      const index = state.operations.indices[operation];
      this.status.textContent = `Selected #${index}: ${wordsOf(state.operations, operation)}`;
      replaceHash(`#op=${index}`);
    }
    this.showDetails();
    this.repaint();
  }

  private showDetails(): void {
    showDetails(this.panel, this.state, (other) => this.select(other, 'show'));
  }

  private zoomBy(factor: number, anchor = (this.state.view.start + this.state.view.end) / 2): void {
    this.state.view = zoom(this.state.view, factor, anchor, this.state.bounds);
    this.repaint();
  }

  private fit(): void {
    this.state.view = this.state.bounds;
    this.repaint();
  }

  private step(direction: 1 | -1): void {
    const next = nextOf(this.state, direction);
    if (next === undefined) this.status.textContent = 'Nothing to step to.';
    else this.select(next, 'show');
  }

  private nextAnomaly(): void {
    const { selected = -1 } = this.state;
    const next = this.proofs.find((operation) => operation > selected) ?? this.proofs.at(0);
    if (next !== undefined) this.select(next, 'show');
  }

  private applyFilter(): void {
    this.state.mask = applyFilter(this.state.operations, this.controls.filter());
    this.repaint();
  }

  private applyGrouping(): void {
    this.state.lanes = layLanes(this.state.operations, this.controls.grouping());
    this.repaint();
  }

  private applySearch(): void {
    const { state, controls } = this;
    const query = controls.searchBox.value.trim();
    setMatches(state, query === '' ? undefined : search(state.operations, query));
    controls.found.textContent = state.matches === undefined ? '' : `${count(state.matches.length)} found`;
    if (state.matches?.length === 1) this.select(state.matches[0], 'show');
    this.repaint();
  }

  private showTip(text: string | undefined, x: number, y: number): void {
    this.tip.hidden = text === undefined;
    if (text === undefined) return;
    this.tip.textContent = text;
    this.tip.style.left = `${Math.max(0, Math.min(x + 14, this.layout.width - 300))}px`;
    this.tip.style.top = `${y + 16}px`;
  }

  private followLink(): void {
    const index = linkedIndex();
    if (index === undefined) return;
    const { operations } = this.state;
    const operation = findByIndex(operations, index);
    this.host.closest('section')!.scrollIntoView({ block: 'start' });
    if (operation !== undefined) return this.select(operation, 'show');
    this.status.textContent = `Operation #${index} is not among the ${plural(operations.count, 'operation')} of this page; the history has it.`;
  }
}

/** Many changes, one painting per frame. */
function oncePerFrame(work: () => void): () => void {
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
