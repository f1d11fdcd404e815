import { FAIL, type History, INFO, INVOKE, NONE, OK, VALUE_INT, VALUE_NULL } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { exactly, integerOf, plus } from '../harness/history/values/numbers.js';
import { partitionByKey } from './by-key.js';
import { isForbidden, modelOf } from './against.js';
import type { Anomaly, CheckContext, Checker, Premise } from './checker.js';
import { keyAt } from './premises.js';
import { indicesOf, nonsense, SHOWN_ANOMALIES, verdictOf, whoAndWhen } from './verdict.js';
import { oneOf } from './option-rules.js';

const KIND = 'counter-out-of-bounds';

/**
 * `add` of an amount and `read` of the total: every read lies between the sum of what was surely applied when it was
 * invoked and the sum of what was possibly applied when it completed. After Jepsen's counter, extended to negative
 * amounts: those lower the lower bound as soon as they are invoked (also while the read goes on) and the upper one only
 * where they were acknowledged before the read was invoked.
 *
 * A read below its bound is explained by an old state if a read invoked later is within its own again: what it missed was
 * not lost, and models without real time allow it. Reads after which none is within bounds show lost increments; where
 * clients compute the new total (option `updates: computed`), models that allow lost updates allow those.
 */
export const counter: Checker = {
  name: 'counter',
  summary: 'every read lies between the increments surely and possibly applied',
  options: { updates: oneOf('computed', 'relative') },
  check(history, context) {
    const model = modelOf(context);
    const anomalies: Anomaly[] = [];
    const allowed: Anomaly[] = [];
    const counts = { reads: 0, adds: 0, violations: 0, nullReads: 0 };
    for (const part of partitionByKey(history)) {
      const { strays, lastWithin } = strayReads(history, part, counts);
      for (const stray of strays) {
        counts.violations++;
        const list = isForbidden(model, offenceOf(stray, lastWithin, context.options)) ? anomalies : allowed;
        if (list.length < SHOWN_ANOMALIES) list.push(outOfBounds(history, stray));
      }
    }
    const { reads, adds, violations, nullReads } = counts;
    return verdictOf({
      anomalies,
      allowed,
      ...(reads === 0 && adds === 0 && { undecided: 'the counter was neither incremented nor read' }),
      details: { reads, violations, ...(nullReads > 0 && { nullReads }), ...(model !== undefined && { model }) },
      checked: ['every read lies between the increments surely applied before it and possibly applied by its end'],
      notChecked: [
        ...(reads === 0 ? ['anything about values: no read succeeded'] : []),
        ...(nullReads > 0 ? [`${nullReads} read(s) that answered nothing`] : []),
        'whether the reads agree with one order of the increments (see the model counter)',
      ],
    });
  },
};

/** What a model has to allow for the read to be allowed. Nothing allows a total that is too high. */
function offenceOf({ at, value, lower }: Stray, lastWithin: number, options: CheckContext['options']): string {
  if (value > lower) return KIND;
  if (at < lastWithin) return 'stale-read';
  // Adding in the database itself loses nothing at any level; a client that reads, adds and writes may be overtaken.
  return options['updates'] === 'computed' ? 'lost-update' : KIND;
}

/** A read outside of its bounds; `at` is its completion. */
interface Stray {
  readonly at: number;
  readonly value: Total;
  readonly lower: Total;
  readonly upper: Total;
}

/** A bigint past 2^53. */
type Total = number | bigint;

interface Sums {
  readonly positive: Total;
  readonly negative: Total;
}

const NOTHING: Sums = { positive: 0, negative: 0 };

/** `lastWithin`: latest invocation of a read that is within its bounds. */
function strayReads(
  history: History,
  part: Int32Array,
  counts: { reads: number; adds: number; nullReads: number },
): { readonly strays: readonly Stray[]; readonly lastWithin: number } {
  const { functions, types, pairs, valueKinds, valuesA } = history.columns;
  const add = history.functionId('add');
  const read = history.functionId('read');
  const amountOf = (at: number): Total => {
    if (valueKinds[at] === VALUE_INT) return valuesA[at];
    const amount = integerOf(history.value(at));
    if (amount === undefined) throw nonsense(history, at, 'expected an integer amount');
    return amount;
  };
  const strays: Stray[] = [];
  /** Sums of what was acknowledged when each open read was invoked. */
  const surelyAt = new Map<number, Sums>();
  let lastWithin = NONE;
  const possibly: { -readonly [K in keyof Sums]: Total } = { positive: 0, negative: 0 };
  const surely: typeof possibly = { positive: 0, negative: 0 };
  // An add that fails is known to fail from its invocation on: look ahead through its pair.
  for (const at of part) {
    const type = types[at];
    if (functions[at] === add) {
      counts.adds++;
      const failed = type === INVOKE ? pairs[at] >= 0 && types[pairs[at]] === FAIL : type === FAIL;
      if (failed || type === INFO) continue;
      const amount = type === OK && pairs[at] >= 0 ? amountOf(pairs[at]) : amountOf(at);
      const sums = type === INVOKE ? possibly : surely;
      const sign = amount > 0 ? 'positive' : 'negative';
      sums[sign] = plus(sums[sign], amount);
    } else if (functions[at] === read && type === INVOKE) surelyAt.set(at, { ...surely });
    else if (functions[at] === read && type === OK) {
      // A read that answers nothing proves nothing.
      if (valueKinds[at] === VALUE_NULL) {
        counts.nullReads++;
        surelyAt.delete(pairs[at]);
        continue;
      }
      counts.reads++;
      const value = amountOf(at);
      const then = surelyAt.get(pairs[at]) ?? NOTHING;
      surelyAt.delete(pairs[at]);
      // What goes on beside the read may have come before it, or not.
      const lower = plus(then.positive, possibly.negative);
      const upper = plus(then.negative, possibly.positive);
      if (value >= lower && value <= upper) lastWithin = Math.max(lastWithin, pairs[at]);
      else strays.push({ at, value, lower, upper });
    }
  }
  return { strays, lastWithin };
}

function outOfBounds(history: History, { at, value, lower, upper }: Stray): Anomaly {
  return {
    kind: KIND,
    sentence:
      `The read by ${whoAndWhen(history, at)} returned ${value}, but the counter could only be ` +
      `between ${lower} (surely applied) and ${upper} (possibly applied).`,
    operations: indicesOf(history, [history.columns.pairs[at], at]),
    premises: sumsOf(history, at, value < lower ? 1 : -1),
    details: { value: exactly(value), lower: exactly(lower), upper: exactly(upper) },
  };
}

/**
 * The sums that a read contradicts: what was added with one sign and acknowledged before it began, and what was asked for
 * with the other by its end.
 */
function sumsOf(history: History, at: number, sure: 1 | -1): readonly Premise[] {
  const { indices, pairs } = history.columns;
  const amounts = (sign: 1 | -1, of: 'invoked' | 'acknowledged', before: number): Premise => {
    const facts = { fact: 'amounts', f: 'add', ...keyAt(history, at), sign, of, before: indices[before] } as const;
    return { ...facts, sum: sumOf(history, at, facts, before) };
  };
  return [amounts(sure, 'acknowledged', pairs[at]), amounts(sure === 1 ? -1 : 1, 'invoked', at)];
}

function sumOf(
  history: History,
  read: number,
  { sign, of }: { readonly sign: 1 | -1; readonly of: 'invoked' | 'acknowledged' },
  before: number,
): Json {
  const { types, functions, keys, pairs } = history.columns;
  const add = history.functionId('add');
  let sum: Total = 0;
  for (let at = 0; at < before; at++) {
    if (types[at] !== INVOKE || functions[at] !== add || keys[at] !== keys[read]) continue;
    const outcome = pairs[at] < 0 ? INFO : types[pairs[at]];
    if (outcome === FAIL || (of === 'acknowledged' && (outcome !== OK || pairs[at] >= before))) continue;
    const amount = integerOf(history.value(at)) ?? 0;
    if (sign > 0 ? amount > 0 : amount < 0) sum = plus(sum, amount);
  }
  return exactly(sum);
}
