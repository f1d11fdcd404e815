import { FAIL, type History, INVOKE, NONE, OK } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import type { Anomaly, Checker } from './checker.js';
import { Elements, type IdBuffer } from './elements.js';
import { attemptsOn, writersAt } from './premises.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';

const WRITES = ['write', 'insert', 'add'];

/**
 * Causal reverse: a read sees a write, but misses another that had been acknowledged before the first was even invoked.
 * Writes (`write`, `insert` or `add` of one unique element) and reads of everything (`read`, a list). Linear: a read
 * must contain every write acknowledged before the latest-invoked write that it shows; ranks by acknowledgement make
 * that one comparison a read. Reads that show a write that failed, or one that began after they ended, are named as well
 * and, with option `initialState: empty`, those that show what nobody wrote.
 */
export const causalReverse: Checker = {
  name: 'causal-reverse',
  summary: 'no read shows a write while missing one acknowledged before that write began',
  check(history, { options }) {
    const fromEmpty = options['initialState'] === 'empty';
    const counts = { writes: 0, reads: 0, reversals: 0, unwritten: 0 };
    const anomalies: Anomaly[] = [];
    for (const part of partitionByKey(history)) judge(history, part, fromEmpty, counts, anomalies);
    return verdictOf({
      anomalies,
      ...(counts.reads === 0 && { undecided: 'no read succeeded' }),
      details: counts,
      checked: [
        'no read shows a write while missing one acknowledged before that write began',
        'no read shows a write that failed, or that had not begun',
        ...(fromEmpty ? ['no read shows what nobody wrote'] : []),
      ],
      notChecked: ['whether reads are recent'],
    });
  },
};

function judge(
  history: History,
  part: Int32Array,
  fromEmpty: boolean,
  counts: { writes: number; reads: number; reversals: number; unwritten: number },
  anomalies: Anomaly[],
): void {
  const { functions, types, pairs } = history.columns;
  const writes = WRITES.map((f) => history.functionId(f)).filter((id) => id !== NONE);
  const read = history.functionId('read');
  const elements = new Elements(history);
  /** By element, the first of its writes that did not fail, and that one's acknowledgement. */
  const invoked: number[] = [];
  const acknowledgedAt: number[] = [];
  /** Elements that were shown before any write that can have put them there, and the read. */
  const unwritten = new Map<number, number>();
  /** Elements in the order of their acknowledgement, and each one's place in it. */
  const acknowledged: number[] = [];
  const rank: number[] = [];
  /** How many writes had been acknowledged when an element's write was invoked. */
  const expected: number[] = [];
  for (const at of part) {
    if (writes.includes(functions[at])) {
      const element = elements.at(types[at] === OK ? pairs[at] : at);
      if (types[at] === INVOKE && invoked[element] === undefined) {
        if (pairs[at] !== NONE && types[pairs[at]] === FAIL) continue;
        counts.writes++;
        invoked[element] = at;
        expected[element] = acknowledged.length;
      } else if (types[at] === OK && rank[element] === undefined) {
        rank[element] = acknowledged.push(element) - 1;
        acknowledgedAt[element] = at;
      }
    } else if (functions[at] === read && types[at] === OK) {
      const shown = elements.list(at);
      if (shown === undefined) continue;
      counts.reads++;
      for (let i = 0; i < shown.length; i++) {
        const element = shown.ids[i];
        if (invoked[element] === undefined && !unwritten.has(element)) unwritten.set(element, at);
      }
      const latest = latestInvoked(shown, expected);
      if (latest === NONE) continue;
      const missing = missingBelow(expected[latest], shown, rank, acknowledged);
      if (missing === NONE || ++counts.reversals > SHOWN_ANOMALIES) continue;
      anomalies.push(reversal(history, elements, { at, latest, missing: acknowledgedAt[missing] }));
    }
  }
  for (const [element, at] of unwritten) {
    const attempts = attemptsOn(history, WRITES, at, elements.value(element));
    if (attempts.length === 0 && !fromEmpty) continue;
    if (++counts.unwritten <= SHOWN_ANOMALIES)
      anomalies.push(fromNowhere(history, elements, { at, element, attempts }));
  }
}

function latestInvoked({ ids, length }: Readonly<IdBuffer>, expected: readonly number[]): number {
  let latest = NONE;
  for (let i = 0; i < length; i++) {
    const element = ids[i];
    if (expected[element] !== undefined && (latest === NONE || expected[element] > expected[latest])) latest = element;
  }
  return latest;
}

/** An element among the first `bound` acknowledged that the list lacks, or NONE. */
function missingBelow(
  bound: number,
  { ids, length }: Readonly<IdBuffer>,
  rank: readonly number[],
  acknowledged: readonly number[],
): number {
  const present = new Set<number>();
  for (let i = 0; i < length; i++) if (rank[ids[i]] < bound) present.add(ids[i]);
  if (present.size === bound) return NONE;
  return acknowledged.slice(0, bound).find((element) => !present.has(element)) ?? NONE;
}

function reversal(
  history: History,
  elements: Elements,
  { at, latest, missing }: { readonly at: number; readonly latest: number; readonly missing: number },
): Anomaly {
  const { pairs } = history.columns;
  const shown = elements.value(latest);
  const missed = elements.name(elements.at(pairs[missing]));
  return {
    kind: 'causal-reverse',
    sentence:
      `The read by ${whoAndWhen(history, at)} shows ${elements.name(latest)} but misses ${missed}, which had been ` +
      `acknowledged to ${whoAndWhenAfter(history, at, missing)} before ${elements.name(latest)} was written.`,
    operations: indicesOf(history, [
      ...[pairs[missing], missing, pairs[at], at],
      ...attemptsOn(history, WRITES, at, shown),
    ]),
    premises: [writersAt(history, at, shown)],
  };
}

/** A read of what no write can have put there: all of them failed, began later, or there is none. */
function fromNowhere(
  history: History,
  elements: Elements,
  { at, element, attempts }: { readonly at: number; readonly element: number; readonly attempts: readonly number[] },
): Anomaly {
  const { pairs, types } = history.columns;
  const invocations = attempts.filter((_, i) => i % 2 === 0);
  const later = invocations.find((write) => pairs[write] === NONE || types[pairs[write]] !== FAIL);
  const kind = later !== undefined ? 'future-read' : invocations.length > 0 ? 'dirty-read' : 'thin-air-read';
  const why =
    later !== undefined
      ? `whose write by ${whoAndWhenAfter(history, at, later)} had not begun: a read from the future`
      : invocations.length > 0
        ? `whose write by ${whoAndWhenAfter(history, at, invocations[0])} failed`
        : 'which nobody wrote';
  return {
    kind,
    sentence: `The read by ${whoAndWhen(history, at)} shows ${elements.name(element)}, ${why}.`,
    operations: indicesOf(history, [...attempts, pairs[at], at]),
    premises: [
      writersAt(history, at, elements.value(element)),
      ...(kind === 'thin-air-read' ? [{ fact: 'option', name: 'initialState', value: 'empty' } as const] : []),
    ],
  };
}
