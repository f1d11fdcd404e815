import { FAIL, type History, INFO, INVOKE, NONE, OK } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker, Premise } from './checker.js';
import { Elements } from './elements.js';
import { attemptsOn, keyAt, writersAt } from './premises.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';

/**
 * The last successful read of a set against everything that was added: `lost` when an acknowledged element is missing,
 * `unexpected` when an element shows up that nobody tried to add or whose every add failed. After Jepsen's set checker;
 * the failed ones are stricter, because `fail` promises that nothing happened. An element may be added again and again: it
 * is judged by its attempts, those acknowledged before the read was invoked and those invoked before it was answered. A
 * later read that answers nothing at all leaves it open what became of the set.
 */
export const set: Checker = {
  name: 'set',
  summary: 'the final read shows every acknowledged element and no other',
  check(history) {
    const counts = { attempted: 0, acknowledged: 0, lost: 0, unexpected: 0, recovered: 0 };
    const anomalies: Anomaly[] = [];
    let unread = 0;
    let silent = 0;
    for (const part of partitionByKey(history)) {
      const fates = fatesOf(history, part);
      if (fates === undefined) {
        unread++;
        continue;
      }
      if (fates.silent && fates.acknowledged.some((add) => add !== NONE)) silent++;
      for (let element = 0; element < fates.elements.count; element++) {
        const acknowledged = fates.acknowledged[element] !== NONE;
        const attempted = fates.added[element] !== NONE;
        const shown = fates.shown[element] === 1;
        const possible = fates.possible[element] === 1;
        counts.attempted += Number(attempted);
        counts.acknowledged += Number(acknowledged);
        counts.recovered += Number(shown && possible && !acknowledged);
        if (acknowledged && !shown && ++counts.lost <= SHOWN_ANOMALIES) anomalies.push(lost(history, fates, element));
        const wrong = shown && !possible;
        if (wrong && ++counts.unexpected <= SHOWN_ANOMALIES) anomalies.push(unexpected(history, fates, element));
      }
    }
    return verdictOf({
      anomalies,
      ...(silent > 0 && {
        undecided: `the last read of ${silent} set(s) answered nothing, after elements were acknowledged`,
      }),
      ...(unread > 0 && { undecided: `no read succeeded of ${unread} set(s)` }),
      details: counts,
      checked: [
        'the final read shows every acknowledged element',
        'the final read shows only elements that may have been added',
      ],
      notChecked: ['reads before the final one (see set-full)'],
    });
  },
};

/** What became of every element of one set; arrays by element id. */
interface Fates {
  readonly elements: Elements;
  /** Position of the first invocation that adds it, or NONE. */
  readonly added: Int32Array;
  /** Position of the first invocation that adds it and was acknowledged before the final read was invoked, or NONE. */
  readonly acknowledged: Int32Array;
  /** Whether an attempt that did not fail was invoked before the final read was answered. */
  readonly possible: Uint8Array;
  readonly shown: Uint8Array;
  readonly finalRead: number;
  /** A read after the final one answered nothing. */
  readonly silent: boolean;
}

function fatesOf(history: History, part: Int32Array): Fates | undefined {
  const { functions, types, pairs } = history.columns;
  const add = history.functionId('add');
  const read = history.functionId('read');
  const elements = new Elements(history);
  let finalRead = NONE;
  let silent = false;
  for (const at of part) {
    if (functions[at] === add) elements.at(types[at] === INVOKE ? at : pairs[at]);
    else if (functions[at] === read && types[at] === OK) {
      silent = elements.list(at) === undefined;
      // Of reads that overlap, the one that began last.
      if (!silent && (finalRead === NONE || pairs[at] > pairs[finalRead])) finalRead = at;
    }
  }
  if (finalRead === NONE) return undefined;
  const shown = new Uint8Array(elements.count);
  const last = elements.list(finalRead)!;
  for (let i = 0; i < last.length; i++) shown[last.ids[i]] = 1;
  const added = new Int32Array(elements.count).fill(NONE);
  const acknowledged = new Int32Array(elements.count).fill(NONE);
  const possible = new Uint8Array(elements.count);
  for (const at of part) {
    if (functions[at] !== add || types[at] !== INVOKE) continue;
    const element = elements.at(at);
    if (added[element] === NONE) added[element] = at;
    const outcome = pairs[at] === NONE ? INFO : types[pairs[at]];
    if (outcome !== FAIL && at < finalRead) possible[element] = 1;
    const known = outcome === OK && pairs[at] < pairs[finalRead];
    if (known && acknowledged[element] === NONE) acknowledged[element] = at;
  }
  return { elements, added, acknowledged, possible, shown, finalRead, silent };
}

function lost(history: History, { elements, acknowledged, finalRead }: Fates, element: number): Anomaly {
  const { pairs } = history.columns;
  const add = acknowledged[element];
  return {
    kind: 'lost',
    sentence:
      `Element ${elements.name(element)}, acknowledged to ${whoAndWhen(history, pairs[add])}, ` +
      `is missing from the final read by ${whoAndWhenAfter(history, pairs[add], finalRead)}.`,
    operations: indicesOf(history, [add, pairs[add], pairs[finalRead], finalRead]),
    premises: [lastRead(history, finalRead)],
  };
}

function unexpected(history: History, { elements, added, finalRead }: Fates, element: number): Anomaly {
  const { pairs } = history.columns;
  const add = added[element];
  const why =
    add === NONE || add > finalRead
      ? 'which nobody had tried to add'
      : `whose add by ${whoAndWhenAfter(history, finalRead, add)} failed`;
  return {
    kind: 'unexpected',
    sentence: `The final read by ${whoAndWhen(history, finalRead)} shows element ${elements.name(element)}, ${why}.`,
    operations: indicesOf(history, [
      ...attemptsOn(history, ['add'], finalRead, elements.value(element)),
      pairs[finalRead],
      finalRead,
    ]),
    premises: [writersAt(history, finalRead, elements.value(element))],
  };
}

/** No read of the set that began after this one succeeded. */
export function lastRead(history: History, read: number): Premise {
  const { indices, pairs } = history.columns;
  return { fact: 'later', f: ['read'], ...keyAt(history, read), after: indices[pairs[read]] };
}
