import { Int32Buffer } from '../../transactions/buffers.js';
import { NONE } from '../../../harness/history/history.js';
import { lineUp, precedenceOf, type Question } from './precedence.js';
import { OPEN } from './registers.js';

/** Bounds in time sharpen each other; what a few rounds do not find is rare. */
const MOST_ROUNDS = 6;
/** How many blocks back a block looks for those that must precede it. */
const LOOK_BACK = 6;

export interface Zones {
  /** Participants, pairs from and to: who precedes whom if all took effect between their events. */
  readonly edges: Int32Array;
  /** By participant: the latest time at which it can have taken effect. */
  readonly latest: Int32Array;
}

/**
 * Orders of blocks that real time forces. The accesses of a block lie in an unbroken stretch of its key's history. So if some access of A
 * must be over (`s`, the earliest such time) before some access of B can begin (`f`, the latest), A precedes B; sorted by
 * s + f, blocks are in an order that agrees with all of that, if one does (zones of Gibbons and Korach 1997, over bounds
 * that reads and orders of other keys narrow first).
 */
export function zonesOf({ registers, blocks }: Question): Zones {
  const question: Question = { registers, blocks, isolation: 'serializable', order: 'realtime' };
  let edges: Int32Array = new Int32Array(0);
  let latest: Int32Array = registers.completions;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const bounds = boundsOf(question, edges);
    if (!bounds) break;
    latest = bounds.latest;
    const found = forcedBy(question, bounds);
    if (found.length === edges.length) break;
    edges = found;
  }
  return { edges, latest };
}

interface Bounds {
  readonly earliest: Int32Array;
  readonly latest: Int32Array;
}

/** Undefined if real time contradicts itself, as it may where it was not asked for. */
function boundsOf(question: Question, edges: Int32Array): Bounds | undefined {
  const { registers } = question;
  const known = precedenceOf(question, undefined, edges);
  const line = lineUp(known);
  const { nodes, offsets, targets } = known;
  if (line.length < nodes) return undefined;
  const earliest = new Int32Array(nodes);
  earliest.set(registers.invokes);
  const latest = new Int32Array(nodes).fill(OPEN);
  latest.set(registers.completions);
  for (const node of line) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (earliest[targets[edge]] < earliest[node]) earliest[targets[edge]] = earliest[node];
    }
  }
  for (let at = nodes - 1; at >= 0; at--) {
    const node = line[at];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (latest[targets[edge]] < latest[node]) latest[node] = latest[targets[edge]];
    }
  }
  return { earliest, latest };
}

function forcedBy({ registers, blocks }: Question, { earliest, latest }: Bounds): Int32Array {
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
  const edges = new Int32Buffer();
  for (let key = 0; key < keys; key++) {
    const own = Int32Array.from(
      { length: blocks.starts[key + 1] - blocks.starts[key] - 1 },
      (_, i) => blocks.starts[key] + 1 + i,
    );
    own.sort((a, b) => over[a] + begun[a] - over[b] - begun[b]);
    for (let i = 1; i < own.length; i++) {
      for (let j = Math.max(0, i - LOOK_BACK); j < i; j++) {
        if (over[own[j]] < begun[own[i]]) before(own[j], own[i]);
      }
    }
  }
  return edges.view();

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
}
