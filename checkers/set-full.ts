import { FAIL, type History, INVOKE, NONE, OK } from '../harness/history/history.js';
import { partitionByKey } from './by-key.js';
import { isForbidden, modelOf } from './against.js';
import type { Anomaly, CheckContext, Checker } from './checker.js';
import { Elements, IdBuffer } from './elements.js';
import { attemptsOn, writersAt } from './premises.js';
import { lastRead } from './set.js';
import {
  gap,
  indicesOf,
  isTimed,
  SHOWN_ANOMALIES,
  verdictOf,
  when,
  who,
  whoAndWhen,
  whoAndWhenAfter,
} from './verdict.js';
import { yesOrNo } from './option-rules.js';

/**
 * Every element of a set over its whole life: `add` of one element, `read` of all. After Jepsen's set-full, in terms of
 * positions in the history; stricter in that duplicates and elements nobody added are violations.
 *
 * An element is *known* once its add was acknowledged or a read showed it. It is `lost` when a read invoked after that
 * misses it and no later read shows it; `stale` when it was missed after being known but showed up again for good.
 */
export const setFull: Checker = {
  name: 'set-full',
  summary: 'every acknowledged element of a set stays visible: lost, stale, never read, duplicated, unexpected',
  options: { linearizable: yesOrNo },
  check(history, context) {
    const parts = partitionByKey(history).map((part) => new Lives(history, part));
    return verdictOf(summarize(history, parts, modelOf(context), staleness(context)));
  },
};

/** Whether a stale read is a violation, is allowed by the model, or was not asked about. */
function staleness(context: CheckContext): 'forbidden' | 'allowed' | 'not asked' {
  if (context.options.linearizable === true) return 'forbidden';
  const model = modelOf(context);
  if (model === undefined) return 'not asked';
  return isForbidden(model, 'stale-read') ? 'forbidden' : 'allowed';
}

/** What became of every element of one set; arrays by element id, positions or NONE. */
class Lives {
  readonly elements: Elements;
  /** Invocation of its first add. */
  addInvoked = new Int32Array(0);
  /** Invocation of its first add that did not fail. */
  addPossible = new Int32Array(0);
  known = new Int32Array(0);
  lastPresent = new Int32Array(0);
  lastAbsent = new Int32Array(0);
  /** Completion of the last read that showed it. */
  #shownBy = new Int32Array(0);
  /** Elements whose add was invoked. */
  readonly #tracked = new IdBuffer();
  /** Read completions that show an element twice, and one such element each. */
  readonly duplicates: { readonly read: number; readonly element: number }[] = [];
  /** Read completions that show an element before any add that did not fail was invoked, and that element. */
  readonly unexpected: { readonly read: number; readonly element: number }[] = [];
  reads = 0;
  /** Reads that answered nothing though elements were known when they were invoked. */
  silent = 0;
  #firstKnown = Number.POSITIVE_INFINITY;

  constructor(history: History, part: Int32Array) {
    const { types, functions, pairs } = history.columns;
    const add = history.functionId('add');
    const read = history.functionId('read');
    this.elements = new Elements(history);
    for (const at of part) {
      // What was asked for stands at the invocation; a completion need not repeat it.
      if (functions[at] === add) this.#add(history, at, types[at] === INVOKE ? at : pairs[at]);
      else if (functions[at] === read && types[at] === OK) this.#read(at, pairs[at]);
    }
  }

  /** Makes room for elements met just now. */
  #fit(): void {
    if (this.elements.count <= this.known.length) return;
    const size = 2 * this.elements.count;
    const larger = (old: Int32Array) => {
      const grown = new Int32Array(size).fill(NONE);
      grown.set(old);
      return grown;
    };
    this.addInvoked = larger(this.addInvoked);
    this.addPossible = larger(this.addPossible);
    this.known = larger(this.known);
    this.lastPresent = larger(this.lastPresent);
    this.lastAbsent = larger(this.lastAbsent);
    this.#shownBy = larger(this.#shownBy);
  }

  /** An element may be added again and again: by any attempt that did not fail it may be there. */
  #add({ columns }: History, at: number, invoked: number): void {
    const { types, pairs } = columns;
    const element = this.elements.at(invoked);
    this.#fit();
    if (types[at] === OK) this.#know(element, at);
    if (types[at] !== INVOKE) return;
    if (this.addInvoked[element] === NONE) {
      this.addInvoked[element] = at;
      this.#tracked.push(element);
    }
    const failed = pairs[at] !== NONE && types[pairs[at]] === FAIL;
    if (!failed && this.addPossible[element] === NONE) this.addPossible[element] = at;
  }

  #know(element: number, at: number): void {
    if (this.known[element] === NONE) this.known[element] = at;
    if (at < this.#firstKnown) this.#firstKnown = at;
  }

  #read(at: number, invoked: number): void {
    const listed = this.elements.list(at);
    if (listed === undefined) {
      if (this.#firstKnown < invoked) this.silent++;
      return;
    }
    this.#fit();
    this.reads++;
    const { addPossible, known, lastPresent, lastAbsent } = this;
    const shownBy = this.#shownBy;
    const { ids: shown, length } = listed;
    for (let i = 0; i < length; i++) {
      const element = shown[i];
      if (shownBy[element] === at) {
        this.duplicates.push({ read: at, element });
        continue;
      }
      shownBy[element] = at;
      if (addPossible[element] === NONE) this.unexpected.push({ read: at, element });
      if (known[element] === NONE) this.#know(element, at);
      if (lastPresent[element] < invoked) lastPresent[element] = invoked;
    }
    const tracked = this.#tracked.ids;
    for (let i = 0; i < this.#tracked.length; i++) {
      const element = tracked[i];
      if (shownBy[element] !== at && lastAbsent[element] < invoked) lastAbsent[element] = invoked;
    }
  }
}

function summarize(
  history: History,
  parts: readonly Lives[],
  model: string | undefined,
  stalenessIs: ReturnType<typeof staleness>,
) {
  const counts = {
    elements: 0,
    reads: 0,
    stable: 0,
    stale: 0,
    lost: 0,
    neverRead: 0,
    duplicated: 0,
    unexpected: 0,
    failedSeen: 0,
    silentReads: 0,
  };
  const anomalies: Anomaly[] = [];
  const latenciesMs: number[] = [];
  const show = (kind: keyof typeof counts, anomaly: () => Anomaly) => {
    if (++counts[kind] <= SHOWN_ANOMALIES) anomalies.push(anomaly());
  };
  for (const lives of parts) {
    counts.reads += lives.reads;
    counts.silentReads += lives.silent;
    for (const { read, element } of lives.duplicates)
      show('duplicated', () => duplicated(history, lives, read, element));
    for (const { read, element } of lives.unexpected) {
      const tried = lives.addInvoked[element];
      if (tried === NONE || tried > read) show('unexpected', () => unexpected(history, lives, read, element));
      else show('failedSeen', () => failedSeen(history, lives, read, element));
    }
    for (let element = 0; element < lives.elements.count; element++) {
      if (lives.addInvoked[element] === NONE) continue;
      counts.elements++;
      const { lastPresent, lastAbsent, known } = lives;
      if (lastPresent[element] > lastAbsent[element]) {
        counts.stable++;
        const late = lastAbsent[element] > known[element];
        const { times } = history.columns;
        latenciesMs.push(late ? (times[lastAbsent[element]] - times[known[element]]) / 1e6 : 0);
        if (late && stalenessIs !== 'not asked') show('stale', () => stale(history, lives, element));
        else if (late) counts.stale++;
      } else if (known[element] !== NONE && lastAbsent[element] > known[element]) {
        show('lost', () => lost(history, lives, element));
      } else counts.neverRead++;
    }
  }
  const linearizable = stalenessIs === 'forbidden';
  const allows = ({ kind }: Anomaly) => (kind === 'stale-read' ? !linearizable : !isForbidden(model, kind));
  return {
    anomalies: anomalies.filter((anomaly) => !allows(anomaly)),
    allowed: anomalies.filter(allows),
    ...(counts.silentReads > 0 && {
      undecided: `${counts.silentReads} read(s) answered nothing, after elements were known to be there`,
    }),
    ...(counts.stable === 0 && { undecided: 'no element was ever read for good: nothing can be said about the set' }),
    details: { ...counts, ...(model !== undefined && { model }), visibilityMs: quantiles(latenciesMs) },
    checked: [
      'no acknowledged or seen element is missing from every later read',
      'no element twice in one read, none that nobody added',
      ...(linearizable ? ['every element is visible from its acknowledgement on'] : []),
    ],
    notChecked: linearizable
      ? []
      : ['how soon an acknowledged element becomes visible (asked for with linearizable=true)'],
  };
}

function lost(history: History, lives: Lives, element: number): Anomaly {
  const { pairs } = history.columns;
  const missing = pairs[lives.lastAbsent[element]];
  return {
    kind: 'lost',
    sentence:
      `Element ${lives.elements.name(element)} was known since ${whoAndWhen(history, lives.known[element])} ` +
      `and is missing from the read by ${whoAndWhenAfter(history, lives.known[element], missing)} and from every later one.`,
    operations: indicesOf(history, [...knowing(history, lives, element), lives.lastAbsent[element], missing]),
    premises: [lastRead(history, missing)],
  };
}

/** The operation by which an element is known: its acknowledged add, or a read that shows it. */
function knowing({ columns: { pairs } }: History, { known, addInvoked }: Lives, element: number): readonly number[] {
  return [addInvoked[element], pairs[known[element]], known[element]];
}

function stale(history: History, lives: Lives, element: number): Anomaly {
  const { pairs, times } = history.columns;
  const absent = lives.lastAbsent[element];
  const late = isTimed(history)
    ? `${gap(times[absent] - times[lives.known[element]])} later`
    : `at ${when(history, absent)}`;
  return {
    kind: 'stale-read',
    sentence:
      `Element ${lives.elements.name(element)} was known since ${whoAndWhen(history, lives.known[element])} ` +
      `and was still missing from the read that ${who(history, absent)} began ${late}.`,
    operations: indicesOf(history, [...knowing(history, lives, element), absent, pairs[absent]]),
  };
}

function duplicated(history: History, lives: Lives, read: number, element: number): Anomaly {
  return {
    kind: 'duplicate-elements',
    sentence: `Element ${lives.elements.name(element)} appears more than once in the read by ${whoAndWhen(history, read)}.`,
    operations: indicesOf(history, [history.columns.pairs[read], read]),
  };
}

function unexpected(history: History, lives: Lives, read: number, element: number): Anomaly {
  return {
    kind: 'unexpected',
    sentence: `The read by ${whoAndWhen(history, read)} shows element ${lives.elements.name(element)}, which nobody had tried to add.`,
    operations: indicesOf(history, [
      ...attemptsOn(history, ['add'], read, lives.elements.value(element)),
      history.columns.pairs[read],
      read,
    ]),
    premises: [writersAt(history, read, lives.elements.value(element))],
  };
}

function failedSeen(history: History, lives: Lives, read: number, element: number): Anomaly {
  const add = lives.addInvoked[element];
  const { pairs } = history.columns;
  const present = pairs[read];
  return {
    kind: 'dirty-read',
    sentence:
      `Element ${lives.elements.name(element)}, whose add by ${whoAndWhen(history, add)} failed, ` +
      `appears in the read by ${whoAndWhenAfter(history, add, pairs[present])}.`,
    operations: indicesOf(history, [
      ...attemptsOn(history, ['add'], present, lives.elements.value(element)),
      present,
      pairs[present],
    ]),
    premises: [writersAt(history, present, lives.elements.value(element))],
  };
}

function quantiles(samples: number[]): Record<string, number> {
  samples.sort((a, b) => a - b);
  const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(share * samples.length))] ?? 0;
  return { p0: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), p100: at(1) };
}
