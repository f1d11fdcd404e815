import { FAIL, type History, INVOKE, NEMESIS, NONE, OK, VALUE_INT, VALUE_NULL } from '../../harness/history/history.js';
import type { Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { READ, WRITE } from './registers.js';

export interface QuickZones {
  /** Client operations. */
  readonly operations: number;
  /**
   * `valid`, or the positions of all events on the values that contradict each other: that sub-history is illegal by
   * itself.
   */
  readonly found: 'valid' | Int32Array;
}

/**
 * {@link checkZones} straight on the columns, for the commonest large history: one register, integers, every written
 * value new, null before the first write. Positions in the history serve as event positions. One pass for the range
 * of the values, one for the zones, one over the zones; no table of operations.
 *
 * Answers undefined when it is not such a history. Unknown writes need no preparation here: one that was read is
 * bounded by its readers, since a zone ends with the earliest return; one that was not has no zone.
 */
export function quickZones(history: History, kindOf: Uint8Array, deadline?: Deadline): QuickZones | undefined {
  const range = rangeOfValues(history, deadline);
  if (range === undefined) return undefined;
  const zones = collect(history, kindOf, range, deadline);
  if (zones === undefined) return undefined;
  const { operations, premature } = zones;
  const contradiction = premature === undefined ? contradictionIn(zones) : ([premature, premature] as const);
  if (contradiction === undefined) return { operations, found: 'valid' };
  return { operations, found: positionsOf(history, kindOf, range.low, contradiction) };
}

interface Range {
  readonly low: number;
  readonly size: number;
}

/** Of all integers, unless it is too wide for a table. */
function rangeOfValues({ columns, length }: History, deadline?: Deadline): Range | undefined {
  const { valueKinds, valuesA } = columns;
  let low = NEVER;
  let high = -NEVER;
  for (let at = 0; at < length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    if (valueKinds[at] !== VALUE_INT) continue;
    const value = valuesA[at];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const size = high - low + 1;
  return size > 0 && size <= 2 * length ? { low, size } : undefined;
}

interface Zones {
  /** Client operations. */
  readonly operations: number;
  /**
   * By slot, the earliest return (NEVER: none) and the latest invocation (−1: nobody wrote it). Slot 0 is null, the
   * initial value, written before everything.
   */
  readonly ends: Int32Array;
  /** Slots in order of their earliest returns, as many as there are. */
  readonly byFirst: Int32Array;
  readonly returned: number;
  /** A value that a read returned before its write was invoked. */
  readonly premature: number | undefined;
}

function collect(
  { columns, length }: History,
  kindOf: Uint8Array,
  { low, size }: Range,
  deadline: Deadline | undefined,
): Zones | undefined {
  const { types, processes, functions, pairs, valueKinds, valuesA } = columns;
  const ends = new Int32Array(2 * (size + 1)).fill(-1);
  const byFirst = new Int32Array(size);
  let returned = 0;
  let operations = 0;
  let premature: number | undefined;
  for (let at = 0; at < length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    const type = types[at];
    if (type === INVOKE) {
      if (processes[at] === NEMESIS) continue;
      operations++;
      const kind = kindOf[functions[at]];
      if (kind === READ) continue;
      if (kind !== WRITE || valueKinds[at] !== VALUE_INT) return undefined;
      const completion = pairs[at];
      if (completion !== NONE && types[completion] === FAIL) continue;
      const slot = valuesA[at] - low + 1;
      if (ends[2 * slot + 1] !== -1) return undefined;
      ends[2 * slot] = NEVER;
      ends[2 * slot + 1] = at;
    } else if (type === OK) {
      const invocation = pairs[at];
      if (invocation === NONE || processes[at] === NEMESIS) continue;
      const isRead = kindOf[functions[invocation]] === READ;
      const told = isRead ? at : invocation;
      let slot = 0;
      if (valueKinds[told] === VALUE_INT) {
        slot = valuesA[told] - low + 1;
        if (ends[2 * slot + 1] === -1) premature ??= slot;
      } else if (valueKinds[told] !== VALUE_NULL) return undefined;
      if (ends[2 * slot] === NEVER) {
        ends[2 * slot] = at;
        byFirst[returned++] = slot;
      }
      if (invocation > ends[2 * slot + 1]) ends[2 * slot + 1] = invocation;
    }
  }
  return { operations, ends, byFirst, returned, premature };
}

/**
 * Two values that must each come before the other, by slot. In order of earliest returns, forward zones come as they
 * begin and backward ones as they end; only the forward zone that began last may reach that far.
 */
function contradictionIn({ ends, byFirst, returned }: Zones): readonly [number, number] | undefined {
  let forward = 0;
  let begin = -1;
  let end = ends[1];
  for (let rank = 0; rank < returned; rank++) {
    const slot = byFirst[rank];
    const first = ends[2 * slot];
    const last = ends[2 * slot + 1];
    if (first < last) {
      if (first < end) return [forward, slot];
      forward = slot;
      begin = first;
      end = last;
    } else if (first < end && begin < last) return [forward, slot];
  }
  return undefined;
}

/** Of the events on two values, or on one, ascending. */
function positionsOf(
  { columns, length }: History,
  kindOf: Uint8Array,
  low: number,
  [one, other]: readonly [number, number],
): Int32Array {
  const { types, processes, functions, pairs, valueKinds, valuesA } = columns;
  const withNull = one === 0 || other === 0;
  const positions: number[] = [];
  for (let at = 0; at < length; at++) {
    if (valueKinds[at] === VALUE_INT) {
      const slot = valuesA[at] - low + 1;
      if (slot !== one && slot !== other) continue;
    } else if (!withNull) continue;
    // A write tells its value when it is invoked, a read when it returns.
    const tells = kindOf[functions[at]] === READ ? OK : INVOKE;
    if (types[at] !== tells || processes[at] === NEMESIS) continue;
    positions.push(at);
    if (pairs[at] !== NONE) positions.push(pairs[at]);
  }
  return Int32Array.from(positions).sort();
}
