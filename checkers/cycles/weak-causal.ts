import { NONE } from '../../harness/history/history.js';
import { DependencyBuilder, WR } from './graph.js';
import type { TimeOrder } from './realtime.js';
import { eachWrite, type Precedes, type ReadsFrom } from './weak-reads.js';

/** Clocks have an entry a session; beyond this many, the level is left open. */
const MOST_SESSIONS = 4096;

/**
 * A transaction that reads key x from t1, where t2 wrote x and precedes the reader by any chain of reads and sessions: t2
 * precedes t1. In order of these chains, each transaction gets a vector clock: how many of each session it follows. Of a
 * session's writers of x only the last one within the clock counts, found by a pointer that only moves forward.
 */
export function causal(reads: ReadsFrom, sessions: TimeOrder, precedes: Precedes): boolean {
  const { transactions, writers } = reads;
  const { length, starts, keys } = transactions;
  const order = topological(reads, sessions);
  if (order === undefined) return false;
  const lanes = lanesOf(reads, sessions, order);
  if (lanes.count > MOST_SESSIONS) return false;
  const clocks = new Clocks(lanes.count);
  const successors = remainingUses(reads, sessions);
  const clockOf = new Array<Int32Array | undefined>(length);
  const writes = writesByKey(reads, lanes, order);
  const release = (transaction: number) => {
    if (--successors[transaction] > 0) return;
    const clock = clockOf[transaction];
    if (clock) clocks.free(clock);
    clockOf[transaction] = undefined;
  };
  for (const reader of order) {
    const clock = clocks.take();
    const join = (before: number) => {
      const other = clockOf[before];
      if (other)
        for (let lane = 0; lane < clock.length; lane++) if (other[lane] > clock[lane]) clock[lane] = other[lane];
      clock[lanes.lane[before]] = Math.max(clock[lanes.lane[before]], lanes.place[before] + 1);
      release(before);
    };
    if (lanes.previous[reader] !== NONE) join(lanes.previous[reader]);
    for (let mop = starts[reader]; mop < starts[reader + 1]; mop++) if (writers[mop] >= 0) join(writers[mop]);
    for (let mop = starts[reader]; mop < starts[reader + 1]; mop++) {
      if (writers[mop] === NONE) continue;
      for (const lane of writes.get(keys[mop]) ?? []) {
        const last = lane.lastWithin(clock[lane.number]);
        if (last !== NONE && last !== writers[mop] && last !== reader) precedes(last, writers[mop], reader, keys[mop]);
      }
    }
    if (successors[reader] > 0) clockOf[reader] = clock;
    else clocks.free(clock);
  }
  return true;
}

interface Lanes {
  readonly count: number;
  /** By transaction: its session, its place in it and its predecessor. */
  readonly lane: Int32Array;
  readonly place: Int32Array;
  readonly previous: Int32Array;
}

/**
 * Each session is a lane. Where sessions count for nothing, whoever reads from the last of a lane goes on with it, and
 * somebody who reads from nobody begins one.
 */
function lanesOf({ transactions, writers }: ReadsFrom, { successor }: TimeOrder, order: Int32Array): Lanes {
  const { length, starts } = transactions;
  const lane = new Int32Array(length);
  const place = new Int32Array(length);
  const previous = new Int32Array(length).fill(NONE);
  successor.forEach((next, transaction) => {
    if (next !== NONE) previous[next] = transaction;
  });
  const isLast = new Uint8Array(length);
  let count = 0;
  for (const transaction of order) {
    let before = previous[transaction];
    for (let mop = starts[transaction]; mop < starts[transaction + 1] && before === NONE; mop++)
      if (writers[mop] >= 0 && isLast[writers[mop]] && successor[writers[mop]] === NONE) before = writers[mop];
    isLast[transaction] = 1;
    if (before === NONE) {
      lane[transaction] = count++;
      continue;
    }
    isLast[before] = 0;
    lane[transaction] = lane[before];
    place[transaction] = place[before] + 1;
  }
  return { count, lane, place, previous };
}

class Clocks {
  private readonly unused: Int32Array[] = [];

  constructor(private readonly lanes: number) {}

  take(): Int32Array {
    return this.unused.pop()?.fill(0) ?? new Int32Array(this.lanes);
  }

  free(clock: Int32Array): void {
    this.unused.push(clock);
  }
}

/** One session's writers of one key, ascending by place. */
class KeyLane {
  private readonly writers: number[] = [];
  private readonly places: number[] = [];

  constructor(readonly number: number) {}

  push(writer: number, place: number): void {
    if (this.writers.at(-1) === writer) return;
    this.writers.push(writer);
    this.places.push(place);
  }

  /** The last writer among the session's first `count` transactions. */
  lastWithin(count: number): number {
    let low = -1;
    let high = this.places.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.places[middle] < count) low = middle;
      else high = middle;
    }
    return low < 0 ? NONE : this.writers[low];
  }
}

function writesByKey(reads: ReadsFrom, lanes: Lanes, order: Int32Array): Map<number, KeyLane[]> {
  const byKey = new Map<number, Map<number, KeyLane>>();
  for (const writer of order) {
    if (!reads.committed(writer)) continue;
    eachWrite(reads, writer, (key) => {
      const own = byKey.get(key) ?? new Map<number, KeyLane>();
      byKey.set(key, own);
      const lane = own.get(lanes.lane[writer]) ?? new KeyLane(lanes.lane[writer]);
      own.set(lanes.lane[writer], lane);
      lane.push(writer, lanes.place[writer]);
    });
  }
  return new Map([...byKey].map(([key, own]) => [key, [...own.values()]]));
}

/** Transactions so that each comes after those it reads from and its session's earlier ones; undefined if in a circle. */
function topological(reads: ReadsFrom, { successor }: TimeOrder): Int32Array | undefined {
  const { length } = reads.transactions;
  const builder = new DependencyBuilder(length);
  reads.each((reader, writer) => {
    if (writer >= 0) builder.add(writer, reader, WR);
  });
  successor.forEach((next, transaction) => {
    if (next !== NONE) builder.add(transaction, next, WR);
  });
  const { offsets, targets } = builder.build();
  const waiting = new Int32Array(length);
  for (const target of targets) waiting[target >>> 2]++;
  const order = new Int32Array(length);
  let end = 0;
  for (let transaction = 0; transaction < length; transaction++)
    if (waiting[transaction] === 0) order[end++] = transaction;
  for (let at = 0; at < end; at++) {
    for (let edge = offsets[order[at]]; edge < offsets[order[at] + 1]; edge++) {
      if (--waiting[targets[edge] >>> 2] === 0) order[end++] = targets[edge] >>> 2;
    }
  }
  return end === length ? order : undefined;
}

/** By transaction: how often its clock will still be asked for. */
function remainingUses(reads: ReadsFrom, { successor }: TimeOrder): Int32Array {
  const uses = Int32Array.from(successor, (next) => (next === NONE ? 0 : 1));
  reads.each((_, writer) => {
    if (writer >= 0) uses[writer]++;
  });
  return uses;
}
