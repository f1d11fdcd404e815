import type { Exact, Quantities, QuantityOperation } from '../quantities/quantities.js';
import { NEVER } from '../quantities/quantities.js';
import { Books, type BookView, type Span } from './book-views.js';
import type { Cancel, InventoryHistory, Order, Restock, StockRead } from './inventory-history.js';
import { placeTokens, TOKEN, type Token } from './tokens.js';

export type Source =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'cancel'; readonly cancel: Cancel }
  | { readonly kind: 'restock'; readonly restock: Restock }
  | { readonly kind: 'reading'; readonly reading: StockRead };

export interface InventoryQuantities {
  readonly quantities: Quantities;
  /** Where each operation comes from. */
  readonly sources: readonly Source[];
}

/**
 * Some articles of a shop as quantities: a dimension for each article's stock, and one for each order that somebody
 * tried to cancel, which holds 1 while the order stands. A cancellation takes that 1 and gives the pieces back.
 *
 * A book tells of every order and delivery whether it had happened: one of unknown outcome that is in the book returns
 * no later than the book, one that is not cannot take effect before the book was asked for.
 *
 * @returns undefined where nothing tells the initial stock of one of the articles
 */
export function inventoryQuantities(
  inventory: InventoryHistory,
  skus: readonly number[],
): InventoryQuantities | undefined {
  const start = skus.map((sku) => inventory.initial[sku]);
  if (start.includes(undefined)) return undefined;
  return new Translation(inventory, skus).run(start as number[]);
}

interface Mark {
  /** Position in the history, doubled to leave room in between. */
  readonly at: number;
  readonly code: number;
}

class Translation {
  private readonly operations: QuantityOperation[] = [];
  private readonly sources: Source[] = [];
  private readonly marks: Mark[] = [];
  private readonly classes = new Map<string, number>();
  private readonly tokens = new Map<string, Token>();
  private readonly books: Books;
  private readonly dimensionOf: ReadonlyMap<number, number>;
  private readonly placeOf = new Map<Order | Restock, number>();

  constructor(
    private readonly inventory: InventoryHistory,
    private readonly skus: readonly number[],
  ) {
    this.dimensionOf = new Map(skus.map((sku, dimension) => [sku, dimension]));
    this.books = new Books(inventory);
  }

  run(start: readonly number[]): InventoryQuantities {
    const { orders, cancels, restocks, reads, orderById } = this.inventory;
    const here = ({ sku }: { readonly sku: number }) => this.dimensionOf.has(sku);
    for (const cancel of cancels.filter(here)) {
      const order = orderById.get(cancel.order);
      if (cancel.outcome === 'failed' || !order || !here(order)) continue;
      if (!this.tokens.has(order.id)) this.tokens.set(order.id, { order, ops: [], dimension: -1 });
    }
    for (const order of orders.filter(here)) this.addOrder(order);
    for (const restock of restocks.filter(here)) this.addRestock(restock);
    for (const cancel of cancels.filter(here)) this.addCancel(cancel);
    const readings = reads.flatMap((read) =>
      read.skus.some((sku) => this.dimensionOf.has(sku)) ? [this.addReading(read)] : [],
    );
    this.marks.sort((a, b) => a.at - b.at);
    const events = Int32Array.from(this.marks, ({ code }) => code);
    const returns = new Int32Array(this.operations.length).fill(NEVER);
    const begins = new Int32Array(this.operations.length);
    events.forEach((code, event) => {
      if (code < 0) returns[~code] = event;
      else begins[code] = event;
    });
    const { size, resets } = placeTokens(this.tokens.values(), this.skus.length, this.operations, begins, returns);
    for (const op of readings) this.completeBook(op, begins, returns);
    const vector = new Float64Array(size);
    vector.set(start);
    return {
      quantities: { size, starts: [vector], operations: this.operations, events, returns, resets },
      sources: this.sources,
    };
  }

  private addOrder(order: Order): void {
    const { sku, quantity, outcome, invocation, completion, id } = order;
    if (outcome === 'failed') return;
    const dimension = this.dimensionOf.get(sku)!;
    const source: Source = { kind: 'order', order };
    if (outcome === 'sold-out') {
      this.add({ kind: 'below', dimension, limit: quantity }, source, { start: 2 * invocation, end: 2 * completion });
      return;
    }
    const token = this.tokens.get(id);
    const op = this.add(
      {
        kind: 'change',
        dimensions: token ? [dimension, TOKEN] : [dimension],
        deltas: token ? [-quantity, 1] : [-quantity],
        needs: { dimension, amount: quantity },
        sameAs: this.classOf(
          token ? `order ${id}` : `order ${sku} ${quantity} ${this.books.membership(({ orders }) => orders.has(id))}`,
        ),
      },
      source,
      outcome === 'unknown'
        ? this.books.span(invocation, ({ orders }) => orders.has(id))
        : { start: 2 * invocation, end: 2 * completion },
    );
    this.placeOf.set(order, op);
    token?.ops.push(op);
  }

  private addRestock(restock: Restock): void {
    const { sku, quantity, outcome, invocation, completion, id } = restock;
    if (outcome === 'failed') return;
    const op = this.add(
      {
        kind: 'change',
        dimensions: [this.dimensionOf.get(sku)!],
        deltas: [quantity],
        needs: undefined,
        sameAs: this.classOf(`restock ${sku} ${quantity} ${this.books.membership(({ restocks }) => restocks.has(id))}`),
      },
      { kind: 'restock', restock },
      outcome === 'unknown'
        ? this.books.span(invocation, ({ restocks }) => restocks.has(id))
        : { start: 2 * invocation, end: 2 * completion },
    );
    this.placeOf.set(restock, op);
  }

  private addCancel(cancel: Cancel): void {
    const { sku, order: id, outcome, invocation, completion } = cancel;
    const token = this.tokens.get(id);
    if (outcome === 'failed') return;
    const source: Source = { kind: 'cancel', cancel };
    const span = { start: 2 * invocation, end: 2 * completion };
    if (outcome === 'not-found') {
      // An order that nobody placed is never there.
      if (token) token.ops.push(this.add({ kind: 'below', dimension: TOKEN, limit: 1 }, source, span));
      return;
    }
    if (!token) {
      // Cancelled, though there was no such order: possible in no state.
      if (outcome === 'cancelled')
        this.add({ kind: 'below', dimension: 0, limit: Number.NEGATIVE_INFINITY }, source, span);
      return;
    }
    const op = this.add(
      {
        kind: 'change',
        dimensions: [this.dimensionOf.get(sku)!, TOKEN],
        deltas: [token.order.quantity, -1],
        needs: { dimension: TOKEN, amount: 1 },
        sameAs: this.classOf(`cancel ${id}`),
      },
      source,
      outcome === 'unknown' ? this.cancelSpan(cancel) : span,
    );
    token.ops.push(op);
  }

  private cancelSpan({ order: id, invocation }: Cancel): Span {
    const others = this.inventory.cancels.filter(
      ({ order, outcome }) => order === id && (outcome === 'cancelled' || outcome === 'unknown'),
    );
    // Of several cancellations any may be the one that the book shows.
    if (others.length > 1) return { start: 2 * invocation };
    return this.books.span(invocation, ({ orders }) => orders.get(id) === 'cancelled');
  }

  private addReading(reading: StockRead): number {
    const { invocation, completion, skus, stock, unknownSkus, missingSkus } = reading;
    const shown = skus.flatMap((sku, at) => (this.dimensionOf.has(sku) ? [at] : []));
    // A stock-take that shows other articles than there are is right in no state.
    const wrong = unknownSkus.length > 0 || missingSkus.length > 0;
    const operation: Exact = {
      kind: 'exact',
      dimensions: shown.map((at) => this.dimensionOf.get(skus[at])!),
      values: shown.map((at) => (wrong ? Number.NaN : stock[at])),
      holds: undefined,
    };
    return this.add(operation, { kind: 'reading', reading }, { start: 2 * invocation, end: 2 * completion });
  }

  /** What a book shows besides the stock: which orders and deliveries happened, and which orders stand. */
  private completeBook(op: number, begins: Int32Array, returns: Int32Array): void {
    const source = this.sources[op];
    const book = source.kind === 'reading' ? this.books.all.find(({ read }) => read === source.reading) : undefined;
    if (!book) return;
    const exact = this.operations[op] as Exact;
    const [dimensions, values] = [[...exact.dimensions], [...exact.values]];
    const standing = (id: string) => (book.orders.get(id) === 'confirmed' ? 1 : 0);
    let right = this.statusesRight(book);
    for (const { order, ops, dimension } of this.tokens.values()) {
      const begin = Math.min(...ops.map((one) => begins[one]));
      const end = Math.max(...ops.map((one) => returns[one]));
      if (begin < returns[op] && end > begins[op]) {
        dimensions.push(dimension);
        values.push(standing(order.id));
      } else if (end <= begins[op] && standing(order.id) !== this.standingAfter(ops)) right = false;
      // Not yet asked for.
      else if (begin >= returns[op] && book.orders.has(order.id)) right = false;
    }
    const members = new Set<number>();
    for (const [item, place] of this.placeOf) {
      const held = this.sources[place].kind === 'order' ? book.orders.has(item.id) : book.restocks.has(item.id);
      if (held) members.add(place);
    }
    const changes = new Set(this.placeOf.values());
    if (this.entriesHere(book) !== members.size) right = false;
    this.operations[op] = {
      kind: 'exact',
      dimensions,
      values: right ? values : values.map(() => Number.NaN),
      holds: { members, inScope: (change) => changes.has(change) },
    };
  }

  /** Orders that nobody tried to cancel are not cancelled. */
  private statusesRight({ read }: BookView): boolean {
    return read.book!.orders.every(
      ({ id, status }) => status === 'confirmed' || this.tokens.has(id) || !this.isHere(id),
    );
  }

  private isHere(id: string): boolean {
    const order = this.inventory.orderById.get(id);
    return order !== undefined && this.dimensionOf.has(order.sku);
  }

  /** Entries of these articles, doubles counted as often as they are there. */
  private entriesHere({ read }: BookView): number {
    const { skus } = this.inventory;
    const names = new Set(this.skus.map((sku) => skus[sku]));
    const { orders, restocks } = read.book!;
    return [...orders, ...restocks].filter(({ sku }) => names.has(sku)).length;
  }

  /** Whether an order stands when all operations on it are over. */
  private standingAfter(ops: readonly number[]): number {
    return ops.reduce((sum, op) => {
      const operation = this.operations[op];
      return operation.kind === 'change' ? sum + operation.deltas[1] : sum;
    }, 0);
  }

  private add(operation: QuantityOperation, source: Source, { start, end }: Span): number {
    const op = this.operations.push(operation) - 1;
    this.sources.push(source);
    this.marks.push({ at: start, code: op });
    if (end !== undefined) this.marks.push({ at: end, code: ~op });
    return op;
  }

  private classOf(text: string): number {
    const known = this.classes.get(text);
    if (known !== undefined) return known;
    this.classes.set(text, this.classes.size);
    return this.classes.size - 1;
  }
}
