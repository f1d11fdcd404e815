import { Int32Buffer } from '../../../harness/history/micro-operations/buffers.js';
import { NONE } from '../../../harness/history/history.js';
import { lineUp, precedenceOf, type Hints, type Precedence, type Question } from './precedence.js';
import { OPEN } from './registers.js';

/** Bounds in time sharpen each other; what a few rounds do not find is rare. */
const MOST_ROUNDS = 10;
/** A round that finds fewer new orders than this share was the last: what is left to find costs less where it is repaired. */
const WORTH_ANOTHER = 0.02;
/** How many blocks back a block looks for those that must precede it. */
const LOOK_BACK = 6;

export interface Zones {
  /** Who precedes whom if all took effect between their events, and who cannot have. */
  readonly hints: Hints;
  /** By participant: the latest time at which it can have taken effect. */
  readonly latest: Int32Array;
}

/**
 * Orders of blocks that real time forces. The accesses of a block lie in an unbroken stretch of its key's history. So if
 * some access of A must be over (`s`, the earliest such time) before some access of B can begin (`f`, the latest), A
 * precedes B; sorted by s + f, blocks are in an order that agrees with all of that, if one does (zones of Gibbons and
 * Korach 1997, over bounds that reads and orders of other keys narrow first).
 *
 * Where real time is not asked for, those that contradict it (stale readers) are taken as if they had begun any time before.
 */
export function zonesOf({ registers, blocks, order }: Question): Zones {
  const question: Question = { registers, blocks, isolation: 'serializable', order: 'realtime' };
  const untimed = order === 'realtime' ? new Uint8Array(registers.length) : overdue({ ...question, order });
  let pairs: Int32Array = new Int32Array(0);
  let latest: Int32Array = registers.completions;
  let good = pairs;
  let known = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const bounds = boundsOf(question, { pairs, untimed, asked: order });
    if (!bounds) break;
    good = pairs;
    latest = bounds.latest;
    const before = total(untimed);
    const found = forcedBy(question, bounds, order === 'realtime' ? undefined : untimed);
    if (total(untimed) > before) {
      // The bounds rested on somebody's time that meant nothing.
      pairs = new Int32Array(0);
      known = 0;
      continue;
    }
    pairs = found.pairs;
    if (found.orders - known <= known * WORTH_ANOTHER) break;
    known = found.orders;
  }
  return { hints: { pairs: good, untimed, asked: order }, latest };
}

function total(bits: Uint8Array): number {
  return bits.reduce((sum, bit) => sum + bit, 0);
}

/** By participant: whether it must precede somebody who had completed before it was invoked. */
function overdue(question: Question): Uint8Array {
  const { registers } = question;
  const known = precedenceOf(question);
  const line = lineUp(known);
  const late = new Uint8Array(registers.length);
  if (line.length < known.nodes) return late;
  const latest = latestOf(known, line, registers.completions);
  for (let member = 0; member < registers.length; member++)
    late[member] = latest[member] < registers.invokes[member] ? 1 : 0;
  return late;
}

function latestOf({ nodes, offsets, targets }: Precedence, line: Int32Array, completions: Int32Array): Int32Array {
  const latest = new Int32Array(nodes).fill(OPEN);
  latest.set(completions);
  for (let at = nodes - 1; at >= 0; at--) {
    const node = line[at];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (latest[targets[edge]] < latest[node]) latest[node] = latest[targets[edge]];
    }
  }
  return latest;
}

interface Bounds {
  readonly earliest: Int32Array;
  readonly latest: Int32Array;
}

/** Undefined if real time contradicts itself, as it may where it was not asked for. */
function boundsOf(question: Question, hints: Hints): Bounds | undefined {
  const { registers } = question;
  const known = precedenceOf(question, undefined, hints);
  const line = lineUp(known);
  const { nodes, offsets, targets } = known;
  if (line.length < nodes) return undefined;
  const earliest = new Int32Array(nodes);
  for (let member = 0; member < registers.length; member++) {
    earliest[member] = hints.untimed[member] ? NONE : registers.invokes[member];
  }
  for (const node of line) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (earliest[targets[edge]] < earliest[node]) earliest[targets[edge]] = earliest[node];
    }
  }
  return { earliest, latest: latestOf(known, line, registers.completions) };
}

interface Forced {
  /** Who precedes whom for it, but where that follows from the others. */
  readonly pairs: Int32Array;
  /** How many blocks must precede others. */
  readonly orders: number;
}

/** Pairs that block by block must follow; who makes two blocks precede each other is added to `untimed`, if given. */
function forcedBy(
  { registers, blocks }: Question,
  { earliest, latest }: Bounds,
  untimed: Uint8Array | undefined,
): Forced {
  const { owners, keys } = registers;
  const over = new Int32Array(blocks.count).fill(OPEN);
  const begun = new Int32Array(blocks.count).fill(NONE);
  const include = (block: number, member: number) => {
    if (latest[member] < over[block]) over[block] = latest[member];
    if (earliest[member] > begun[block]) begun[block] = earliest[member];
  };
  blocks.of.forEach((block, version) => {
    if (version < owners.length) include(block, owners[version]);
    for (let i = blocks.readerStarts[version]; i < blocks.readerStarts[version + 1]; i++) {
      include(block, blocks.readers[i]);
    }
  });
  const edges = new Int32Buffer(owners.length * 4);
  let orders = 0;
  for (let key = 0; key < keys; key++) {
    const own = Int32Array.from(
      { length: blocks.starts[key + 1] - blocks.starts[key] - 1 },
      (_, i) => blocks.starts[key] + 1 + i,
    );
    own.sort((a, b) => over[a] + begun[a] - over[b] - begun[b]);
    for (let i = 1; i < own.length; i++) {
      const nearest: number[] = [];
      for (let j = i - 1; j >= 0 && j >= i - LOOK_BACK; j--) {
        if (over[own[j]] >= begun[own[i]]) continue;
        orders++;
        if (untimed && over[own[i]] < begun[own[j]]) {
          excuse(own[j], own[i], untimed);
        } else if (!nearest.some((between) => precedes(own[j], between))) {
          before(own[j], own[i]);
          nearest.push(own[j]);
        }
      }
    }
  }
  return { pairs: edges.view(), orders };

  function precedes(a: number, b: number): boolean {
    return over[a] < begun[b] && !(untimed && over[b] < begun[a]);
  }

  function before(a: number, b: number): void {
    const version = blocks.last[a];
    const writer = owners[blocks.first[b]];
    edges.push(owners[version]);
    edges.push(writer);
    for (let i = blocks.readerStarts[version]; i < blocks.readerStarts[version + 1]; i++) {
      edges.push(blocks.readers[i]);
      edges.push(writer);
    }
  }

  /** Of two blocks that each must precede the other, the one with fewer readers that came too late. */
  function excuse(a: number, b: number, excused: Uint8Array): void {
    const lateInA = late(a, over[b]);
    const lateInB = late(b, over[a]);
    const fewer = lateInB.length === 0 || (lateInA.length > 0 && lateInA.length <= lateInB.length) ? lateInA : lateInB;
    for (const reader of fewer) excused[reader] = 1;
  }

  function late(block: number, end: number): number[] {
    const found: number[] = [];
    for (let version = blocks.first[block]; version !== NONE; version = blocks.next[version]) {
      for (let i = blocks.readerStarts[version]; i < blocks.readerStarts[version + 1]; i++) {
        if (earliest[blocks.readers[i]] > end) found.push(blocks.readers[i]);
      }
    }
    return found;
  }
}
