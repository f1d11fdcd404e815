import { type History, INVOKE, OK } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { judged, modelOf } from './against.js';
import type { Anomaly, Checker } from './checker.js';
import { indicesOf, nonsense, verdictOf, whoAndWhen } from './verdict.js';

/**
 * Write skew: two transactions, each of which reads what the other one writes, both commit. Two forms, by operation:
 *
 * - `insert`: two rows per key, each inserted only if neither is there. A predicate decides, so two acknowledged inserts
 *   of one key prove Adya's G2 (after the G2 workload of Adya's thesis as Jepsen runs it).
 * - `leave`: per key two rows, each given up only while the other one stands (two doctors on call, of whom one has to
 *   stay). Rows decide, so two acknowledged ones prove G2-item.
 *
 * A `read` shows all rows that were inserted (or given up) as `[[key,row],…]`: two of one key prove the same also where
 * an outcome stayed unknown. Snapshot isolation allows both forms, repeatable read (PL-2.99) the first.
 */
export const writeSkew: Checker = {
  name: 'write-skew',
  summary: 'of two transactions that exclude each other at most one commits (G2 by predicate, G2-item by row)',
  check(history, context) {
    const model = modelOf(context);
    const { attempts, committed, shown } = collect(history);
    const violated = [...committed].filter(([, both]) => both.length > 1).map(([, both]) => skew(history, both));
    const proven = new Set([...committed].filter(([, both]) => both.length > 1).map(([key]) => key));
    const seen = [...shown].filter(([key]) => !proven.has(key));
    const anomalies = [...violated, ...seen.map(([key, at]) => skewShown(history, key, at))];
    return verdictOf({
      ...judged(anomalies, model),
      ...(committed.size === 0 && { undecided: 'no insert was acknowledged' }),
      details: {
        attempts,
        keys: committed.size,
        violations: anomalies.length,
        ...(model !== undefined && { model }),
      },
      checked: ['at most one of the mutually exclusive transactions of each key was acknowledged or is shown'],
      notChecked: ['transactions of unknown outcome that no read shows: they are not held against anybody'],
    });
  },
};

interface Collected {
  readonly attempts: number;
  /** Completions by form and key. */
  readonly committed: ReadonlyMap<string, readonly number[]>;
  /** First read that shows two rows, by form and key. */
  readonly shown: ReadonlyMap<string, number>;
}

function collect(history: History): Collected {
  const { functions, functionNames, types, length } = history.columns;
  const form = history.functionId('leave') >= 0 ? 'leave' : 'insert';
  const committed = new Map<string, number[]>();
  const shown = new Map<string, number>();
  let attempts = 0;
  for (let at = 0; at < length; at++) {
    const f = functionNames[functions[at]];
    if (f === 'read' && types[at] === OK) {
      for (const key of twiceIn(history, at)) if (!shown.has(`${form} ${key}`)) shown.set(`${form} ${key}`, at);
    }
    if (f !== 'insert' && f !== 'leave') continue;
    if (types[at] === INVOKE) attempts++;
    if (types[at] !== OK) continue;
    const key = `${f} ${keyOf(history, at)}`;
    const others = committed.get(key);
    if (others === undefined) committed.set(key, [at]);
    else others.push(at);
  }
  return { attempts, committed, shown };
}

/** Keys of which a read shows two rows. */
function twiceIn(history: History, at: number): readonly string[] {
  const rows = history.value(at);
  if (rows === null) return [];
  const pair = (row: Json) => (Array.isArray(row) && row.length === 2 ? (row as readonly Json[]) : undefined);
  if (!Array.isArray(rows) || !(rows as readonly Json[]).every((row) => pair(row) !== undefined)) {
    throw nonsense(history, at, 'expected rows as [[key,row],…]');
  }
  const rowsByKey = new Map<string, Set<string>>();
  for (const [key, row] of rows as readonly (readonly Json[])[]) {
    const name = JSON.stringify(key);
    rowsByKey.set(name, (rowsByKey.get(name) ?? new Set()).add(JSON.stringify(row)));
  }
  return [...rowsByKey].filter(([, each]) => each.size > 1).map(([key]) => key);
}

function skewShown(history: History, formAndKey: string, at: number): Anomaly {
  const [form, key] = formAndKey.split(/ (.*)/s);
  const { pairs } = history.columns;
  const inserted = form === 'insert';
  return {
    kind: inserted ? 'G2' : 'G2-item',
    sentence:
      `The read by ${whoAndWhen(history, at)} shows that both transactions of key ${key} committed, ` +
      `each of which ${inserted ? 'inserts only if the other one did not' : 'leaves only if the other one stays'}.`,
    operations: indicesOf(history, [pairs[at], at]),
    rulesOut: [inserted ? 'serializable' : 'repeatable-read'],
  };
}

function skew(history: History, both: readonly number[]): Anomaly {
  const [first, second] = both;
  const { functions, functionNames, pairs } = history.columns;
  const inserted = functionNames[functions[first]] === 'insert';
  const key = keyOf(history, first);
  const who = `Both ${whoAndWhen(history, first)} and ${whoAndWhen(history, second)}`;
  return {
    kind: inserted ? 'G2' : 'G2-item',
    sentence: inserted
      ? `${who} inserted a row for key ${key}, each on condition that the other had not.`
      : `${who} left duty ${key}, each on condition that the other one stays.`,
    operations: indicesOf(
      history,
      [first, second].flatMap((at) => [pairs[at], at]),
    ),
    rulesOut: [inserted ? 'serializable' : 'repeatable-read'],
  };
}

/** The event's own key, or the first of `[key, row]`; what was asked stands at the invocation. */
function keyOf(history: History, at: number): string {
  const { keys, keyNames, pairs, types } = history.columns;
  if (keys[at] >= 0) return keyNames[keys[at]];
  const answered = history.value(at);
  const value = answered === null && types[at] !== INVOKE && pairs[at] >= 0 ? history.value(pairs[at]) : answered;
  return JSON.stringify(Array.isArray(value) ? (value as readonly unknown[])[0] : value);
}
