import { type History, INVOKE, OK } from '../harness/history/history.js';
import type { Anomaly, Checker } from './checker.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen } from './verdict.js';

/**
 * Predicate write skew (Adya's G2 with predicates): per key two transactions `insert`, each only if neither's row is
 * there. Under serializability at most one can commit; two acknowledged inserts of one key prove G2. After the G2
 * workload of Adya's thesis as Jepsen runs it.
 */
export const writeSkew: Checker = {
  name: 'write-skew',
  summary: 'of two inserts under mutually exclusive predicates at most one commits (predicate G2)',
  check(history) {
    const { functions, types, length } = history.columns;
    const insert = history.functionId('insert');
    const committed = new Map<string, number[]>();
    let attempts = 0;
    for (let at = 0; at < length; at++) {
      if (functions[at] !== insert) continue;
      if (types[at] === INVOKE) attempts++;
      if (types[at] !== OK) continue;
      const key = keyOf(history, at);
      committed.set(key, [...(committed.get(key) ?? []), at]);
    }
    const violated = [...committed].filter(([, inserts]) => inserts.length > 1);
    return verdictOf({
      anomalies: violated.slice(0, SHOWN_ANOMALIES).map(([key, inserts]) => skew(history, key, inserts)),
      ...(committed.size === 0 && { undecided: 'no insert was acknowledged' }),
      details: { attempts, keys: committed.size, violations: violated.length },
      checked: ['at most one of the mutually exclusive inserts of each key was acknowledged'],
      notChecked: ['inserts of unknown outcome: they are not held against anybody'],
    });
  },
};

function skew(history: History, key: string, inserts: readonly number[]): Anomaly {
  const [first, second] = inserts;
  const { pairs } = history.columns;
  return {
    kind: 'G2',
    sentence:
      `Both ${whoAndWhen(history, first)} and ${whoAndWhen(history, second)} inserted a row for key ${key}, ` +
      'each on condition that the other had not.',
    operations: indicesOf(
      history,
      [first, second].flatMap((at) => [pairs[at], at]),
    ),
    rulesOut: ['serializable'],
  };
}

/** The event's own key, or the first of `[key, row]`. */
function keyOf(history: History, at: number): string {
  const { keys, keyNames } = history.columns;
  if (keys[at] >= 0) return keyNames[keys[at]];
  const value = history.value(at);
  return JSON.stringify(Array.isArray(value) ? (value as readonly unknown[])[0] : value);
}
