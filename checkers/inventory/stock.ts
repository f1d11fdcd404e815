import type { Json } from '../../harness/history/operation.js';
import type { Drawing } from '../checker.js';
import type { Findings } from '../findings.js';
import { indicesOf, whoAndWhen } from '../verdict.js';
import { sweepBounds } from './bounds.js';
import type { InventoryHistory, Order, StockRead } from './inventory-history.js';
import type { Move } from './moves.js';

export interface Staleness {
  /** Reads that show a stock which no order allows at their time, by node. Linearizability judges them. */
  readonly byNode: Readonly<Record<string, Json>>;
}

/** What readings and refusals prove, given when pieces may and must have moved. */
export function findInStock(inventory: InventoryHistory, moves: readonly Move[], findings: Findings): Staleness {
  const stale = new Stale(inventory);
  for (const read of inventory.reads) findInReading(inventory, read, findings);
  const possible = possibleRanges(inventory, moves);
  const sweep = new Map<number, number>();
  sweepBounds(inventory, moves, {
    oversold: (sku, position, excess) => {
      if (!sweep.has(sku)) findings.add(oversold(inventory, moves, sku, position));
      sweep.set(sku, excess);
    },
    soldOut(order, { lowest }) {
      if (lowest >= order.quantity) findings.add(unjustified(inventory, order, lowest));
    },
    read(read, at, { lowest, highest }) {
      const sku = read.skus[at];
      const pieces = read.stock[at];
      const range = possible(sku, read.completion);
      if (pieces > range.highest || (pieces < range.lowest && pieces >= 0))
        findings.add(impossible(inventory, read, at, range));
      stale.note(read, sku, pieces, pieces < lowest || pieces > highest);
    },
  });
  stale.findFrozen(findings, moves);
  return { byNode: stale.byNode() };
}

function findInReading({ history, skus }: InventoryHistory, read: StockRead, findings: Findings): void {
  const reader = `The ${read.f} by ${whoAndWhen(history, read.completion)}`;
  const add = (kind: string, says: string) => {
    findings.add({
      kind,
      sentence: `${reader} ${says}.`,
      operations: indicesOf(history, [read.invocation, read.completion]),
    });
  };
  if (read.unknownSkus.length > 0)
    add('unknown-sku', `shows ${read.unknownSkus.slice(0, 16).join(', ')}, which this shop does not sell`);
  if (read.missingSkus.length > 0) add('missing-sku', `does not show ${read.missingSkus.slice(0, 16).join(', ')}`);
  read.stock.forEach((pieces, at) => {
    const name = skus[read.skus[at]];
    if (Number.isNaN(pieces)) add('nil-stock', `shows no stock of ${name}`);
    if (pieces < 0) add('negative-stock', `shows ${pieces} pieces of ${name}: more were sold than there were`);
  });
}

/** What an article's stock can be by a position if no acknowledgement and no time counts: any choice of moves. */
function possibleRanges({ initial }: InventoryHistory, moves: readonly Move[]) {
  const sorted = [...moves].sort((a, b) => a.source.invocation - b.source.invocation);
  const low = initial.map((pieces) => pieces ?? Number.NEGATIVE_INFINITY);
  const high = initial.map((pieces) => pieces ?? Number.POSITIVE_INFINITY);
  let at = 0;
  // Reads come in order of completion, so one pass suffices.
  return (sku: number, position: number) => {
    for (; at < sorted.length && sorted[at].source.invocation < position; at++) {
      const { sku: moved, pieces } = sorted[at];
      if (pieces < 0) low[moved] += pieces;
      else high[moved] += pieces;
    }
    return { lowest: low[sku], highest: high[sku] };
  };
}

const NAMED_ORDERS = 8;

function oversold(inventory: InventoryHistory, moves: readonly Move[], sku: number, position: number) {
  const { history, skus, initial } = inventory;
  const ofSku = moves.filter((move) => move.sku === sku);
  const sum = (list: readonly Move[]) => list.reduce((total, { pieces }) => total + pieces, 0);
  const entered = sum(ofSku.filter(({ pieces, mayFrom }) => pieces > 0 && mayFrom <= position));
  const sold = ofSku.filter(({ pieces, mustFrom }) => pieces < 0 && mustFrom <= position);
  const excess = -((initial[sku] ?? 0) + entered + sum(sold));
  // Without these there would have been enough: not all of them can be true.
  const latest = sold.sort((a, b) => b.mustFrom - a.mustFrom);
  const blamed: Order[] = [];
  for (let pieces = 0; pieces < excess && blamed.length < latest.length;) {
    const move = latest[blamed.length];
    blamed.push(move.source as Order);
    pieces -= move.pieces;
  }
  const named = blamed.slice(0, NAMED_ORDERS).map(({ id, quantity }) => `${id} (${quantity})`);
  const { times } = history.columns;
  return {
    kind: 'oversold',
    sentence:
      `Of ${skus[sku]}, ${excess} ${excess === 1 ? 'piece' : 'pieces'} too many were sold: ${-sum(sold)} confirmed by ${whoAndWhen(history, position)}, ` +
      `though there were ${initial[sku]} at the start and at most ${entered} came in. ` +
      `Not all of these orders can be true, besides those before them: ${named.join(', ')}${blamed.length > named.length ? ' …' : ''}.`,
    operations: indicesOf(
      history,
      blamed.slice(0, NAMED_ORDERS).flatMap(({ invocation, completion }) => [invocation, completion]),
    ),
    drawing: soldOverTime(inventory, ofSku, sku, position),
    details: { sku: skus[sku], excess, orders: blamed.map(({ id }) => id), timeNs: times[position] },
  };
}

const DRAWN_POINTS = 400;

/** The most that can have been left, move by move: below zero is oversold. */
function soldOverTime(
  { history, initial, skus }: InventoryHistory,
  moves: readonly Move[],
  sku: number,
  marked: number,
): Drawing {
  const steps = moves
    .map(({ pieces, mayFrom, mustFrom }) => ({ position: pieces < 0 ? mustFrom : mayFrom, pieces }))
    .filter(({ position }) => Number.isFinite(position))
    .sort((a, b) => a.position - b.position);
  let left = initial[sku] ?? 0;
  const points = steps.map(({ position, pieces }) => ({ position, left: (left += pieces) }));
  const every = Math.max(1, Math.ceil(points.length / DRAWN_POINTS));
  const drawn = points.filter(({ position }, at) => at % every === 0 || position === marked);
  const { times } = history.columns;
  return {
    kind: 'series',
    label: `most pieces of ${skus[sku]} that can be left`,
    times: drawn.map(({ position }) => times[position]),
    values: drawn.map((point) => point.left),
    expected: 0,
    markedTime: times[marked],
  };
}

function unjustified({ history, skus }: InventoryHistory, order: Order, lowest: number) {
  return {
    kind: 'unjustified-refusal',
    sentence:
      `Order ${order.id} for ${order.quantity} of ${skus[order.sku]} was answered "sold out" to ${whoAndWhen(history, order.completion)}, ` +
      `though at least ${lowest} were in stock all the while, in every possible order of operations.`,
    operations: indicesOf(history, [order.invocation, order.completion]),
    details: { sku: skus[order.sku], quantity: order.quantity, leastStock: lowest },
  };
}

function impossible(
  { history, skus }: InventoryHistory,
  read: StockRead,
  at: number,
  range: { readonly lowest: number; readonly highest: number },
) {
  return {
    kind: 'impossible-stock',
    sentence:
      `The ${read.f} by ${whoAndWhen(history, read.completion)} shows ${read.stock[at]} pieces of ${skus[read.skus[at]]}; ` +
      `what was asked for until then gives ${Math.max(0, range.lowest)} to ${range.highest} at most.`,
    operations: indicesOf(history, [read.invocation, read.completion]),
  };
}

/** Readings out of their time, by node and by article. */
class Stale {
  private readonly nodes = new Map<string, { reads: number; staleReads: number }>();
  private readonly values: Set<number>[];
  private readonly last: (StockRead | undefined)[];
  private readonly lastStale: boolean[];
  private readonly count: number[];

  constructor(private readonly inventory: InventoryHistory) {
    this.values = inventory.skus.map(() => new Set());
    this.last = inventory.skus.map(() => undefined);
    this.lastStale = inventory.skus.map(() => false);
    this.count = inventory.skus.map(() => 0);
  }

  note(read: StockRead, sku: number, pieces: number, stale: boolean): void {
    const { nodes, nodeNames } = this.inventory.history.columns;
    const name = nodes[read.completion] >= 0 ? nodeNames[nodes[read.completion]] : 'all';
    const seen = this.nodes.get(name) ?? { reads: 0, staleReads: 0 };
    this.nodes.set(name, seen);
    seen.reads++;
    if (stale) seen.staleReads++;
    // Clients see the stock by reading it; that the book is right at the end does not help them.
    if (read.f === 'book') return;
    this.values[sku].add(pieces);
    this.last[sku] = read;
    this.lastStale[sku] = stale;
    this.count[sku]++;
  }

  /** Every reading of an article shows the same, and the last one is wrong. */
  findFrozen(findings: Findings, moves: readonly Move[]): void {
    const { history, skus } = this.inventory;
    this.values.forEach((values, sku) => {
      const read = this.last[sku];
      if (values.size !== 1 || this.count[sku] < 2 || !this.lastStale[sku] || !read) return;
      const known = moves.filter((move) => move.sku === sku && move.mustFrom < read.invocation);
      const example = known.at(-1)?.source;
      if (!example) return;
      findings.add({
        kind: 'frozen',
        sentence:
          `All ${this.count[sku]} readings show ${[...values][0]} pieces of ${skus[sku]}, though ${known.length} orders, returns and deliveries ` +
          `were acknowledged before the last of them, by ${whoAndWhen(history, read.completion)}.`,
        operations: indicesOf(history, [example.invocation, example.completion, read.invocation, read.completion]),
      });
    });
  }

  byNode(): Readonly<Record<string, Json>> {
    return Object.fromEntries([...this.nodes].filter(([, { staleReads }]) => staleReads > 0));
  }
}
