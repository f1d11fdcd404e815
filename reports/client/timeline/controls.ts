import type { Operations } from '../../data/decode.js';
import { button, element } from '../dom.js';
import type { Grouping } from './lanes.js';
import type { Filter } from './search.js';

/** What the reader can set above the timeline. */
export interface Controls {
  readonly toolbar: HTMLElement;
  readonly searchBox: HTMLInputElement;
  readonly found: HTMLElement;
  filter(): Filter;
  grouping(): Grouping;
}

export interface ControlActions {
  readonly filterChanged: () => void;
  readonly groupingChanged: () => void;
  readonly searchChanged: () => void;
  readonly step: (direction: 1 | -1) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly nextAnomaly: (() => void) | undefined;
}

export function makeControls(operations: Operations, actions: ControlActions): Controls {
  const searchBox = element('input', {
    type: 'search',
    id: 'timeline-search',
    placeholder: 'key, value, #id, process:4, error:timeout',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const found = element('output', { class: 'found', for: 'timeline-search' });
  const outcomes = outcomeBoxes(actions.filterChanged);
  const kind = kindSelect(operations, actions.filterChanged);
  const process = element('input', { type: 'number', min: '0', id: 'timeline-process', placeholder: 'all' });
  const grouping = element('select', { id: 'timeline-grouping' });
  grouping.append(element('option', { value: 'workload' }, 'workload'), element('option', { value: 'node' }, 'node'));
  searchBox.addEventListener('input', debounced(actions.searchChanged));
  searchBox.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') actions.step(event.shiftKey ? -1 : 1);
  });
  process.addEventListener('input', actions.filterChanged);
  grouping.addEventListener('change', actions.groupingChanged);
  const toolbar = element(
    'div',
    { class: 'toolbar' },
    element(
      'div',
      { class: 'row' },
      labelled('Search', 'timeline-search', searchBox),
      button('Previous', 'Previous operation found', () => actions.step(-1)),
      button('Next', 'Next operation found', () => actions.step(1)),
      found,
      element('span', { class: 'spring' }),
      ...(actions.nextAnomaly === undefined
        ? []
        : [button('Next anomaly', 'Next operation of an anomaly', actions.nextAnomaly)]),
      button('+', 'Zoom in', () => actions.zoom(0.5)),
      button('\u2212', 'Zoom out', () => actions.zoom(2)),
      button('Whole run', 'Show the whole run', actions.fit),
    ),
    element(
      'div',
      { class: 'row' },
      outcomes.fieldset,
      labelled('Kind', 'timeline-kind', kind),
      labelled('Process', 'timeline-process', process),
      labelled('Lanes by', 'timeline-grouping', grouping),
    ),
  );
  return {
    toolbar,
    searchBox,
    found,
    grouping: () => grouping.value as Grouping,
    filter: () => ({
      outcomes: new Set(outcomes.boxes.filter(({ checked }) => checked).map(({ value }) => value)),
      ...kindOf(kind.value),
      ...(process.value !== '' && { process: Number(process.value) }),
    }),
  };
}

function labelled(text: string, id: string, control: HTMLElement): HTMLElement {
  return element('span', { class: 'field' }, element('label', { for: id }, text), control);
}

function outcomeBoxes(changed: () => void) {
  const fieldset = element('fieldset', {}, element('legend', {}, 'Outcome'));
  const boxes = [
    ['ok', 'ok'],
    ['fail', 'failed'],
    ['info', 'unknown'],
  ].map(([value, text]) => {
    const box = element('input', { type: 'checkbox', value, id: `timeline-${value}` });
    box.checked = true;
    box.addEventListener('change', changed);
    fieldset.append(
      element(
        'label',
        { for: `timeline-${value}`, class: `outcome ${value}` },
        box,
        element('span', { class: 'swatch' }),
        text,
      ),
    );
    return box;
  });
  return { fieldset, boxes };
}

/** `workload,function` by their numbers; either may be empty. */
function kindSelect(operations: Operations, changed: () => void): HTMLSelectElement {
  const select = element('select', { id: 'timeline-kind' }, element('option', { value: ',' }, 'all'));
  const kinds = new Set<string>();
  for (let i = 0; i < operations.count; i++) kinds.add(`${operations.workloads[i]},${operations.functions[i]}`);
  for (const [workload, name] of operations.workloadNames.entries()) {
    const group = element('optgroup', { label: name }, element('option', { value: `${workload},` }, `all of ${name}`));
    addKinds(group, operations, kinds, workload);
    select.append(group);
  }
  addKinds(select, operations, kinds, -1);
  select.addEventListener('change', changed);
  return select;
}

function addKinds(parent: HTMLElement, operations: Operations, kinds: ReadonlySet<string>, workload: number): void {
  for (const [f, name] of operations.functionNames.entries()) {
    if (kinds.has(`${workload},${f}`)) parent.append(element('option', { value: `${workload},${f}` }, name));
  }
}

function kindOf(value: string): Pick<Filter, 'workload' | 'f'> {
  const [workload, f] = value.split(',');
  return { ...(workload !== '' && { workload: Number(workload) }), ...(f !== '' && { f: Number(f) }) };
}

function debounced(action: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, 120);
  };
}
