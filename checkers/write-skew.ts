import { acknowledged } from './observations.js';
import { type History, INVOKE, OK } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { identity } from '../harness/history/values/identity.js';
import { judged, modelOf } from './against.js';
import type { Anomaly, CheckContext, Checker } from './checker.js';
import { indicesOf, nonsense, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';
import { oneOf } from './option-rules.js';

/**
 * Write skew: per key two transactions `insert`, each only if neither of the two rows is there, and both commit. After
 * the G2 workload of Adya's thesis as Jepsen runs it; the answer is `[key, row]`.
 *
 * With option `form: predicate` (default) a predicate decides, so two acknowledged inserts of one key prove Adya's G2.
 * With `form: rows` each reads and writes rows that exist, as of two doctors on call of whom one has to stay: two that
 * committed prove G2-item. A `read` shows all rows as `[[key,row],…]`: two of one key prove the same also where an outcome
 * stayed unknown. Snapshot isolation allows both forms, repeatable read (PL-2.99) the first.
 */
export const writeSkew: Checker = {
  name: 'write-skew',
  summary: 'of two transactions that exclude each other at most one commits (G2 by predicate, G2-item by row)',
  // That both inserts of a pair were acknowledged is what may not be.
  observes: acknowledged(['insert', 'read']),
  options: { form: oneOf('rows', 'predicate') },
  check(history, context) {
    const model = modelOf(context);
    const form = formOf(context);
    const { attempts, committed, shown } = collect(history);
    const twice = [...committed].filter(([, both]) => both.length > 1);
    const proven = new Set(twice.map(([key]) => key));
    const anomalies = [
      ...twice.map(([, both]) => skew(history, form, both)),
      ...[...shown].filter(([key]) => !proven.has(key)).map(([key, at]) => skewShown(history, form, key, at)),
    ];
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

/** How the two transactions of a key exclude each other. */
interface Form {
  readonly kind: 'G2' | 'G2-item';
  /** The weakest model that forbids it. */
  readonly model: string;
  readonly did: string;
  readonly condition: string;
}

function formOf({ options }: CheckContext): Form {
  return options['form'] === 'rows'
    ? { kind: 'G2-item', model: 'repeatable-read', did: 'changed their row', condition: 'the other row was unchanged' }
    : { kind: 'G2', model: 'serializable', did: 'inserted a row', condition: 'there was none yet' };
}

interface Collected {
  readonly attempts: number;
  /** Completions by key. */
  readonly committed: ReadonlyMap<string, readonly number[]>;
  /** First read that shows two rows, by key. */
  readonly shown: ReadonlyMap<string, number>;
}

function collect(history: History): Collected {
  const { functions, types, length } = history.columns;
  const [insert, read] = ['insert', 'read'].map((f) => history.functionId(f));
  const committed = new Map<string, number[]>();
  const shown = new Map<string, number>();
  let attempts = 0;
  for (let at = 0; at < length; at++) {
    if (functions[at] === insert) {
      if (types[at] === INVOKE) attempts++;
      if (types[at] !== OK) continue;
      const key = keyOf(history, at);
      const others = committed.get(key);
      if (others === undefined) committed.set(key, [at]);
      else others.push(at);
    } else if (functions[at] === read && types[at] === OK) {
      for (const key of twiceIn(history, at)) if (!shown.has(key)) shown.set(key, at);
    }
  }
  return { attempts, committed, shown };
}

/** Keys of which a read shows two rows. */
function twiceIn(history: History, at: number): readonly string[] {
  const rows = history.value(at);
  if (rows === null) return [];
  if (!Array.isArray(rows) || !(rows as readonly Json[]).every((row) => Array.isArray(row) && row.length === 2)) {
    throw nonsense(history, at, 'expected rows as [[key,row],…]');
  }
  const rowsByKey = new Map<string, Set<string>>();
  for (const [key, row] of rows as readonly (readonly Json[])[]) {
    const name = identity(key);
    rowsByKey.set(name, (rowsByKey.get(name) ?? new Set()).add(identity(row)));
  }
  return [...rowsByKey].filter(([, each]) => each.size > 1).map(([key]) => key);
}

function skew(history: History, form: Form, both: readonly number[]): Anomaly {
  const [first, second] = both;
  const { pairs } = history.columns;
  return {
    kind: form.kind,
    sentence:
      `Both ${whoAndWhen(history, first)} and ${whoAndWhenAfter(history, first, second)} ${form.did} ` +
      `for key ${keyOf(history, first)}, each on condition that ${form.condition}.`,
    operations: indicesOf(
      history,
      [first, second].flatMap((at) => [pairs[at], at]),
    ),
    rulesOut: [form.model],
  };
}

function skewShown(history: History, form: Form, key: string, at: number): Anomaly {
  return {
    kind: form.kind,
    sentence:
      `The read by ${whoAndWhen(history, at)} shows that two transactions ${form.did} for key ${key}, ` +
      `each on condition that ${form.condition}.`,
    operations: indicesOf(history, [history.columns.pairs[at], at]),
    rulesOut: [form.model],
  };
}

/** The event's own key, or the first of `[key, row]`; what was asked stands at the invocation. */
function keyOf(history: History, at: number): string {
  const { keys, keyNames, pairs } = history.columns;
  if (keys[at] >= 0) return keyNames[keys[at]];
  const answered = history.value(at);
  const value = answered === null && pairs[at] >= 0 ? history.value(pairs[at]) : answered;
  return identity(Array.isArray(value) ? (value as readonly Json[])[0] : value);
}
