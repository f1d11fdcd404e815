import { type History, NONE, OK, VALUE_INT, VALUE_NULL } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker } from './checker.js';
import { indicesOf, nonsense, SHOWN_ANOMALIES, verdictOf, whoAndWhen } from './verdict.js';

/**
 * A value that only ever grows: what `read` and `inc` answer never goes back. Within one process always; with option
 * `scope` also within one node (`node`) or over the whole history (`global`), then between operations of which one was
 * acknowledged before the other was invoked. An `inc` answers the value after it, which must have grown.
 */
export const monotonic: Checker = {
  name: 'monotonic',
  summary: 'values that only grow never go back: per process, per node or globally',
  check(history, context) {
    const scope = scopeOf(context.options.scope);
    const counts = { answers: 0, regressions: 0 };
    const anomalies: Anomaly[] = [];
    for (const part of partitionByKey(history)) {
      for (const [older, newer] of regressionsIn(history, part, scope, counts)) {
        if (++counts.regressions <= SHOWN_ANOMALIES) anomalies.push(regression(history, older, newer));
      }
    }
    return verdictOf({
      anomalies,
      ...(counts.answers === 0 && { undecided: 'no read or increment succeeded' }),
      details: { ...counts, scope },
      checked: [`answers never go back within one ${scope === 'global' ? 'history' : scope}`],
      notChecked:
        scope === 'global' ? [] : ['answers to different processes (asked for with scope=node or scope=global)'],
    });
  },
};

type Scope = 'process' | 'node' | 'global';

function scopeOf(option: unknown): Scope {
  return option === 'node' || option === 'global' ? option : 'process';
}

/** Pairs of answers that contradict each other: the newer one is smaller, or an increment did not grow. */
function* regressionsIn(
  history: History,
  part: Int32Array,
  scope: Scope,
  counts: { answers: number },
): Generator<[number, number]> {
  const { functions, types, processes, nodes, pairs, valuesA, valueKinds } = history.columns;
  const read = history.functionId('read');
  const inc = history.functionId('inc');
  const groupOf = (at: number) => (scope === 'process' ? processes[at] : scope === 'node' ? nodes[at] : 0);
  /** Completion with the highest value so far, by group. */
  const highest = new Map<number, number>();
  /** The same as it was when an operation was invoked, by invocation. */
  const atInvoke = new Map<number, number>();
  for (const at of part) {
    if (functions[at] !== read && functions[at] !== inc) continue;
    const group = groupOf(at);
    const best = highest.get(group) ?? NONE;
    if (types[at] !== OK) {
      atInvoke.set(at, best);
      continue;
    }
    if (valueKinds[at] === VALUE_NULL) continue;
    if (valueKinds[at] !== VALUE_INT) throw nonsense(history, at, 'expected an integer');
    counts.answers++;
    const before = atInvoke.get(pairs[at]) ?? NONE;
    atInvoke.delete(pairs[at]);
    const floor = before === NONE ? Number.NEGATIVE_INFINITY : valuesA[before] + (functions[at] === inc ? 1 : 0);
    if (valuesA[at] < floor) yield [before, at];
    if (best === NONE || valuesA[at] > valuesA[best]) highest.set(group, at);
  }
}

function regression(history: History, older: number, newer: number): Anomaly {
  const { pairs, valuesA } = history.columns;
  return {
    kind: 'non-monotonic',
    sentence:
      `${whoAndWhen(history, newer)} got ${valuesA[newer]}, although ${valuesA[older]} had been answered ` +
      `to ${whoAndWhen(history, older)} before it asked.`,
    operations: indicesOf(history, [pairs[older], older, pairs[newer], newer]),
  };
}
