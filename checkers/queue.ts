import { FAIL, type History, INVOKE, NONE, OK, VALUE_NULL } from '../harness/history/history.js';
import { isForbidden, modelOf } from './against.js';
import type { Anomaly, CheckContext, Checker } from './checker.js';
import { Elements } from './elements.js';
import { attemptsOn, writersAt } from './premises.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';
import { oneOf, yesOrNo } from './option-rules.js';

/**
 * Every dequeue takes an element that is there: enqueues count from their invocation, dequeues at their completion,
 * order is free. A dequeue that answers null found the queue empty. After Jepsen's queue checker with an unordered-queue
 * model. Unlike total-queue it needs no drain. Duplicates are allowed with option `delivery: at-least-once`, and by
 * models that know no single order of operations.
 */
export const queue: Checker = {
  name: 'queue',
  summary: 'no dequeue of an element that is not in the queue: none out of nowhere, none twice',
  options: { delivery: oneOf('at-least-once', 'exactly-once'), exactlyOnce: yesOrNo },
  check(history, context) {
    const { functions, types, pairs, valueKinds, length } = history.columns;
    const enqueue = history.functionId('enqueue');
    const dequeue = history.functionId('dequeue');
    const elements = new Elements(history);
    const present: number[] = [];
    const takenAt: number[] = [];
    const anomalies: Anomaly[] = [];
    let dequeues = 0;
    const shown = new Map<string, number>();
    let violations = 0;
    for (let at = 0; at < length; at++) {
      if (functions[at] === enqueue && types[at] === INVOKE) {
        if (pairs[at] !== NONE && types[pairs[at]] === FAIL) continue;
        const element = elements.at(at);
        present[element] = (present[element] ?? 0) + 1;
      } else if (functions[at] === dequeue && types[at] === OK) {
        if (valueKinds[at] === VALUE_NULL) continue;
        dequeues++;
        const element = elements.at(at);
        const before = takenAt[element];
        takenAt[element] = at;
        if ((present[element] ?? 0) > 0) {
          present[element]--;
          continue;
        }
        violations++;
        const kind = before === undefined ? 'unexpected' : 'duplicated';
        const count = (shown.get(kind) ?? 0) + 1;
        shown.set(kind, count);
        if (count > SHOWN_ANOMALIES) continue;
        const taken =
          before === undefined
            ? 'nobody had enqueued it'
            : `${whoAndWhenAfter(history, at, before)} had already taken it`;
        anomalies.push({
          kind,
          sentence: `${elements.name(element)} was dequeued by ${whoAndWhen(history, at)}, but ${taken}.`,
          operations: indicesOf(history, [
            ...attemptsOn(history, ['enqueue'], at, elements.value(element)),
            ...takersOf(history, elements, element, at),
          ]),
          premises: [writersAt(history, at, elements.value(element))],
        });
      }
    }
    const allows = ({ kind }: Anomaly) => kind === 'duplicated' && duplicatesAre(context) === 'allowed';
    return verdictOf({
      anomalies: anomalies.filter((anomaly) => !allows(anomaly)),
      allowed: anomalies.filter(allows),
      ...(dequeues === 0 && { undecided: 'nothing was ever dequeued' }),
      details: { dequeues, violations },
      checked: ['every dequeued element had been enqueued and not yet taken'],
      notChecked: ['lost elements (see total-queue)', 'the order of elements (see the model queue)'],
    });
  },
};

/** The dequeues of an element up to a position. */
function takersOf(history: History, elements: Elements, element: number, last: number): readonly number[] {
  const { functions, types, pairs, valueKinds } = history.columns;
  const dequeue = history.functionId('dequeue');
  const found: number[] = [];
  for (let at = 0; at <= last; at++) {
    if (functions[at] !== dequeue || types[at] !== OK || valueKinds[at] === VALUE_NULL) continue;
    if (elements.at(at) === element) found.push(pairs[at], at);
  }
  return found;
}

/** Whether a queue may hand out an element twice: as asked for (option `delivery`), else as the model says. */
export function duplicatesAre(context: CheckContext): 'allowed' | 'forbidden' {
  const { delivery, exactlyOnce } = context.options;
  if (delivery === 'at-least-once') return 'allowed';
  if (delivery === 'exactly-once' || exactlyOnce === true) return 'forbidden';
  return isForbidden(modelOf(context), 'duplicated') ? 'forbidden' : 'allowed';
}
