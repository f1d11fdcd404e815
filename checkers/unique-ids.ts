import { INVOKE, OK } from '../harness/history/history.js';
import type { Anomaly, Checker } from './checker.js';
import { Elements } from './elements.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';

/** Ids handed out by `generate` are never handed out twice. After Jepsen's unique-ids. */
export const uniqueIds: Checker = {
  name: 'unique-ids',
  summary: 'no generated id is handed out twice',
  check(history) {
    const { functions, types, pairs, length } = history.columns;
    const generate = history.functionId('generate');
    const elements = new Elements(history);
    const firstSeen: number[] = [];
    const anomalies: Anomaly[] = [];
    let attempted = 0;
    let acknowledged = 0;
    let duplicates = 0;
    for (let at = 0; at < length; at++) {
      if (functions[at] !== generate) continue;
      if (types[at] === INVOKE) attempted++;
      if (types[at] !== OK) continue;
      acknowledged++;
      const id = elements.at(at);
      if (id === firstSeen.length) {
        firstSeen.push(at);
        continue;
      }
      if (++duplicates > SHOWN_ANOMALIES) continue;
      const first = firstSeen[id];
      anomalies.push({
        kind: 'duplicate-id',
        sentence: `Id ${elements.name(id)} was handed out to ${whoAndWhen(history, first)} and again to ${whoAndWhenAfter(history, first, at)}.`,
        operations: indicesOf(history, [pairs[first], first, pairs[at], at]),
      });
    }
    return verdictOf({
      anomalies,
      ...(acknowledged === 0 && { undecided: 'no id was generated' }),
      details: { attempted, acknowledged, distinct: firstSeen.length, duplicates },
      checked: ['no id handed out twice'],
    });
  },
};
