import { COLUMNS, type ColumnStore } from './columns.js';
import { ABSENT } from './event-writer.js';
import type { LineMap } from './line-map.js';

export interface Arrangement {
  readonly store: ColumnStore;
  readonly lines: LineMap;
  readonly notes: string[];
  readonly reject: (position: number, problem: string) => never;
}

/**
 * Puts events into their real-time order, by one rule for every format:
 *
 * 1. Where every event has an index, indices tell the order: events are sorted by them. An index that occurs twice is
 *    refused, and so are indices that some events have and others have not.
 * 2. Without indices, where every event has a time, times tell it: events are sorted by them, equal ones as they stand.
 *    It is refused where that would change the order of one process' own events, which no clock can do.
 * 3. Otherwise the order of lines is the order of events.
 *
 * Clocks of other tools go back by microseconds between threads (an event was stamped before it was numbered): where
 * indices tell the order, such times are raised to the latest so far, so that times never go back.
 */
export function arrange(arrangement: Arrangement): void {
  const { store } = arrangement;
  const indexed = byIndex(arrangement);
  if (!indexed) byTime(arrangement);
  if (!indexed) for (let position = 0; position < store.length; position++) store.indices[position] = position;
  raiseTimes(arrangement, indexed);
  rebase(arrangement);
}

/** Sorts by index. Answers false where no event has one. */
function byIndex({ store, lines, notes, reject }: Arrangement): boolean {
  const { length, indices } = store;
  if (length === 0 || isAbsent(indices, length)) return false;
  let gaps = 0;
  let displaced = 0;
  for (let position = 0; position < length; position++) {
    const index = indices[position];
    const before = position === 0 ? index - 1 : indices[position - 1];
    if (index === ABSENT || indices[0] === ABSENT) {
      reject(position, 'index missing: give one to every event or to none');
    }
    if (index === before) reject(position, `index ${index} twice: the line before has it too`);
    if (index < before) displaced++;
    else if (index !== before + 1) gaps++;
  }
  if (displaced > 0) {
    const order = Int32Array.from({ length }, (_, position) => position).sort(
      (a, b) => indices[a] - indices[b] || a - b,
    );
    for (let place = 1; place < length; place++) {
      const index = indices[order[place]];
      if (index !== indices[order[place - 1]]) continue;
      reject(order[place], `index ${index} twice: line ${lines.lineOf(order[place - 1])} has it too`);
    }
    gaps = 0;
    for (let place = 1; place < length; place++) {
      if (indices[order[place]] !== indices[order[place - 1]] + 1) gaps++;
    }
    reorder(store, order);
    lines.reorder(order);
    notes.push(`sorted by index: ${displaced} times an event stood before one with a smaller index`);
  }
  if (gaps > 0) notes.push(`indices jump ${gaps} times: this is a part of a history, or lines are missing`);
  return true;
}

/** Sorts by time, where every event has one. */
function byTime({ store, lines, notes, reject }: Arrangement): void {
  const { length, times, processes } = store;
  let displaced = 0;
  let absent = NONE_YET;
  for (let position = 0; position < length; position++) {
    if (times[position] === ABSENT) absent = absent === NONE_YET ? position : absent;
    else if (position > 0 && times[position] < times[position - 1]) displaced++;
  }
  if (displaced === 0 || isAbsent(times, length)) return;
  if (absent !== NONE_YET)
    reject(absent, 'time missing, and elsewhere times go back: give one to every event or to none');
  const order = Int32Array.from({ length }, (_, position) => position).sort((a, b) => times[a] - times[b] || a - b);
  const latest = new Map<number, number>();
  for (const position of order) {
    const before = latest.get(processes[position]) ?? -1;
    if (position < before) {
      const [here, there] = [times[before], times[position]];
      const what = `time goes back from ${there} to ${here} within process ${processes[position]}`;
      reject(before, `${what} (line ${lines.lineOf(position)}); the order of events is unclear without an index`);
    }
    latest.set(processes[position], position);
  }
  reorder(store, order);
  lines.reorder(order);
  notes.push(`sorted by time: ${displaced} times an event stood before an earlier one, and there are no indices`);
}

const NONE_YET = -1;

/** Makes times never go back; an event without one has that of the event before. */
function raiseTimes({ store, notes }: Arrangement, indexed: boolean): void {
  const { length, times } = store;
  const timed = !isAbsent(times, length);
  let latest = 0;
  let raised = 0;
  for (let position = 0; position < length; position++) {
    const time = times[position];
    if (!timed) latest = position;
    else if (time >= latest) latest = time;
    else if (time !== ABSENT) raised++;
    times[position] = latest;
  }
  const order = indexed ? 'indices' : 'lines';
  if (raised > 0) notes.push(`${raised} times went back; the order of ${order} was taken as the real-time order`);
}

/** Times since the epoch begin at 0. */
function rebase({ store, notes }: Arrangement): void {
  const { length, times, epoch } = store;
  if (epoch === undefined || length === 0) return;
  // An event without a time before the first that has one is as late as that.
  const first = times.subarray(0, length).find((time) => time > 0) ?? 0;
  for (let position = 0; position < length; position++) times[position] = Math.max(0, times[position] - first);
  notes.push(`times are since an epoch: told from the first event on, at ${epoch + BigInt(first)} ns`);
}

function isAbsent(column: Int32Array | Float64Array, length: number): boolean {
  for (let position = 0; position < length; position++) if (column[position] !== ABSENT) return false;
  return true;
}

function reorder(store: ColumnStore, order: Int32Array): void {
  for (const name of COLUMNS) {
    const old = store[name].slice(0, store.length);
    const column = store[name];
    for (let place = 0; place < order.length; place++) column[place] = old[order[place]];
  }
}
