import { Random } from '../../harness/kit/random.js';

/** A level that shifted for good, as far as the series goes. */
export interface Change {
  /** Position of the first value at the new level. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
  /** after / before. */
  readonly factor: number;
  /** Probability of so clear a shift somewhere in the series if its order meant nothing. */
  readonly p: number;
}

/** Fewer values on a side are not a level yet. */
const LEAST_BEFORE = 5;
const LEAST_AFTER = 3;
const SHUFFLES = 999;
/** With the effect below, quiet on thirty nights of noise looked at night by night, and loud on a doubling. */
const SIGNIFICANCE = 0.005;
const EFFECT = 1.5;
/** Logarithms; a series that hardly moves must not make every breath a change. */
const LEAST_DEVIATION = 0.02;

/**
 * The clearest shift of a series of positive values, if it is beyond chance and large enough to matter: two segments of
 * logarithms compared by their t statistic at every possible place, and the largest held against the largest of the
 * same values in random orders (a permutation test, which asks nothing of their distribution and counts the search for
 * the place). Deterministic: the shuffles come from the values themselves.
 */
export function changeIn(values: readonly number[]): Change | undefined {
  if (values.length < LEAST_BEFORE + LEAST_AFTER || values.some((value) => !(value > 0))) return undefined;
  const logs = Float64Array.from(values, Math.log);
  const { at, statistic } = clearest(logs);
  const before = middle(values.slice(0, at));
  const after = middle(values.slice(at));
  const factor = after / before;
  if (Math.max(factor, 1 / factor) < EFFECT) return undefined;
  const p = chanceOf(statistic, logs);
  return p <= SIGNIFICANCE ? { at, before, after, factor, p } : undefined;
}

function chanceOf(statistic: number, logs: Float64Array): number {
  const seed = logs.reduce((sum, value, at) => (sum * 31 + Math.round(value * 1e6) + at) % 2147483647, 7);
  const [beyond] = Random.fromSeed(seed).draw((dice) => {
    let count = 0;
    let order: number[] = [...logs];
    for (let i = 0; i < SHUFFLES; i++) {
      order = dice.shuffle(order);
      if (clearest(Float64Array.from(order)).statistic >= statistic) count++;
    }
    return count;
  });
  return (beyond + 1) / (SHUFFLES + 1);
}

function clearest(logs: Float64Array): { readonly at: number; readonly statistic: number } {
  const n = logs.length;
  let [total, squares] = [0, 0];
  for (const value of logs) {
    total += value;
    squares += value * value;
  }
  let best = { at: LEAST_BEFORE, statistic: 0 };
  let [sum, square] = [0, 0];
  for (let at = 1; at <= n - LEAST_AFTER; at++) {
    sum += logs[at - 1];
    square += logs[at - 1] ** 2;
    if (at < LEAST_BEFORE) continue;
    const rest = n - at;
    const within = square - sum ** 2 / at + (squares - square - (total - sum) ** 2 / rest);
    const deviation = Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, within) / (n - 2)));
    const difference = Math.abs(sum / at - (total - sum) / rest);
    const statistic = difference / (deviation * Math.sqrt(1 / at + 1 / rest));
    if (statistic > best.statistic) best = { at, statistic };
  }
  return best;
}

/** The median. */
export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
