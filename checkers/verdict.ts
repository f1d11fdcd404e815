import type { History } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { show } from '../harness/history/values/show.js';
import { UserError } from '../harness/kit/errors.js';
import type { Anomaly, Verdict } from './checker.js';

/** What a direct checker found: any anomaly makes it invalid, otherwise a reason for doubt makes it unknown. */
export interface Findings {
  readonly anomalies: readonly Anomaly[];
  /** Those that the model judged against allows: listed after the violations, and no reason for anything. */
  readonly allowed?: readonly Anomaly[];
  /** Why the history does not allow a verdict: never read, nothing acknowledged… */
  readonly undecided?: string;
  readonly details: Readonly<Record<string, Json>>;
  readonly checked: readonly string[];
  readonly notChecked?: readonly string[];
}

export function verdictOf({
  anomalies,
  allowed = [],
  undecided,
  details,
  checked,
  notChecked = [],
}: Findings): Verdict {
  const kinds = [...new Set(allowed.map(({ kind }) => kind))];
  const judgement = { details: kinds.length === 0 ? details : { ...details, allowed: kinds }, checked, notChecked };
  const [first, ...rest] = anomalies;
  if (first) return { ...judgement, validity: 'invalid', anomalies: [first, ...rest, ...allowed] };
  if (undecided !== undefined) return { ...judgement, validity: 'unknown', reason: undecided, anomalies: allowed };
  return { ...judgement, validity: 'valid', anomalies: allowed };
}

/** Anomalies of one kind worth showing in full; the rest is counted in the details. */
export const SHOWN_ANOMALIES = 16;

/** The error for a history that a checker cannot make sense of; ends the check without a verdict. */
export function nonsense(history: History, position: number, why: string): UserError {
  const value = show(history.value(position));
  const shown = value.length > 200 ? `${value.slice(0, 200)}…` : value;
  return new UserError(`${history.placeOf(position)}: ${why}${why.includes(shown) ? '' : ` (its value is ${shown})`}`);
}

/** `12.41 s`, from ns. */
export function seconds(timeNs: number): string {
  return `${(timeNs / 1e9).toFixed(timeNs < 1e8 ? 4 : 2)} s`;
}

/** `process 3 on n2 at 12.41 s`: who and when, for sentences. Where nothing has a time: `at event 7`. */
export function whoAndWhen(history: History, position: number): string {
  return `${who(history, position)} at ${when(history, position)}`;
}

/** `12.41 s`, or `event 7` of a history without times. */
export function when(history: History, position: number): string {
  const { times, indices } = history.columns;
  return isTimed(history) ? seconds(times[position]) : `event ${indices[position]}`;
}

/**
 * Whether events have times of their own. Readers number the events of a history without any, so that there, and in
 * every part of it, times go up and are never past the indices.
 */
export function isTimed({ columns }: History): boolean {
  const known = timed.get(columns);
  if (known !== undefined) return known;
  const { times, indices, length } = columns;
  let found = false;
  for (let at = 0; at < length && !found; at++) found = times[at] > indices[at] || times[at] <= (times[at - 1] ?? -1);
  timed.set(columns, found);
  return found;
}
const timed = new WeakMap<object, boolean>();

/** `process 3 on n2`. */
export function who(history: History, position: number): string {
  const { nodes, nodeNames } = history.columns;
  const node = nodes[position] >= 0 ? ` on ${nodeNames[nodes[position]]}` : '';
  return `process ${history.processName(position)}${node}`;
}

/**
 * The second of two moments of one sentence, after the first: `at 12.43 s`, or where both would print alike, how far
 * apart they are: `1.6 ms later`, `1.6 ms before`. Times in ns.
 */
export function momentAfter(firstNs: number, secondNs: number): string {
  if (seconds(firstNs) !== seconds(secondNs)) return `at ${seconds(secondNs)}`;
  if (firstNs === secondNs) return 'at the same moment';
  return `${gap(secondNs - firstNs)} ${secondNs > firstNs ? 'later' : 'before'}`;
}

/** {@link whoAndWhen} of the second of two events of one sentence. */
export function whoAndWhenAfter(history: History, first: number, second: number): string {
  const { times } = history.columns;
  if (!isTimed(history) || seconds(times[first]) !== seconds(times[second])) return whoAndWhen(history, second);
  return `${who(history, second)} ${momentAfter(times[first], times[second])}`;
}

/** A length of time, short or long: `850 ns`, `1.6 ms`, `3.2 s`. */
export function gap(lengthNs: number): string {
  const length = Math.abs(lengthNs);
  if (length < 1e3) return `${length} ns`;
  if (length < 1e6) return `${Number((length / 1e3).toPrecision(3))} µs`;
  if (length < 1e9) return `${Number((length / 1e6).toPrecision(3))} ms`;
  return `${Number((length / 1e9).toPrecision(3))} s`;
}

/** Journal indices of positions, ascending and without repeats; absent partners (negative) are left out. */
export function indicesOf(history: History, positions: readonly number[]): readonly number[] {
  const known = positions.filter((position) => position >= 0).map((position) => history.columns.indices[position]);
  return [...new Set(known)].sort((a, b) => a - b);
}
