import { clientSessions } from '../harness/history/client-sessions.js';
import { type History, NONE, OK, VALUE_INT, VALUE_NULL } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { isForbidden, judged, modelOf } from './against.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker } from './checker.js';
import { indicesOf, nonsense, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';
import { oneOf } from './option-rules.js';

/**
 * A value that only ever grows: what `read` and `inc` answer never goes back. An `inc` answers the value after it, which
 * must have grown; with option `increments: distinct`, two that answer the same lost one of them (`lost-update`).
 *
 * Option `scope` says whose answers are compared, of operations of which one was acknowledged before the other was
 * invoked: those to one `process`, to processes of one `node`, or `global`ly. Without it the model decides: real time
 * means globally, session order each process; a model with neither allows answers to go back, and they are listed as
 * allowed. Where no model is named either, each process is judged.
 */
export const monotonic: Checker = {
  name: 'monotonic',
  summary: 'values that only grow never go back: per process, per node or globally',
  options: { scope: oneOf('process', 'node', 'global'), increments: oneOf('distinct', 'any') },
  check(history, context) {
    const model = modelOf(context);
    const { scope, isJudged } = scopeOf(context.options.scope, model);
    const distinct = context.options['increments'] === 'distinct';
    const counts = { answers: 0, regressions: 0, repeated: 0 };
    const regressions: Anomaly[] = [];
    const repeats: Anomaly[] = [];
    for (const part of partitionByKey(history)) {
      for (const [older, newer] of regressionsIn(history, part, scope, counts)) {
        if (++counts.regressions <= SHOWN_ANOMALIES) regressions.push(regression(history, scope, older, newer));
      }
      if (!distinct) continue;
      for (const [first, second] of repeatsIn(history, part)) {
        if (++counts.repeated <= SHOWN_ANOMALIES) repeats.push(repeat(history, first, second));
      }
    }
    const lost = judged(repeats, model);
    return verdictOf({
      anomalies: [...lost.anomalies, ...(isJudged ? regressions : [])],
      allowed: [...lost.allowed, ...(isJudged ? [] : regressions)],
      ...(counts.answers === 0 && { undecided: 'no read or increment succeeded' }),
      details: { ...counts, scope, ...(model !== undefined && { model }) },
      checked: [
        ...(isJudged ? [`answers never go back within one ${scope === 'global' ? 'history' : scope}`] : []),
        ...(distinct ? ['no two increments answer the same value'] : []),
      ],
      notChecked: isJudged
        ? scope === 'global'
          ? []
          : ['answers to different processes (asked for with scope=node or scope=global)']
        : [`answers that go back: ${model ?? 'nothing'} allows them (asked for with scope=process)`],
    });
  },
};

type Scope = 'process' | 'node' | 'global';

function scopeOf(
  option: Json | undefined,
  model: string | undefined,
): { readonly scope: Scope; readonly isJudged: boolean } {
  if (option === 'process' || option === 'node' || option === 'global') return { scope: option, isJudged: true };
  if (model !== undefined && isForbidden(model, 'stale-read')) return { scope: 'global', isJudged: true };
  return { scope: 'process', isJudged: isForbidden(model, 'non-monotonic-process') };
}

/** Pairs of increments that answered the same: the first one that did, and every other. */
function* repeatsIn(history: History, part: Int32Array): Generator<[number, number]> {
  const { functions, types, valuesA, valueKinds } = history.columns;
  const inc = history.functionId('inc');
  const first = new Map<number, number>();
  for (const at of part) {
    if (functions[at] !== inc || types[at] !== OK || valueKinds[at] !== VALUE_INT) continue;
    const before = first.get(valuesA[at]);
    if (before === undefined) first.set(valuesA[at], at);
    else yield [before, at];
  }
}

function repeat(history: History, first: number, second: number): Anomaly {
  const { pairs, valuesA } = history.columns;
  return {
    kind: 'lost-update',
    sentence:
      `The increments by ${whoAndWhen(history, first)} and ${whoAndWhenAfter(history, first, second)} both answered ` +
      `${valuesA[second]}: one of them did not count.`,
    operations: indicesOf(history, [pairs[first], first, pairs[second], second]),
    premises: [{ fact: 'option', name: 'increments', value: 'distinct' }],
  };
}

/** Pairs of answers that contradict each other: the newer one is smaller, or an increment did not grow. */
function* regressionsIn(
  history: History,
  part: Int32Array,
  scope: Scope,
  counts: { answers: number },
): Generator<[number, number]> {
  const { functions, types, nodes, pairs, valuesA, valueKinds } = history.columns;
  const read = history.functionId('read');
  const inc = history.functionId('inc');
  const { sessions } = clientSessions(history);
  const groupOf = (at: number) => (scope === 'process' ? sessions[at] : scope === 'node' ? nodes[at] : 0);
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

function regression(history: History, scope: Scope, older: number, newer: number): Anomaly {
  const { pairs, valuesA, indices, processes } = history.columns;
  return {
    kind: 'non-monotonic',
    sentence:
      `${whoAndWhen(history, newer)} got ${valuesA[newer]}, although ${valuesA[older]} had been answered ` +
      `to ${whoAndWhenAfter(history, newer, older)} before it asked.`,
    operations: indicesOf(history, [pairs[older], older, pairs[newer], newer]),
    ...(scope === 'process' && {
      premises: [{ fact: 'session', process: processes[newer], first: indices[pairs[older]], last: indices[newer] }],
    }),
    details: { scope },
  };
}
