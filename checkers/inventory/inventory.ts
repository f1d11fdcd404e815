import type { Checker } from '../checker.js';
import { Findings } from '../findings.js';
import { indicesOf, verdictOf, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import { type BookRead, findInBook, fullestBook } from './book.js';
import { type Cancel, type InventoryHistory, readInventory } from './inventory-history.js';
import { movesOf } from './moves.js';
import { findInStock } from './stock.js';
import { countOrByName, countOrNames } from '../option-rules.js';
import { orTooLarge } from '../values.js';

/**
 * What must hold of a shop whatever consistency its database promises: no article is sold more often than there are
 * pieces, no confirmed order is lost, none is fulfilled or returned twice, nobody is turned away while there is enough,
 * and the final book adds up. Linear.
 */
export const inventory: Checker = orTooLarge({
  name: 'inventory',
  summary: 'no piece is sold twice, no confirmed order is lost, nobody is refused without reason, the book adds up',
  options: { skus: countOrNames, initialStock: countOrByName },
  check(history, { options }) {
    const inventory = readInventory(history, options);
    const findings = new Findings();
    const book = fullestBook(inventory);
    if (book) findInBook(inventory, book, findings);
    findInCancellations(inventory, findings);
    const { byNode } = findInStock(inventory, movesOf(inventory, book), findings);
    const undecided = doubt(inventory, book);
    return verdictOf({
      anomalies: findings.anomalies,
      ...(undecided !== undefined && { undecided }),
      details: {
        skus: inventory.skus.length,
        ...outcomes(inventory, book),
        anomalies: findings.counts,
        staleReads: byNode,
      },
      checked: [
        `each of ${inventory.reads.length} readings shows no negative stock, and every article it should`,
        'at no moment were more pieces confirmed than can have been there, and no order was refused while there was enough for certain',
        ...(book
          ? [
              'the final book holds every acknowledged order, delivery and cancellation once, no failed one, and adds up',
            ]
          : []),
      ],
      notChecked: [
        'whether one order of all operations explains every answer (see inventory-linearizable)',
        ...(book ? [] : ['lost, phantom or doubled orders: there is no book to look them up in']),
        ...inventory.skus.flatMap((name, sku) =>
          inventory.initial[sku] === undefined
            ? [`sales of ${name}: nothing tells its initial stock (set initialStock)`]
            : [],
        ),
      ],
    });
  },
});

/** Orders that were returned twice, or returned though nobody had them. */
function findInCancellations(inventory: InventoryHistory, findings: Findings): void {
  const { cancels, orderById, history } = inventory;
  const first = new Map<string, Cancel>();
  for (const cancel of cancels) {
    if (cancel.outcome !== 'cancelled') continue;
    const told = whoAndWhen(history, cancel.completion);
    const order = orderById.get(cancel.order);
    const add = (kind: string, sentence: string, others: readonly number[]) => {
      findings.add({
        kind,
        sentence,
        operations: indicesOf(history, [cancel.invocation, cancel.completion, ...others]),
      });
    };
    const earlier = first.get(cancel.order);
    if (earlier) {
      const before = whoAndWhen(history, earlier.completion);
      add(
        'returned-twice',
        `Order ${cancel.order} was cancelled for ${before} and again for ${whoAndWhenAfter(history, earlier.completion, cancel.completion)}: its pieces came back twice.`,
        [earlier.invocation, earlier.completion],
      );
    } else first.set(cancel.order, cancel);
    if (!order || order.outcome === 'failed' || order.outcome === 'sold-out' || order.invocation > cancel.completion) {
      const known = order && order.invocation < cancel.completion;
      const answer = order?.outcome === 'sold-out' ? 'which was answered "sold out"' : 'which had failed';
      add(
        'phantom-cancellation',
        `Order ${cancel.order}, ${known ? answer : 'which nobody had placed'}, was cancelled for ${told}.`,
        order ? [order.invocation, order.completion] : [],
      );
    } else if (cancel.quantity !== undefined && cancel.quantity !== order.quantity) {
      const sentence = `The cancellation of order ${cancel.order} for ${told} returned ${cancel.quantity} pieces; ${order.quantity} were ordered.`;
      add('altered-order', sentence, [order.invocation, order.completion]);
    }
  }
}

function doubt({ reads, booksAttempted }: InventoryHistory, book: BookRead | undefined): string | undefined {
  if (reads.length === 0) return 'no reading of the stock succeeded';
  return book === undefined && booksAttempted > 0 ? 'no read of the book succeeded' : undefined;
}

function outcomes(
  { orders, cancels, restocks, reads }: InventoryHistory,
  book: BookRead | undefined,
): Readonly<Record<string, number>> {
  const count = <Item extends { readonly outcome: string }>(items: readonly Item[], outcome: string) =>
    items.filter((item) => item.outcome === outcome).length;
  const held = new Set(book?.book.orders.map(({ id }) => id));
  const recovered = orders.filter(({ outcome, id }) => outcome === 'unknown' && held.has(id)).length;
  return {
    readings: reads.length,
    orders: orders.length,
    confirmed: count(orders, 'confirmed'),
    soldOut: count(orders, 'sold-out'),
    unknownOrders: count(orders, 'unknown'),
    ...(book && { recovered, notRecovered: count(orders, 'unknown') - recovered }),
    cancelled: count(cancels, 'cancelled'),
    restocked: count(restocks, 'done'),
  };
}
