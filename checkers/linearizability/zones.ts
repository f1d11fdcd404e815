import type { Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { INITIAL, READ, type RegisterOperations } from './registers.js';

/** Whether no value is written twice, nor the initial one again. */
export function hasUniqueValues({ count, kinds, to, values }: RegisterOperations): boolean {
  const written = new Uint8Array(values);
  written[INITIAL] = 1;
  for (let op = 0; op < count; op++) {
    if (kinds[op] === READ) continue;
    if (written[to[op]] === 1) return false;
    written[to[op]] = 1;
  }
  return true;
}

/** Values whose operations contradict each other, whatever else happened. */
export interface Contradiction {
  /** Event by which the contradiction is complete. */
  readonly event: number;
  readonly values: readonly number[];
}

/** Where the operations on a value lie: by value, event positions. */
export interface Zones {
  /** Earliest return, NEVER where there is none. The initial value was written before everything: −1. */
  readonly first: Int32Array;
  /** Latest invocation, −1 where there is none. */
  readonly last: Int32Array;
  /** Invocation of the write, NEVER where there is none. */
  readonly writtenAt: Int32Array;
}

/**
 * Linearizability of a read/write register in which every written value is new, in linear time, by zones (Gibbons &
 * Korach, "Testing shared memories", 1997; Golab, Li & Shah, "Analyzing consistency properties for fun and profit",
 * 2011). Unknown writes must have been closed or dropped by `prepare`.
 *
 * The operations of value v (its write and its reads) form a cluster; f(v) is the earliest return in it, s(v) the
 * latest invocation. All of cluster A comes before all of B in every legal order or the other way round, and A must
 * come first when f(A) < s(B). So the history is illegal exactly when some value is read that was never written, or
 * returned before its write was invoked, or two clusters must each come before the other: f(A) < s(B) and f(B) < s(A).
 * (Longer cycles always contain such a pair.)
 */
export function checkZones(operations: RegisterOperations, deadline?: Deadline): Contradiction | undefined {
  const zones = zonesOf(operations, deadline);
  return readBeforeWritten(operations, zones) ?? sweepZones(operations, zones.first, zones.last, undefined, deadline);
}

export function zonesOf(
  { count, kinds, from, to, calls, returns, values }: RegisterOperations,
  deadline?: Deadline,
): Zones {
  const first = new Int32Array(values).fill(NEVER);
  const last = new Int32Array(values).fill(-1);
  const writtenAt = new Int32Array(values).fill(NEVER);
  first[INITIAL] = -1;
  writtenAt[INITIAL] = -1;
  for (let op = 0; op < count; op++) {
    if ((op & 0xffff) === 0) deadline?.check();
    let value: number;
    if (kinds[op] === READ) value = from[op];
    else {
      value = to[op];
      writtenAt[value] = calls[op];
    }
    if (returns[op] < first[value]) first[value] = returns[op];
    if (calls[op] > last[value]) last[value] = calls[op];
  }
  return { first, last, writtenAt };
}

/** The first value that was seen before its write was invoked, or that was never written. */
export function readBeforeWritten(
  { values }: RegisterOperations,
  { first, writtenAt }: Zones,
): Contradiction | undefined {
  let earliest = -1;
  for (let value = 0; value < values; value++) {
    if (first[value] < writtenAt[value] && (earliest === -1 || first[value] < first[earliest])) earliest = value;
  }
  return earliest === -1 ? undefined : { event: first[earliest], values: [earliest] };
}

/**
 * Finds two clusters that must each come before the other. A forward zone [f, s], f < s, in which its value is
 * certainly the register's, may neither overlap another one nor contain a backward zone [s, f].
 *
 * @param clusterOf cluster of each value; undefined: each value is its own.
 */
export function sweepZones(
  { kinds, from, to, events, values }: RegisterOperations,
  first: Int32Array,
  last: Int32Array,
  clusterOf: Int32Array | undefined,
  deadline?: Deadline,
): Contradiction | undefined {
  const enteredIn = new Int32Array(values).fill(-1);
  let forward = last[INITIAL] === -1 ? -1 : INITIAL;
  for (let at = 0; at < events.length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    const op = events[at] < 0 ? ~events[at] : events[at];
    const value = kinds[op] === READ ? from[op] : to[op];
    const cluster = clusterOf === undefined ? value : clusterOf[value];
    if (at === first[cluster]) {
      if (at < last[cluster]) {
        if (forward !== -1) return { event: Math.min(last[forward], last[cluster]), values: [forward, cluster] };
        forward = cluster;
      } else if (forward !== -1 && enteredIn[cluster] === forward) {
        return { event: last[forward], values: [forward, cluster] };
      }
    } else if (at === last[cluster]) {
      if (forward === cluster) forward = -1;
      else enteredIn[cluster] = forward;
    }
  }
  return undefined;
}

/**
 * An order of the clusters of a legal history: a forward zone stands where it starts, a backward zone where it starts
 * or, when that is inside a forward zone, right after that one (which ends before the backward zone does).
 */
export function clusterOrder(
  { kinds, from, to, events }: RegisterOperations,
  first: Int32Array,
  last: Int32Array,
  clusterOf: Int32Array | undefined,
): number[] {
  const order: number[] = [INITIAL];
  let forward = last[INITIAL] === -1 ? -1 : INITIAL;
  let waiting: number[] = [];
  for (let at = 0; at < events.length; at++) {
    const op = events[at] < 0 ? ~events[at] : events[at];
    const value = kinds[op] === READ ? from[op] : to[op];
    const cluster = clusterOf === undefined ? value : clusterOf[value];
    if (cluster === INITIAL) {
      if (at === last[INITIAL]) {
        forward = -1;
        order.push(...waiting);
        waiting = [];
      }
    } else if (at === first[cluster] && at < last[cluster]) {
      forward = cluster;
      order.push(cluster);
    } else if (at === last[cluster]) {
      if (forward === cluster) {
        forward = -1;
        for (const other of waiting) order.push(other);
        waiting = [];
      } else if (forward === -1) order.push(cluster);
      else waiting.push(cluster);
    }
  }
  for (const other of waiting) order.push(other);
  return order;
}
