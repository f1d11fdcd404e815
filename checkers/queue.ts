import { FAIL, INVOKE, NONE, OK } from '../harness/history/history.js';
import type { Anomaly, Checker } from './checker.js';
import { Elements } from './elements.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen } from './verdict.js';

/**
 * Every dequeue takes an element that is there: enqueues count from their invocation, dequeues at their completion,
 * order is free. After Jepsen's queue checker with an unordered-queue model. Unlike total-queue it needs no drain.
 */
export const queue: Checker = {
  name: 'queue',
  summary: 'no dequeue of an element that is not in the queue: none out of nowhere, none twice',
  check(history) {
    const { functions, types, pairs, length } = history.columns;
    const enqueue = history.functionId('enqueue');
    const dequeue = history.functionId('dequeue');
    const elements = new Elements(history);
    const present: number[] = [];
    const takenAt: number[] = [];
    const anomalies: Anomaly[] = [];
    let dequeues = 0;
    let violations = 0;
    for (let at = 0; at < length; at++) {
      if (functions[at] === enqueue && types[at] === INVOKE) {
        if (pairs[at] !== NONE && types[pairs[at]] === FAIL) continue;
        const element = elements.at(at);
        present[element] = (present[element] ?? 0) + 1;
      } else if (functions[at] === dequeue && types[at] === OK) {
        dequeues++;
        const element = elements.at(at);
        const before = takenAt[element];
        takenAt[element] = at;
        if ((present[element] ?? 0) > 0) {
          present[element]--;
          continue;
        }
        if (++violations > SHOWN_ANOMALIES) continue;
        const taken =
          before === undefined ? 'nobody had enqueued it' : `${whoAndWhen(history, before)} had already taken it`;
        anomalies.push({
          kind: before === undefined ? 'unexpected' : 'duplicated',
          sentence: `${elements.name(element)} was dequeued by ${whoAndWhen(history, at)}, but ${taken}.`,
          operations: indicesOf(history, [before === undefined ? NONE : pairs[before], before ?? NONE, pairs[at], at]),
        });
      }
    }
    return verdictOf({
      anomalies,
      ...(dequeues === 0 && { undecided: 'nothing was ever dequeued' }),
      details: { dequeues, violations },
      checked: ['every dequeued element had been enqueued and not yet taken'],
      notChecked: ['lost elements (see total-queue)', 'the order of elements (see the model queue)'],
    });
  },
};
