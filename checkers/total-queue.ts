import { FAIL, type History, INFO, INVOKE, NEMESIS, NONE, OK, VALUE_NULL } from '../harness/history/history.js';
import { modelOf } from './against.js';
import type { Anomaly, CheckContext, Checker, Premise } from './checker.js';
import { Elements } from './elements.js';
import { duplicatesAre } from './queue.js';
import { attemptsOn, writersAt } from './premises.js';
import { indicesOf, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';
import { oneOf, yesOrNo } from './option-rules.js';

/**
 * What goes in must come out: elements as multisets over `enqueue`, `dequeue` and `drain` (an ok drain is a list of
 * dequeues), assuming that the queue was drained in the end. After Jepsen's total-queue; an element whose every enqueue
 * failed counts as unexpected, because `fail` promises that nothing happened. A dequeue that answers null
 * found the queue empty; one of unknown outcome may have taken any element, so as long as they are as many as the
 * missing ones, nothing is known of those. Duplicates are reported and allowed unless `exactlyOnce` (or `delivery: exactly-once`) is asked
 * for, or a model that forbids them.
 */
export const totalQueue: Checker = {
  name: 'total-queue',
  summary: 'every acknowledged element is dequeued, none that was never enqueued; duplicates are counted',
  options: {
    delivery: oneOf('at-least-once', 'exactly-once'),
    exactlyOnce: yesOrNo,
    drained: oneOf('observed', 'assumed'),
  },
  check(history, context) {
    const balance = balanceOf(history);
    const { elements, attempts, acknowledged, dequeued } = balance;
    const counts = {
      attempts: 0,
      acknowledged: 0,
      dequeued: 0,
      lost: 0,
      undrained: 0,
      unexpected: 0,
      duplicated: 0,
      recovered: 0,
    };
    const anomalies: Anomaly[] = [];
    const exactlyOnce = isExactlyOnce(context);
    const unseen = takenUnseen(history);
    const empty = lastSeenEmpty(history, context);
    const missing = missingOf(history, balance, empty);
    const show = (kind: 'lost' | 'unexpected' | 'duplicated', element: number, report: boolean) => {
      if (++counts[kind] <= SHOWN_ANOMALIES && report) anomalies.push(describe(history, balance, kind, element));
    };
    for (let element = 0; element < elements.count; element++) {
      counts.attempts += attempts[element];
      counts.acknowledged += acknowledged[element];
      counts.dequeued += dequeued[element];
      if (acknowledged[element] > dequeued[element]) {
        const drained = acknowledgedBefore(history, balance, element, empty) > dequeued[element];
        if (!drained) counts.undrained++;
        show('lost', element, missing > unseen && drained);
      }
      if (dequeued[element] > 0 && (attempts[element] === 0 || balance.tooEarly.has(element)))
        show('unexpected', element, true);
      else if (dequeued[element] > attempts[element]) show('duplicated', element, exactlyOnce);
      counts.recovered += Math.max(0, Math.min(dequeued[element], attempts[element]) - acknowledged[element]);
    }
    const doubt = doubtOf(counts, missing, unseen);
    return verdictOf({
      anomalies,
      ...(doubt !== undefined && { undecided: doubt }),
      details: counts,
      checked: ['every acknowledged element was dequeued', 'nothing was dequeued that cannot have been enqueued'],
      notChecked: [
        'the order of elements (see the model queue)',
        ...(exactlyOnce ? [] : ['duplicates: counted, allowed']),
      ],
    });
  },
};

/** How many elements never came out that were acknowledged before the queue was last found empty. */
function missingOf(history: History, balance: Balance, empty: number): number {
  const { elements, dequeued } = balance;
  let missing = 0;
  for (let element = 0; element < elements.count; element++) {
    missing += Math.max(0, acknowledgedBefore(history, balance, element, empty) - dequeued[element]);
  }
  return missing;
}

function isExactlyOnce(context: CheckContext): boolean {
  const asked = ['delivery', 'exactlyOnce'].some((option) => option in context.options);
  return (asked || modelOf(context) !== undefined) && duplicatesAre(context) === 'forbidden';
}

/**
 * Invocation of the last dequeue that found the queue empty: what was acknowledged before it and never came out is lost.
 * Where a history does not say (no dequeue ever answered null), it is taken to have been drained, unless option
 * `drained: observed` asks for the proof.
 */
function lastSeenEmpty(history: History, { options }: CheckContext): number {
  const { functions, types, pairs, valueKinds, length } = history.columns;
  const [dequeue, drain] = ['dequeue', 'drain'].map((f) => history.functionId(f));
  let latest = NONE;
  for (let at = 0; at < length; at++) {
    if (types[at] !== OK) continue;
    const found = functions[at] === drain || (functions[at] === dequeue && valueKinds[at] === VALUE_NULL);
    if (found && pairs[at] > latest) latest = pairs[at];
  }
  return latest === NONE && options['drained'] !== 'observed' ? Number.POSITIVE_INFINITY : latest;
}

function doubtOf(
  counts: { lost: number; undrained: number; dequeued: number; acknowledged: number },
  missing: number,
  unseen: number,
): string | undefined {
  if (counts.undrained > 0) {
    return `${counts.undrained} acknowledged element(s) never came out, but the queue was not seen empty after them`;
  }
  if (counts.lost > 0 && missing <= unseen) {
    const takers = Number.isFinite(unseen) ? `${unseen} dequeue(s)` : 'a drain';
    return `${missing} acknowledged element(s) never came out, but ${takers} of unknown outcome may have taken them`;
  }
  return counts.dequeued + counts.acknowledged === 0 ? 'nothing was ever enqueued' : undefined;
}

interface Balance {
  readonly elements: Elements;
  /** By element: enqueues that may have happened, were acknowledged, and dequeues. */
  readonly attempts: Int32Array;
  readonly acknowledged: Int32Array;
  readonly dequeued: Int32Array;
  /** Position of the first enqueue (of the first acknowledged one, where there is one) and the last dequeue, or NONE. */
  readonly enqueuedAt: Int32Array;
  /** Completions of acknowledged enqueues, of elements that were enqueued more than once. */
  readonly acknowledgements: Map<number, number[]>;
  readonly dequeuedAt: Int32Array;
  /** By element, a dequeue that was over before any enqueue of it that may have happened began. */
  readonly tooEarly: Map<number, number>;
}

function balanceOf(history: History): Balance {
  const elements = new Elements(history);
  visit(history, elements, () => undefined);
  const zeros = () => new Int32Array(elements.count);
  const balance: Balance = {
    elements,
    attempts: zeros(),
    acknowledged: zeros(),
    dequeued: zeros(),
    enqueuedAt: zeros().fill(NONE),
    dequeuedAt: zeros().fill(NONE),
    tooEarly: new Map(),
    acknowledgements: new Map(),
  };
  const { types, pairs } = history.columns;
  visit(history, elements, (at, element, isEnqueue) => {
    if (!isEnqueue) {
      balance.dequeued[element]++;
      if (balance.attempts[element] === 0 && !balance.tooEarly.has(element)) balance.tooEarly.set(element, at);
      balance.dequeuedAt[element] = at;
      return;
    }
    const failed = pairs[at] !== NONE && types[pairs[at]] === FAIL;
    if (balance.enqueuedAt[element] === NONE) balance.enqueuedAt[element] = at;
    if (!failed) balance.attempts[element]++;
    if (pairs[at] === NONE || types[pairs[at]] !== OK) return;
    if (balance.acknowledged[element]++ === 0) balance.enqueuedAt[element] = at;
    const others = balance.acknowledgements.get(element);
    if (others !== undefined) others.push(pairs[at]);
    else if (balance.acknowledged[element] > 1) {
      balance.acknowledgements.set(element, [pairs[balance.enqueuedAt[element]], pairs[at]]);
    }
  });
  return balance;
}

/** How many enqueues of an element were acknowledged before a position. */
function acknowledgedBefore({ columns }: History, balance: Balance, element: number, position: number): number {
  const several = balance.acknowledgements.get(element);
  if (several !== undefined) return several.filter((at) => at < position).length;
  return Number(balance.acknowledged[element] > 0 && columns.pairs[balance.enqueuedAt[element]] < position);
}

type Visit = (at: number, element: number, isEnqueue: boolean) => void;

/** Visits the invocation of every enqueue and the completion of every successful dequeue, element by element. */
function visit(history: History, elements: Elements, each: Visit): void {
  const { functions, types, valueKinds, length } = history.columns;
  const [enqueue, dequeue, drain] = ['enqueue', 'dequeue', 'drain'].map((f) => history.functionId(f));
  for (let at = 0; at < length; at++) {
    if (functions[at] === enqueue && types[at] === INVOKE) each(at, elements.at(at), true);
    else if (functions[at] === dequeue && types[at] === OK) {
      if (valueKinds[at] !== VALUE_NULL) each(at, elements.at(at), false);
    } else if (functions[at] === drain && types[at] === OK) {
      const drained = elements.list(at);
      for (let i = 0; drained && i < drained.length; i++) each(at, drained.ids[i], false);
    }
  }
}

/**
 * How many elements may have been taken without anybody seeing them: one by each dequeue of unknown outcome, any number
 * by such a drain. As long as that covers what is missing, nothing is proven lost.
 */
function takenUnseen(history: History): number {
  const { functions, types, pairs, length } = history.columns;
  const [dequeue, drain] = ['dequeue', 'drain'].map((f) => history.functionId(f));
  let unseen = 0;
  for (let at = 0; at < length; at++) {
    if (types[at] !== INVOKE || (pairs[at] !== NONE && types[pairs[at]] !== INFO)) continue;
    if (functions[at] === dequeue) unseen++;
    else if (functions[at] === drain) unseen = Number.POSITIVE_INFINITY;
  }
  return unseen;
}

function describe(
  history: History,
  balance: Balance,
  kind: 'lost' | 'unexpected' | 'duplicated',
  element: number,
): Anomaly {
  const { pairs } = history.columns;
  const name = balance.elements.name(element);
  const enqueue = balance.enqueuedAt[element];
  const dequeue = balance.dequeuedAt[element];
  const early = balance.tooEarly.get(element) ?? dequeue;
  const value = balance.elements.value(element);
  const positions = [...attemptsOn(history, ['enqueue'], enqueue === NONE ? dequeue : enqueue, value)];
  const begun = positions.find((at, i) => i % 2 === 0 && at > early) ?? enqueue;
  const sentences = {
    lost: () =>
      `Element ${name}, whose enqueue was acknowledged to ${whoAndWhen(history, pairs[enqueue])}, was never dequeued.`,
    unexpected: () =>
      balance.attempts[element] > 0
        ? `Element ${name} was dequeued by ${whoAndWhen(history, early)}, before ${whoAndWhenAfter(history, early, begun)} ` +
          'began to enqueue it.'
        : `Element ${name} was dequeued by ${whoAndWhen(history, dequeue)}, ` +
          (enqueue === NONE
            ? 'but nobody had tried to enqueue it.'
            : `but its enqueue by ${whoAndWhenAfter(history, dequeue, enqueue)} failed.`),
    duplicated: () =>
      `Element ${name} was dequeued ${balance.dequeued[element]} times, last by ${whoAndWhen(history, dequeue)}, ` +
      `but enqueued ${balance.attempts[element]} time(s).`,
  };
  if (kind !== 'lost') {
    return {
      kind,
      sentence: sentences[kind](),
      operations: indicesOf(history, [...positions, ...takersOf(history, balance, [element])]),
      premises: [writersAt(history, enqueue === NONE ? dequeue : enqueue, value)],
    };
  }
  return { kind, sentence: sentences.lost(), ...lossOf(history, balance, element) };
}

const TAKING = ['dequeue', 'drain'];

/**
 * What proves a loss: of what never came out as many elements as there are dequeues of unknown outcome, and one more; and
 * that the queue was found empty later, where it says so.
 */
function lossOf(history: History, balance: Balance, element: number): Pick<Anomaly, 'operations' | 'premises'> {
  const { types, functions, functionNames, pairs, processes, valueKinds, length } = history.columns;
  const takes = functionNames.map((f) => TAKING.includes(f));
  const unknown: number[] = [];
  let emptied = NONE;
  for (let at = 0; at < length; at++) {
    if (!takes[functions[at]] || processes[at] === NEMESIS) continue;
    if (types[at] === INVOKE && (pairs[at] === NONE || types[pairs[at]] === INFO)) unknown.push(at, pairs[at]);
    const isEmpty = functionNames[functions[at]] === 'drain' || valueKinds[at] === VALUE_NULL;
    if (types[at] === OK && isEmpty && (emptied === NONE || pairs[at] > pairs[emptied])) emptied = at;
  }
  const { acknowledged, dequeued, elements, enqueuedAt } = balance;
  const missing = [element];
  const others = unknown.length / 2;
  for (let other = 0; other < elements.count && missing.length <= others; other++) {
    if (other !== element && acknowledged[other] > dequeued[other]) missing.push(other);
  }
  const enqueues = missing.flatMap((each) => attemptsOn(history, ['enqueue'], enqueuedAt[each], elements.value(each)));
  return {
    operations: indicesOf(history, [
      ...enqueues,
      ...takersOf(history, balance, missing),
      ...unknown,
      ...(emptied === NONE ? [] : [pairs[emptied], emptied]),
    ]),
    premises: [
      { fact: 'unknown', f: TAKING },
      ...missing.map((each): Premise => ({ fact: 'answers', f: TAKING, value: elements.value(each) })),
      // Nobody ever found it empty: it is taken to have been drained in the end.
      ...(emptied === NONE ? [{ fact: 'option', name: 'drained', value: null } as const] : []),
    ],
  };
}

/** Events of what took some elements out. */
function takersOf(history: History, { elements }: Balance, wanted: readonly number[]): readonly number[] {
  const { pairs } = history.columns;
  const found: number[] = [];
  visit(history, elements, (at, element, isEnqueue) => {
    if (!isEnqueue && wanted.includes(element)) found.push(pairs[at], at);
  });
  return found;
}
