import type { InventoryHistory, StockRead } from './inventory-history.js';

/** When an operation may first and must last take effect: positions in the history, doubled to leave room in between. */
export interface Span {
  readonly start: number;
  readonly end?: number;
}

/** What one book shows. */
export interface BookView {
  readonly read: StockRead;
  readonly orders: ReadonlyMap<string, 'confirmed' | 'cancelled'>;
  readonly restocks: ReadonlySet<string>;
}

/** The books of a history: they tell of every order and delivery whether it had happened. */
export class Books {
  readonly all: readonly BookView[];

  constructor({ reads }: InventoryHistory) {
    this.all = reads.flatMap((read) => {
      if (!read.book) return [];
      const orders = new Map(read.book.orders.map(({ id, status }) => [id, status]));
      return [{ read, orders, restocks: new Set(read.book.restocks.map(({ id }) => id)) }];
    });
  }

  /** When something of unknown outcome may first and must last take effect, by what the books hold. */
  span(invocation: number, held: (book: BookView) => boolean): Span {
    let start = 2 * invocation;
    let end: number | undefined;
    for (const book of this.all) {
      if (held(book)) end = Math.min(end ?? Number.POSITIVE_INFINITY, 2 * book.read.completion - 1);
      else start = Math.max(start, 2 * book.read.invocation - 1);
    }
    // Contradictory books: leave it to them.
    if (end !== undefined && end <= start) return { start: 2 * invocation };
    return end === undefined ? { start } : { start, end };
  }

  /** Which books hold it, as text. */
  membership(held: (book: BookView) => boolean): string {
    return this.all.map((book) => (held(book) ? 1 : 0)).join('');
  }
}
