import type { Cancel, InventoryHistory, Order, Restock, StockRead } from './inventory-history.js';

/** Pieces that leave or enter the stock of an article, and when: what the answers and the final book leave possible. */
export interface Move {
  readonly sku: number;
  /** Positive: into the stock. */
  readonly pieces: number;
  /** Position from which it may have happened, and from which it must have (or Infinity). */
  readonly mayFrom: number;
  readonly mustFrom: number;
  readonly source: Order | Restock | Cancel;
}

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Every move that may have happened. What a client was not told, the book tells: an unknown order that is in it
 * happened before the book was read, one that is not did not happen before.
 */
export function movesOf(inventory: InventoryHistory, book: StockRead | undefined): readonly Move[] {
  const told = new Told(book);
  const moves: Move[] = [];
  for (const order of inventory.orders) {
    if (order.outcome === 'failed' || order.outcome === 'sold-out') continue;
    const { sku, quantity, invocation, completion, outcome } = order;
    const span =
      outcome === 'confirmed'
        ? { mayFrom: invocation, mustFrom: completion }
        : told.span(invocation, told.orders.has(order.id));
    moves.push({ sku, pieces: -quantity, source: order, ...span });
  }
  for (const restock of inventory.restocks) {
    if (restock.outcome === 'failed') continue;
    const { sku, quantity, invocation, completion, outcome } = restock;
    const span =
      outcome === 'done'
        ? { mayFrom: invocation, mustFrom: completion }
        : told.span(invocation, told.restocks.has(restock.id));
    moves.push({ sku, pieces: quantity, source: restock, ...span });
  }
  for (const cancels of cancelsByOrder(inventory).values()) {
    const move = returnOf(inventory, cancels, told);
    if (move) moves.push(move);
  }
  return moves;
}

/** What the book tells of ids. */
class Told {
  readonly orders: ReadonlyMap<string, string>;
  readonly restocks: ReadonlySet<string>;

  constructor(private readonly book: StockRead | undefined) {
    this.orders = new Map(book?.book?.orders.map(({ id, status }) => [id, status]));
    this.restocks = new Set(book?.book?.restocks.map(({ id }) => id));
  }

  /** When something of unknown outcome happened that the book holds, or does not hold. */
  span(invocation: number, held: boolean): { readonly mayFrom: number; readonly mustFrom: number } {
    if (!this.book) return { mayFrom: invocation, mustFrom: NEVER };
    return held
      ? { mayFrom: invocation, mustFrom: this.book.completion }
      : { mayFrom: Math.max(invocation, this.book.invocation), mustFrom: NEVER };
  }
}

export function cancelsByOrder({ cancels }: InventoryHistory): ReadonlyMap<string, readonly Cancel[]> {
  const byOrder = new Map<string, Cancel[]>();
  for (const cancel of cancels) {
    if (cancel.outcome !== 'cancelled' && cancel.outcome !== 'unknown') continue;
    const same = byOrder.get(cancel.order);
    if (same) same.push(cancel);
    else byOrder.set(cancel.order, [cancel]);
  }
  return byOrder;
}

/** An order is returned once, by the first of its cancellations. */
function returnOf({ orderById }: InventoryHistory, cancels: readonly Cancel[], told: Told): Move | undefined {
  const [first] = cancels;
  const order = orderById.get(first.order);
  if (!order || order.outcome === 'failed' || order.outcome === 'sold-out') return undefined;
  const known = cancels.filter(({ outcome }) => outcome === 'cancelled');
  const asked = Math.min(...cancels.map(({ invocation }) => invocation));
  const span =
    known.length > 0
      ? { mayFrom: asked, mustFrom: Math.min(...known.map(({ completion }) => completion)) }
      : told.span(asked, told.orders.get(first.order) === 'cancelled');
  return { sku: order.sku, pieces: order.quantity, source: known[0] ?? first, ...span };
}
