import { Int32Buffer } from '../../harness/history/micro-operations/buffers.js';

/** How one transaction depends on another; smaller numbers explain a pair first. */
export const WW = 0;
export const WR = 1;
export const RW = 2;
/** From or to a helper node; carries no meaning of its own. */
export const PASS = 3;

export const RELATION_NAMES: readonly string[] = ['ww', 'wr', 'rw', 'pass', 'process', 'realtime', 'realtime'];

/**
 * Data dependencies in compressed sparse rows. Nodes below `transactions` are transactions, the others helper nodes that
 * stand for many-to-many dependencies. Packed targets: `to << 2 | relation`.
 */
export interface DependencyGraph {
  readonly transactions: number;
  readonly nodes: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  /** Whether transactions were related at all, if only to themselves: a read-modify-write proves something on its own. */
  readonly related: boolean;
}

/** Collects dependencies in any order, then sorts them by source in linear time. */
export class DependencyBuilder {
  private readonly sources: Int32Buffer;
  private readonly targets: Int32Buffer;
  private nodes: number;
  private related = false;

  constructor(private readonly transactions: number) {
    this.nodes = transactions;
    // Room for more than there mostly are: memory that is never written costs nothing, and growing would double it.
    this.sources = new Int32Buffer(transactions * 8 + 16);
    this.targets = new Int32Buffer(transactions * 8 + 16);
  }

  /** Records that `to` depends on `from`. A transaction never depends on itself. */
  add(from: number, to: number, relation: number): void {
    if (from === to) return;
    this.sources.push(from);
    this.targets.push((to << 2) | relation);
  }

  /** Records that a transaction read and replaced a version: no edge, yet not nothing. */
  relate(): void {
    this.related = true;
  }

  /**
   * Every one of `from` before every one of `to`, except itself, by `relation`. Few pairs are stored as they are; many
   * go through two chains of helper nodes, one along ascending and one along descending targets, so that space stays
   * linear. One common helper will not do: a transaction on both sides would reach itself.
   */
  addAll(from: readonly number[] | Int32Array, to: readonly number[] | Int32Array, relation: number): void {
    if (from.length * to.length <= 4 * (from.length + to.length)) {
      for (const source of from) for (const target of to) this.add(source, target, relation);
      return;
    }
    const targets = Int32Array.from(to).sort();
    const up = this.chain(targets, 1);
    const down = this.chain(targets, -1);
    for (const source of from) {
      const after = upperBound(targets, source);
      if (after < targets.length) this.add(source, up + after, relation);
      const before = upperBound(targets, source - 1) - 1;
      if (before >= 0) this.add(source, down + before, relation);
    }
  }

  /** The builder is used up: its memory becomes the graph's. */
  build(): DependencyGraph {
    const { nodes, transactions } = this;
    const sources = this.sources.view();
    const targets = this.targets.view();
    const offsets = new Int32Array(nodes + 1);
    for (let edge = 0; edge < sources.length; edge++) offsets[sources[edge] + 1]++;
    for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
    gatherBlocks(sources, targets, offsets);
    sortBlocks(sources, targets, offsets);
    offsets.copyWithin(0, 1);
    offsets[nodes] = targets.length;
    return { transactions, nodes, offsets, targets, related: this.related || targets.length > 0 };
  }

  /** Helper nodes, one a target, each leading to its target and to the next helper in the direction. */
  private chain(targets: Int32Array, direction: 1 | -1): number {
    const first = this.nodes;
    this.nodes += targets.length;
    for (let i = 0; i < targets.length; i++) {
      this.add(first + i, targets[i], PASS);
      const next = i + direction;
      if (next >= 0 && next < targets.length) this.add(first + i, first + next, PASS);
    }
    return first;
  }
}

/** Sources of one block are sorted together, with memory for one block: a second array of all edges would be the peak. */
const BLOCK_BITS = 16;

/**
 * Brings the edges of each block of sources together, in place (American flag sort: McIlroy, Bostic and McIlroy,
 * "Engineering Radix Sort", 1993). Edges arrive key by key and keys live for a while, so most are where they belong.
 */
function gatherBlocks(sources: Int32Array, targets: Int32Array, offsets: Int32Array): void {
  const blocks = ((offsets.length - 2) >> BLOCK_BITS) + 1;
  const heads = Int32Array.from({ length: blocks }, (_, block) => offsets[block << BLOCK_BITS]);
  for (let block = 0; block < blocks; block++) {
    const end = block + 1 < blocks ? offsets[(block + 1) << BLOCK_BITS] : sources.length;
    while (heads[block] < end) {
      const edge = heads[block];
      const source = sources[edge];
      const home = source >> BLOCK_BITS;
      const place = heads[home]++;
      if (home === block) continue;
      const target = targets[edge];
      sources[edge] = sources[place];
      targets[edge] = targets[place];
      sources[place] = source;
      targets[place] = target;
    }
  }
}

/** Sorts each block by source. Leaves each offset one row early: filling from the back saves a copy of the offsets. */
function sortBlocks(sources: Int32Array, targets: Int32Array, offsets: Int32Array): void {
  let sorted = new Int32Array(0);
  let end = sources.length;
  for (let first = ((offsets.length - 2) >> BLOCK_BITS) << BLOCK_BITS; first >= 0; first -= 1 << BLOCK_BITS) {
    const start = offsets[first];
    if (sorted.length < end - start) sorted = new Int32Array(end - start);
    for (let edge = end - 1; edge >= start; edge--) sorted[--offsets[sources[edge] + 1] - start] = targets[edge];
    targets.set(sorted.subarray(0, end - start), start);
    end = start;
  }
}

/** Index of the first entry greater than `value` in an ascending array. */
function upperBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
