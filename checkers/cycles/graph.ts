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

  build(): DependencyGraph {
    const { sources, targets, nodes, transactions } = this;
    const offsets = new Int32Array(nodes + 1);
    for (let edge = 0; edge < sources.length; edge++) offsets[sources.data[edge] + 1]++;
    for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
    const sorted = new Int32Array(sources.length);
    // Filling from the back leaves each offset one row early; shifting by one row gives the starts without a copy.
    for (let edge = sources.length - 1; edge >= 0; edge--)
      sorted[--offsets[sources.data[edge] + 1]] = targets.data[edge];
    offsets.copyWithin(0, 1);
    offsets[nodes] = sorted.length;
    return { transactions, nodes, offsets, targets: sorted, related: this.related || sorted.length > 0 };
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
