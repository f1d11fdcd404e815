import { INVOKE } from '../../harness/history/history.js';
import type { InventoryHistory, Order, StockRead } from './inventory-history.js';
import type { Move } from './moves.js';

/** What the stock of one article may have been while an operation was under way, in any order of operations. */
export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

export interface BoundsVisitor {
  /** The stock of an article would have to be below zero from this position on: `excess` pieces too many were confirmed. */
  oversold(sku: number, position: number, excess: number): void;
  soldOut(order: Order, range: Range): void;
  read(read: StockRead, at: number, range: Range): void;
}

/**
 * Sweeps a history with, for every article, the least and the most that its stock can be at each moment: pieces that
 * must have left and may have entered, and the reverse. Linear, but for the operations open at once.
 */
export function sweepBounds(inventory: InventoryHistory, moves: readonly Move[], visitor: BoundsVisitor): void {
  new BoundsSweep(inventory, moves, visitor).run();
}

interface Watch extends Range {
  lowest: number;
  highest: number;
  readonly sku: number;
  readonly end: (range: Range) => void;
}

class BoundsSweep {
  private readonly lowest: number[];
  private readonly highest: number[];
  private readonly excess: number[];
  private readonly changesAt = new Map<
    number,
    { readonly sku: number; readonly low: number; readonly high: number }[]
  >();
  private readonly begins = new Map<number, Watch[]>();
  private readonly ends = new Map<number, Watch[]>();
  private readonly watches: Set<Watch>[];

  constructor(
    private readonly inventory: InventoryHistory,
    moves: readonly Move[],
    private readonly visitor: BoundsVisitor,
  ) {
    const { initial, orders, reads, skus } = inventory;
    this.lowest = initial.map((pieces) => pieces ?? Number.NEGATIVE_INFINITY);
    this.highest = initial.map((pieces) => pieces ?? Number.POSITIVE_INFINITY);
    this.excess = skus.map(() => 0);
    this.watches = skus.map(() => new Set());
    for (const { sku, pieces, mayFrom, mustFrom } of moves) {
      // What may leave lowers the least; what must have left lowers the most. What enters, the reverse.
      const [low, high] = pieces < 0 ? [mayFrom, mustFrom] : [mustFrom, mayFrom];
      this.change(low, { sku, low: pieces, high: 0 });
      this.change(high, { sku, low: 0, high: pieces });
    }
    for (const order of orders) {
      if (order.outcome === 'sold-out')
        this.watch(order.sku, order, (range) => {
          visitor.soldOut(order, range);
        });
    }
    for (const read of reads) {
      read.skus.forEach((sku, at) => {
        this.watch(sku, read, (range) => {
          visitor.read(read, at, range);
        });
      });
    }
  }

  run(): void {
    const { length, columns } = this.inventory.history;
    for (let position = 0; position < length; position++) {
      for (const { sku, low, high } of this.changesAt.get(position) ?? []) {
        this.lowest[sku] += low;
        this.highest[sku] += high;
        for (const watch of this.watches[sku]) this.widen(watch);
        this.lookForExcess(sku, position);
      }
      const watches = (columns.types[position] === INVOKE ? this.begins : this.ends).get(position);
      for (const watch of watches ?? []) {
        if (columns.types[position] === INVOKE) {
          this.watches[watch.sku].add(watch);
          this.widen(watch);
        } else {
          this.watches[watch.sku].delete(watch);
          watch.end(watch);
        }
      }
    }
  }

  private lookForExcess(sku: number, position: number): void {
    const excess = -this.highest[sku];
    if (excess <= this.excess[sku]) return;
    this.excess[sku] = excess;
    this.visitor.oversold(sku, position, excess);
  }

  private change(
    position: number,
    change: { readonly sku: number; readonly low: number; readonly high: number },
  ): void {
    if (!Number.isFinite(position)) return;
    const same = this.changesAt.get(position);
    if (same) same.push(change);
    else this.changesAt.set(position, [change]);
  }

  private watch(
    sku: number,
    { invocation, completion }: { readonly invocation: number; readonly completion: number },
    end: (range: Range) => void,
  ): void {
    const watch: Watch = { sku, lowest: Number.POSITIVE_INFINITY, highest: Number.NEGATIVE_INFINITY, end };
    for (const [map, position] of [
      [this.begins, invocation],
      [this.ends, completion],
    ] as const) {
      const same = map.get(position);
      if (same) same.push(watch);
      else map.set(position, [watch]);
    }
  }

  private widen(watch: Watch): void {
    watch.lowest = Math.min(watch.lowest, this.lowest[watch.sku]);
    watch.highest = Math.max(watch.highest, this.highest[watch.sku]);
  }
}
