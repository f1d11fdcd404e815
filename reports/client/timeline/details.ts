import { OUTCOMES } from '../../data/wire.js';
import { duration, seconds, visible } from '../../text.js';
import { button, element } from '../dom.js';
import { wordsOf, type TimelineState } from './state.js';

const MEANING: Readonly<Record<string, string>> = {
  ok: 'ok: it took effect between its invocation and its completion',
  fail: 'failed: it certainly did not take effect',
  info: 'unknown: it may have taken effect, or may yet, at any time after its invocation',
  open: 'unknown: the history ends before it completed',
};

/** Fills the panel with everything known about the selected operation. */
export function showDetails(panel: HTMLElement, state: TimelineState, select: (operation: number) => void): void {
  const { selected, operations, report } = state;
  panel.replaceChildren();
  if (selected === undefined) {
    panel.append(element('p', { class: 'aside' }, 'Select an operation to see everything about it.'));
    return;
  }
  const index = operations.indices[selected];
  const heading = element(
    'h3',
    { tabindex: '-1' },
    `#${index} `,
    element('bdi', {}, element('code', {}, wordsOf(operations, selected))),
  );
  const list = element('dl', { class: 'setting' });
  for (const [name, value] of factsOf(state, selected)) {
    list.append(element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  }
  const neighbours = element('p', { class: 'neighbours' });
  for (const [label, other] of neighboursOf(state, selected)) {
    if (other !== undefined)
      neighbours.append(button(label, `${label}: #${operations.indices[other]}`, () => select(other)));
  }
  panel.append(heading, list, neighbours);
  for (const number of state.anomalyOf.get(selected) ?? []) {
    const anomaly = report.anomalies.find((each) => each.number === number)!;
    panel.append(
      element(
        'p',
        { class: 'proves' },
        element('a', { href: `#anomaly-${number}` }, `Anomaly ${number}`),
        `: ${anomaly.sentence}`,
      ),
    );
  }
}

function factsOf({ operations, report }: TimelineState, i: number): [string, string | Node][] {
  const { indices, completions, starts, durations, values } = operations;
  const outcome = OUTCOMES[operations.outcomes[i]];
  const [start, end] = [starts[i], starts[i] + durations[i]];
  const code = (text: string) => element('bdi', {}, element('code', {}, visible(text)));
  const named = (label: string, names: readonly string[], column: Int32Array): [string, Node][] =>
    column[i] < 0 ? [] : [[label, code(names[column[i]])]];
  const completed = completions[i] !== indices[i];
  const moment = (time: number) => (report.timed ? seconds(time, 6) : `event ${time}`);
  const during = report.faults.filter(({ startTime, endTime }) => startTime <= end && start <= endTime);
  const phase = report.phases.find(({ startTime, endTime }) => startTime <= start && start <= endTime);
  const output = values.output(i);
  return [
    ['Outcome', MEANING[outcome]],
    ...named('Key', operations.keyNames, operations.keys),
    ['Asked', code(values.input(i))],
    ...(output === undefined ? [] : [['Answered', code(output)] as [string, Node]]),
    ...named('Error', operations.errorTexts, operations.errors),
    ['Process', `${operations.processes[i]}`],
    ...named('Node', operations.nodeNames, operations.nodes),
    ...named('Workload', operations.workloadNames, operations.workloads),
    ['Invoked', `${moment(start)}, history line ${indices[i] + 1}`],
    ['Completed', completed ? `${moment(end)}, history line ${completions[i] + 1}` : 'never'],
    ...(completed && report.timed ? [['Took', duration(durations[i])] as [string, string]] : []),
    ...(phase === undefined ? [] : [['Phase', phase.name] as [string, string]]),
    [
      'Faults meanwhile',
      during.length === 0 ? 'none' : during.map(({ kind, description }) => `${kind} (${description})`).join('; '),
    ],
  ];
}

function neighboursOf({ operations, mask }: TimelineState, i: number): [string, number | undefined][] {
  const find = (step: 1 | -1, same: (other: number) => boolean) => {
    for (let other = i + step; other >= 0 && other < operations.count; other += step) {
      if (mask[other] === 1 && same(other)) return other;
    }
    return undefined;
  };
  const sameProcess = (other: number) => operations.processes[other] === operations.processes[i];
  const hasKey = operations.keys[i] >= 0;
  const sameKey = (other: number) =>
    hasKey && operations.keys[other] === operations.keys[i] && operations.workloads[other] === operations.workloads[i];
  return [
    ['Before, same process', find(-1, sameProcess)],
    ['After, same process', find(1, sameProcess)],
    ['Before, same key', find(-1, sameKey)],
    ['After, same key', find(1, sameKey)],
  ];
}
