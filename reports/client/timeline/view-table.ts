import { OUTCOMES } from '../../data/wire.js';
import { duration, plural, seconds } from '../../text.js';
import { element } from '../dom.js';
import { wordsOf, type TimelineState } from './state.js';

const MAX_ROWS = 100;

/** The operations in view as a table, for those who cannot see the canvas or want to read them in order. */
export function makeViewTable(state: TimelineState, select: (operation: number) => void) {
  const summary = element('summary', {}, 'Operations in view as a table');
  const body = element('tbody');
  const head = element('tr');
  for (const title of ['Id', 'Operation', 'Key', 'Process', 'Outcome', 'Invoked', 'Took']) {
    head.append(element('th', { scope: 'col' }, title));
  }
  const note = element('p', { class: 'aside' });
  const table = element('table', {}, element('thead', {}, head), body);
  const scroller = element(
    'div',
    { class: 'table scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Operations in view' },
    table,
  );
  const details = element('details', {}, summary, note, scroller);
  const refresh = () => {
    if (!details.open) return;
    const shown = operationsInView(state);
    body.replaceChildren(...shown.rows.map((operation) => rowOf(state, operation, select)));
    note.textContent =
      shown.total > shown.rows.length
        ? `The first ${shown.rows.length} of ${plural(shown.total, 'operation')}; zoom in to see the others.`
        : plural(shown.total, 'operation');
  };
  details.addEventListener('toggle', refresh);
  return { details, refresh };
}

/** Those that the filter, and the search if there is one, let through. */
function operationsInView({ operations, view, mask, matchMask }: TimelineState) {
  const rows: number[] = [];
  let total = 0;
  for (let i = 0; i < operations.count; i++) {
    if (operations.starts[i] > view.end) break;
    if (operations.starts[i] + operations.durations[i] < view.start || mask[i] === 0 || matchMask?.[i] === 0) continue;
    if (++total <= MAX_ROWS) rows.push(i);
  }
  return { rows, total };
}

function rowOf(state: TimelineState, i: number, select: (operation: number) => void): HTMLElement {
  const { operations, report } = state;
  const link = element(
    'a',
    { href: `#op=${operations.indices[i]}`, class: 'operation-link' },
    `#${operations.indices[i]}`,
  );
  link.addEventListener('click', (event) => {
    event.preventDefault();
    select(i);
  });
  const outcome = OUTCOMES[operations.outcomes[i]];
  const cells: (string | Node)[] = [
    link,
    element('bdi', {}, element('code', {}, wordsOf(operations, i))),
    operations.keys[i] < 0 ? '' : operations.keyNames[operations.keys[i]],
    `${operations.processes[i]}${operations.nodes[i] < 0 ? '' : ` on ${operations.nodeNames[operations.nodes[i]]}`}`,
    outcome === 'info' ? 'unknown' : outcome,
    report.timed ? seconds(operations.starts[i]) : `event ${operations.starts[i]}`,
    report.timed && outcome !== 'open' ? duration(operations.durations[i]) : '',
  ];
  return element('tr', {}, ...cells.map((cell) => element('td', {}, cell)));
}
