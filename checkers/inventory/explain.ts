import type { Anomaly } from '../checker.js';
import type { Configuration } from '../quantities/configuration.js';
import { indicesOf, whoAndWhen } from '../verdict.js';
import type { InventoryHistory, StockRead } from './inventory-history.js';
import type { Source } from './inventory-quantities.js';

/** Why an operation fits nowhere: the last thing that the search could not explain, in plain words. */
export function explain(
  inventory: InventoryHistory,
  skus: readonly number[],
  source: Source,
  before: readonly Configuration[],
): Anomaly {
  const { history } = inventory;
  const stock = (sku: number) => rangeOf(before, skus.indexOf(sku));
  const tell = (kind: string, sku: number, by: Positions, says: string): Anomaly => ({
    kind,
    sentence: says,
    operations: indicesOf(history, [by.invocation, by.completion, ...lastReading(inventory, sku, by.invocation)]),
  });
  switch (source.kind) {
    case 'order': {
      const { order } = source;
      const name = `Order ${order.id} for ${order.quantity} of ${inventory.skus[order.sku]}`;
      const told = whoAndWhen(history, order.completion);
      const says = `in every order of operations that explains what was answered before (last ${stock(order.sku)})`;
      return order.outcome === 'sold-out'
        ? tell(
            'unjustified-refusal',
            order.sku,
            order,
            `${name} was answered "sold out" to ${told}, though enough were in stock ${says}.`,
          )
        : tell(
            'oversold',
            order.sku,
            order,
            `${name} was confirmed to ${told}, though not enough were in stock ${says}.`,
          );
    }
    case 'cancel': {
      const { cancel } = source;
      const told = whoAndWhen(history, cancel.completion);
      const order = inventory.orderById.get(cancel.order);
      const also = order ? indicesOf(history, [order.invocation, order.completion]) : [];
      const anomaly =
        cancel.outcome === 'not-found'
          ? tell(
              'lost-order',
              cancel.sku,
              cancel,
              `The cancellation of order ${cancel.order} by ${told} found no such order, though it stood all the while.`,
            )
          : tell(
              'phantom-cancellation',
              cancel.sku,
              cancel,
              `Order ${cancel.order} was cancelled for ${told}, though it did not stand at any moment then.`,
            );
      return { ...anomaly, operations: [...new Set([...anomaly.operations, ...also])].sort((a, b) => a - b) };
    }
    case 'restock': {
      const { restock } = source;
      const told = whoAndWhen(history, restock.completion);
      return tell(
        'nonlinearizable',
        restock.sku,
        restock,
        `Delivery ${restock.id} for ${told} fits into no order of operations.`,
      );
    }
    case 'reading':
      return explainReading(inventory, skus, source.reading, before);
  }
}

interface Positions {
  readonly invocation: number;
  readonly completion: number;
}

function explainReading(
  inventory: InventoryHistory,
  skus: readonly number[],
  reading: StockRead,
  before: readonly Configuration[],
): Anomaly {
  const { history } = inventory;
  const wrong = reading.skus.flatMap((sku, at) => {
    const dimension = skus.indexOf(sku);
    if (dimension < 0 || before.some(({ vector }) => vector[dimension] === reading.stock[at])) return [];
    return [
      `${shown(reading, at)} of ${inventory.skus[sku]}, where ${rangeOf(before, dimension)} were possible just before`,
    ];
  });
  const shows = reading.skus.map((sku, at) => `${shown(reading, at)} of ${inventory.skus[sku]}`).join(', ');
  const name = `the ${reading.f} by ${whoAndWhen(history, reading.completion)}`;
  const together = skus.length > 1;
  const sentence = together
    ? `No order of operations explains ${name}: it shows ${shows}, which were never in stock at one moment.`
    : `No order of operations explains ${name}: it shows ${wrong.join(', ') || shows}.`;
  const sku = reading.skus.find((one) => skus.includes(one)) ?? 0;
  const changes = together ? [] : recentChanges(inventory, sku, reading);
  return {
    kind: together ? 'torn-stock-take' : 'nonlinearizable',
    sentence,
    operations: indicesOf(history, [
      reading.invocation,
      reading.completion,
      ...lastReading(inventory, sku, reading.invocation),
      ...changes,
    ]),
  };
}

function shown({ stock }: StockRead, at: number): string {
  return Number.isNaN(stock[at]) ? 'nothing' : String(stock[at]);
}

function rangeOf(before: readonly Configuration[], dimension: number): string {
  const values = [...new Set(before.map(({ vector }) => vector[dimension]))].sort((a, b) => a - b);
  return values.length === 1 ? `${values[0]}` : `${values[0]} to ${values[values.length - 1]}`;
}

/** The last reading of an article that was over before a position. */
function lastReading({ reads }: InventoryHistory, sku: number, position: number): readonly number[] {
  const last = reads.filter((read) => read.completion < position && read.skus.includes(sku)).at(-1);
  return last ? [last.invocation, last.completion] : [];
}

const MOST_SHOWN = 12;

/** Operations on the article that were under way with a reading, or over since the reading before it. */
function recentChanges(inventory: InventoryHistory, sku: number, reading: StockRead): readonly number[] {
  const [since = 0] = lastReading(inventory, sku, reading.invocation);
  const { orders, cancels, restocks } = inventory;
  return [...orders, ...cancels, ...restocks]
    .filter(
      (change) =>
        change.sku === sku &&
        change.outcome !== 'failed' &&
        change.outcome !== 'sold-out' &&
        change.outcome !== 'not-found',
    )
    .filter(({ invocation, completion }) => invocation < reading.completion && (completion < 0 || completion > since))
    .sort((a, b) => a.invocation - b.invocation)
    .slice(-MOST_SHOWN)
    .flatMap(({ invocation, completion }) => [invocation, completion]);
}
