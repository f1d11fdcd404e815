import type { Findings } from '../findings.js';
import { indicesOf, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import type { Book, Cancel, InventoryHistory, Order, Restock, StockRead } from './inventory-history.js';

/** The book that holds most: a replica that lags behind is not to be taken for a loss. */
export function fullestBook({ reads }: InventoryHistory): BookRead | undefined {
  const books = reads.filter((read): read is BookRead => read.book !== undefined);
  const size = ({ book }: BookRead) => book.orders.length + book.restocks.length;
  return books.reduce<BookRead | undefined>((best, read) => (best && size(best) > size(read) ? best : read), undefined);
}

export interface BookRead extends StockRead {
  readonly book: Book;
}

/** The final book against what clients were told, and against itself. */
export function findInBook(inventory: InventoryHistory, read: BookRead, findings: Findings): void {
  new BookFindings(inventory, read, findings).run();
}

class BookFindings {
  private readonly reader: string;
  private readonly entries = new Map<string, Book['orders'][number][]>();
  private readonly restocks = new Map<string, Book['restocks'][number][]>();

  constructor(
    private readonly inventory: InventoryHistory,
    private readonly read: BookRead,
    private readonly findings: Findings,
  ) {
    this.reader = `the book read by ${whoAndWhen(inventory.history, read.completion)}`;
    for (const entry of read.book.orders) push(this.entries, entry);
    for (const entry of read.book.restocks) push(this.restocks, entry);
  }

  run(): void {
    for (const order of this.inventory.orders) this.findOrder(order);
    for (const restock of this.inventory.restocks) this.findRestock(restock);
    this.findStrangers();
    this.findCancellations();
    this.findImbalance();
  }

  private findOrder(order: Order): void {
    const entries = this.entries.get(order.id) ?? [];
    const name = `Order ${order.id} (${order.quantity} of ${this.sku(order)})`;
    const told = whoAndWhen(this.inventory.history, order.completion);
    if (order.outcome === 'confirmed' && entries.length === 0 && order.completion < this.read.invocation) {
      this.add('lost-order', `${name}, confirmed to ${told}, is missing from ${this.readerAfter(order)}.`, order);
    }
    if ((order.outcome === 'failed' || order.outcome === 'sold-out') && entries.length > 0) {
      const answer = order.outcome === 'failed' ? 'failed' : 'was answered "sold out"';
      this.add('phantom-order', `${name} ${answer} for ${told}, and yet it is in ${this.readerAfter(order)}.`, order);
    }
    if (entries.length > 1)
      this.add('double-fulfilment', `${name} is ${entries.length} times in ${this.reader}.`, order);
    for (const { sku, quantity } of entries) {
      if (sku === this.sku(order) && quantity === order.quantity) continue;
      this.add('altered-order', `${name} is in ${this.reader} as ${quantity} of ${sku}.`, order);
    }
  }

  private findRestock(restock: Restock): void {
    const entries = this.restocks.get(restock.id) ?? [];
    const name = `Delivery ${restock.id} (${restock.quantity} of ${this.sku(restock)})`;
    const told = whoAndWhen(this.inventory.history, restock.completion);
    if (restock.outcome === 'done' && entries.length === 0 && restock.completion < this.read.invocation) {
      this.add(
        'lost-restock',
        `${name}, acknowledged to ${told}, is missing from ${this.readerAfter(restock)}.`,
        restock,
      );
    }
    if (restock.outcome === 'failed' && entries.length > 0) {
      this.add(
        'phantom-restock',
        `${name} failed for ${told}, and yet it is in ${this.readerAfter(restock)}.`,
        restock,
      );
    }
    if (entries.length > 1)
      this.add('double-restock', `${name} is ${entries.length} times in ${this.reader}.`, restock);
    for (const { sku, quantity } of entries) {
      if (sku === this.sku(restock) && quantity === restock.quantity) continue;
      this.add('altered-restock', `${name} is in ${this.reader} as ${quantity} of ${sku}.`, restock);
    }
  }

  private findStrangers(): void {
    const { orderById, restockById } = this.inventory;
    for (const [id, [{ quantity, sku }]] of this.entries) {
      const order = orderById.get(id);
      if (order && order.invocation < this.read.completion) continue;
      this.add(
        'phantom-order',
        `Order ${id} (${quantity} of ${sku}) is in ${this.reader}, though nobody had asked for it.`,
      );
    }
    for (const [id, [{ quantity, sku }]] of this.restocks) {
      const restock = restockById.get(id);
      if (restock && restock.invocation < this.read.completion) continue;
      this.add(
        'phantom-restock',
        `Delivery ${id} (${quantity} of ${sku}) is in ${this.reader}, though nobody had asked for it.`,
      );
    }
  }

  private findCancellations(): void {
    const { cancels, history } = this.inventory;
    const asked = new Set<string>();
    for (const cancel of cancels) {
      if (cancel.outcome === 'cancelled' || cancel.outcome === 'unknown') asked.add(cancel.order);
      if (cancel.outcome !== 'cancelled' || cancel.completion > this.read.invocation) continue;
      const counted = this.entries.get(cancel.order)?.some(({ status }) => status === 'confirmed');
      if (!counted) continue;
      const told = whoAndWhen(history, cancel.completion);
      this.add(
        'cancelled-but-counted',
        `Order ${cancel.order}, cancelled for ${told}, still counts as sold in ${this.readerAfter(cancel)}.`,
        cancel,
      );
    }
    for (const [id, entries] of this.entries) {
      if (asked.has(id) || !entries.some(({ status }) => status === 'cancelled')) continue;
      this.add(
        'phantom-cancellation',
        `Order ${id} is cancelled in ${this.reader}, though nobody cancelled it with success.`,
        this.inventory.orderById.get(id),
      );
    }
  }

  /** Initial + delivered − sold + returned = stock, article by article, by the book alone. */
  private findImbalance(): void {
    const { skus, initial, history } = this.inventory;
    skus.forEach((name, sku) => {
      const start = initial[sku];
      const at = this.read.skus.indexOf(sku);
      if (start === undefined || at < 0 || Number.isNaN(this.read.stock[at])) return;
      const pieces = (list: readonly { readonly sku: string; readonly quantity: number }[]) =>
        list.reduce((sum, entry) => sum + (entry.sku === name ? entry.quantity : 0), 0);
      const sold = pieces(this.read.book.orders.filter(({ status }) => status === 'confirmed'));
      const delivered = pieces(this.read.book.restocks);
      const stock = this.read.stock[at];
      const difference = stock - (start + delivered - sold);
      if (difference === 0) return;
      this.findings.add({
        kind: 'not-conserved',
        sentence:
          `The book read by ${whoAndWhen(history, this.read.completion)} does not add up for ${name}: ${start} at the start, ` +
          `${delivered} delivered and ${sold} sold leave ${start + delivered - sold}, but ${stock} are in stock (${difference > 0 ? `${difference} too many` : `${-difference} too few`}).`,
        operations: indicesOf(history, [this.read.invocation, this.read.completion]),
        details: { sku: name, difference },
      });
    });
  }

  /** The book, told after the moment of an answer. */
  private readerAfter({ completion }: Order | Restock | Cancel): string {
    return `the book read by ${whoAndWhenAfter(this.inventory.history, completion, this.read.completion)}`;
  }

  private sku({ sku }: { readonly sku: number }): string {
    return this.inventory.skus[sku];
  }

  private add(kind: string, sentence: string, source?: Order | Restock | Cancel): void {
    const positions = [
      this.read.invocation,
      this.read.completion,
      ...(source ? [source.invocation, source.completion] : []),
    ];
    this.findings.add({ kind, sentence, operations: indicesOf(this.inventory.history, positions) });
  }
}

function push<Entry extends { readonly id: string }>(map: Map<string, Entry[]>, entry: Entry): void {
  const same = map.get(entry.id);
  if (same) same.push(entry);
  else map.set(entry.id, [entry]);
}
