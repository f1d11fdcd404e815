import { duration, seconds } from '../../text.js';
import { hitAt, xToTime, type Hit, type Layout } from './layout.js';
import { wordsOf, type TimelineState } from './state.js';
import { pan } from './viewport.js';

export interface Actions {
  readonly layout: () => Layout;
  readonly repaint: () => void;
  readonly select: (operation: number | undefined, how: 'show' | 'keep') => void;
  readonly zoom: (factor: number, anchor?: number) => void;
  readonly fit: () => void;
  readonly step: (direction: 1 | -1) => void;
  readonly nextAnomaly: () => void;
  readonly focusSearch: () => void;
  readonly showTip: (text: string | undefined, x: number, y: number) => void;
}

/** Mouse, touch and keyboard on the canvas. */
export function listen(canvas: HTMLCanvasElement, state: TimelineState, actions: Actions): void {
  listenToPointer(canvas, state, actions);
  canvas.addEventListener('wheel', (event) => onWheel(event, state, actions), { passive: false });
  canvas.addEventListener('dblclick', (event) => actions.zoom(0.35, xToTime(state, actions.layout(), event.offsetX)));
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keyAction(event.key, state, actions);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function listenToPointer(canvas: HTMLCanvasElement, state: TimelineState, actions: Actions): void {
  let drag: { x: number; y: number; moved: boolean } | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    drag = { x: event.offsetX, y: event.offsetY, moved: false };
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag === undefined) return hover(event, state, actions);
    const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    actions.showTip(undefined, 0, 0);
    moveBy(state, actions.layout(), dx, dy);
    drag = { x: event.offsetX, y: event.offsetY, moved: true };
    actions.repaint();
  });
  canvas.addEventListener('pointerup', (event) => {
    const clicked = drag !== undefined && !drag.moved;
    drag = undefined;
    if (!clicked) return;
    const hit = hitAt(state, actions.layout(), event.offsetX, event.offsetY);
    if (hit?.kind === 'operation') actions.select(hit.operation, 'keep');
    if (hit?.kind === 'fault') revealFault(hit.fault.id);
  });
  canvas.addEventListener('pointercancel', () => (drag = undefined));
  canvas.addEventListener('pointerleave', () => actions.showTip(undefined, 0, 0));
}

function moveBy(state: TimelineState, layout: Layout, dx: number, dy: number): void {
  const nsPerPixel = (state.view.end - state.view.start) / (layout.width - layout.gutter);
  state.view = pan(state.view, -dx * nsPerPixel, state.bounds);
  state.scroll -= dy;
}

function hover(event: PointerEvent, state: TimelineState, actions: Actions): void {
  const hit = hitAt(state, actions.layout(), event.offsetX, event.offsetY);
  (event.target as HTMLElement).style.cursor = hit === undefined ? 'grab' : 'pointer';
  actions.showTip(hit === undefined ? undefined : tipText(state, hit), event.offsetX, event.offsetY);
}

function tipText({ operations, report }: TimelineState, hit: Exclude<Hit, undefined>): string {
  if (hit.kind === 'fault') {
    const { kind, description, startTime, endTime, effective } = hit.fault;
    return `${kind}: ${description}, ${seconds(startTime, 2)} to ${seconds(endTime, 2)}${effective ? '' : ', no effect'}`;
  }
  const i = hit.operation;
  const key = operations.keys[i] < 0 ? '' : ` on ${operations.keyNames[operations.keys[i]]}`;
  const took = report.timed ? `, ${seconds(operations.starts[i])}, ${duration(operations.durations[i])}` : '';
  return `#${operations.indices[i]} ${wordsOf(operations, i, 90)}${key}${took}`;
}

/** A plain wheel scrolls the page, as everywhere; with Ctrl it zooms, sideways it moves. */
function onWheel(event: WheelEvent, state: TimelineState, actions: Actions): void {
  const layout = actions.layout();
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    actions.zoom(Math.exp(event.deltaY * 0.0035), xToTime(state, layout, event.offsetX));
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    moveBy(state, layout, -(event.deltaX || event.deltaY), 0);
    actions.repaint();
  }
}

function keyAction(key: string, state: TimelineState, actions: Actions): (() => void) | undefined {
  const move = (dx: number, dy: number) => () => {
    moveBy(state, actions.layout(), dx, dy);
    actions.repaint();
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: move(120, 0),
    ArrowRight: move(-120, 0),
    ArrowUp: move(0, 48),
    ArrowDown: move(0, -48),
    '+': () => actions.zoom(0.6),
    '=': () => actions.zoom(0.6),
    '-': () => actions.zoom(1 / 0.6),
    '0': actions.fit,
    Home: () => jump(state, actions, state.bounds.start),
    End: () => jump(state, actions, state.bounds.end),
    n: () => actions.step(1),
    p: () => actions.step(-1),
    a: actions.nextAnomaly,
    Enter: () => selectCentre(state, actions),
    Escape: () => actions.select(undefined, 'keep'),
    '/': actions.focusSearch,
  };
  return keys[key];
}

function jump(state: TimelineState, actions: Actions, time: number): void {
  state.view = pan(state.view, time - (state.view.start + state.view.end) / 2, state.bounds);
  actions.repaint();
}

/** The operation that began closest to the middle of the view. */
function selectCentre({ view, operations, mask }: TimelineState, actions: Actions): void {
  const middle = (view.start + view.end) / 2;
  let best: number | undefined;
  for (let i = 0; i < operations.count; i++) {
    if (mask[i] === 0) continue;
    if (best === undefined || Math.abs(operations.starts[i] - middle) < Math.abs(operations.starts[best] - middle))
      best = i;
  }
  actions.select(best, 'keep');
}

function revealFault(id: number): void {
  const details = document.getElementById(`fault-${id}`) as HTMLDetailsElement | null;
  if (details === null) return;
  details.open = true;
  details.scrollIntoView({ block: 'center' });
}
