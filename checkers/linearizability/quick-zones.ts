import { FAIL, type History, INVOKE, NEMESIS, NONE, OK, VALUE_INT, VALUE_NULL } from '../../harness/history/history.js';
import type { Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { CAS, READ, WRITE } from './registers.js';

/**
 * {@link checkZones} straight on the columns, for the commonest large history: one register, integers, every written
 * value new, null before the first write. Positions in the history serve as event positions. Two passes, no table of
 * operations.
 *
 * Answers undefined when it is not such a history, and for an illegal one the positions of all events on the values
 * that contradict each other: that sub-history is illegal by itself. Unknown
 * writes need no preparation here: one that was read is bounded by its readers, since a zone ends with the earliest
 * return; one that was not has no zone.
 */
export function quickZones(
  history: History,
  kindOf: Uint8Array,
  deadline?: Deadline,
): 'valid' | Int32Array | undefined {
  const { types, processes, functions, pairs, valueKinds, valuesA } = history.columns;
  const range = writtenRange(history, kindOf, deadline);
  if (range === undefined) return undefined;
  const { low, size } = range;
  // Slot 0 is null, the initial value.
  const first = new Int32Array(size + 1).fill(NEVER);
  const last = new Int32Array(size + 1).fill(-1);
  const writtenAt = new Int32Array(size + 1).fill(NEVER);
  first[0] = writtenAt[0] = -1;
  const slots = new Int32Array(history.length);
  for (let at = 0; at < history.length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    slots[at] = -1;
    if (types[at] !== INVOKE || processes[at] === NEMESIS) continue;
    const completion = pairs[at];
    const outcome = completion === NONE ? NONE : types[completion];
    const isRead = kindOf[functions[at]] === READ;
    if (outcome === FAIL || (isRead && outcome !== OK)) continue;
    const source = isRead ? completion : at;
    let slot = 0;
    if (valueKinds[source] === VALUE_INT) {
      slot = valuesA[source] - low + 1;
      if (slot < 1 || slot > size) return undefined;
    } else if (valueKinds[source] !== VALUE_NULL) return undefined;
    if (!isRead) {
      if (writtenAt[slot] !== NEVER) return undefined;
      writtenAt[slot] = at;
    }
    slots[at] = slot;
    if (outcome === OK && completion < first[slot]) first[slot] = completion;
    if (at > last[slot]) last[slot] = at;
  }
  for (let slot = 0; slot <= size; slot++) {
    if (first[slot] < writtenAt[slot]) return positionsOf(history, slots, slot, slot, deadline);
  }
  const contradiction = sweep(history, slots, first, last, deadline);
  return contradiction === undefined
    ? 'valid'
    : positionsOf(history, slots, contradiction[0], contradiction[1], deadline);
}

/** Of the events on two values, or on one. */
function positionsOf(
  { columns, length }: History,
  slots: Int32Array,
  one: number,
  other: number,
  deadline: Deadline | undefined,
): Int32Array {
  const { types, pairs } = columns;
  const positions: number[] = [];
  for (let at = 0; at < length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    const invocation = types[at] === INVOKE ? at : pairs[at];
    if (invocation === NONE) continue;
    const slot = slots[invocation];
    if (slot === one || slot === other) positions.push(at);
  }
  return Int32Array.from(positions);
}

/** Two values that must each come before the other, by slot. */
function sweep(
  { columns, length }: History,
  slots: Int32Array,
  first: Int32Array,
  last: Int32Array,
  deadline: Deadline | undefined,
): readonly [number, number] | undefined {
  const { types, pairs } = columns;
  const enteredIn = new Int32Array(first.length).fill(-1);
  let forward = last[0] === -1 ? -1 : 0;
  for (let at = 0; at < length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    const slot = types[at] === INVOKE ? slots[at] : types[at] === OK && pairs[at] !== NONE ? slots[pairs[at]] : -1;
    if (slot === -1) continue;
    if (at === first[slot]) {
      if (at < last[slot]) {
        if (forward !== -1) return [forward, slot];
        forward = slot;
      } else if (forward !== -1 && enteredIn[slot] === forward) return [forward, slot];
    } else if (at === last[slot]) {
      if (forward === slot) forward = -1;
      else enteredIn[slot] = forward;
    }
  }
  return undefined;
}

/** The range of written integers, unless it is too wide for a table, or there is a cas, or no such history. */
function writtenRange(
  { columns, length }: History,
  kindOf: Uint8Array,
  deadline: Deadline | undefined,
): { low: number; size: number } | undefined {
  const { types, functions, valueKinds, valuesA, processes } = columns;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < length; at++) {
    if ((at & 0xffff) === 0) deadline?.check();
    if (types[at] !== INVOKE || processes[at] === NEMESIS) continue;
    const kind = kindOf[functions[at]];
    if (kind === READ) continue;
    if (kind === CAS || kind !== WRITE || valueKinds[at] !== VALUE_INT) return undefined;
    const value = valuesA[at];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const size = high - low + 1;
  return size > 0 && size <= 2 * length ? { low, size } : undefined;
}
