import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { numberOption } from '../options.js';
import { isObject } from '../values.js';
import { type Ended, eventsOf, fieldsOf, isCount, type StreamContext, type Watcher, watching, who } from './watch.js';

/** Orders remembered, so that a cancellation can be told what it returns. */
const MOST_ORDERS = 200_000;

/** What is known of one article: pieces, as sums over its operations so far. */
interface Article {
  /** Deliveries invoked that did not fail, and acknowledged ones. */
  mayArrive: number;
  mustArrive: number;
  /** Orders invoked that neither failed nor were refused, and confirmed ones. */
  mayLeave: number;
  mustLeave: number;
  /** By cancellations invoked; Infinity once one was of an order that was forgotten. */
  mayReturn: number;
}

interface Bounds {
  readonly mustArrive: number;
  readonly mustLeave: number;
}

/**
 * A shop, as far as counting tells at once: more pieces confirmed than there can have been, stock below zero, and stock
 * beyond what the operations so far can leave. Memory: a few numbers by article, and the latest orders.
 * Options as of `inventory`; without `initialStock` only negative stock is told.
 */
export function streamInventory({ options }: StreamContext): StreamingChecker {
  return watching(new ShopWatch(options));
}

class ShopWatch implements Watcher {
  private readonly articles = new Map<string, Article>();
  private readonly orders = new Map<string, number>();
  private readonly cancelled = new Set<string>();
  private readonly atInvocation = new Map<Operation['process'], ReadonlyMap<string, Bounds>>();
  private hasForgotten = false;

  constructor(private readonly options: Readonly<Record<string, Json>>) {}

  invoked({ f, key, value, process }: Operation): undefined {
    if (f === 'read' || f === 'stock-take' || f === 'book') {
      const wanted = f === 'read' && key !== undefined ? [key] : [...this.articles.keys()];
      const bounds = wanted.map((sku) => {
        const { mustArrive, mustLeave } = this.article(sku);
        return [sku, { mustArrive, mustLeave }] as const;
      });
      this.atInvocation.set(process, new Map(bounds));
    }
    if (key === undefined) return;
    const { quantity, id, order } = fieldsOf(value);
    const article = this.article(key);
    if (f === 'restock' && isCount(quantity)) article.mayArrive += quantity;
    if (f === 'order' && isCount(quantity)) {
      article.mayLeave += quantity;
      this.remember(article, String(id), quantity);
    }
    if (f === 'cancel') this.cancel(article, String(order));
  }

  failed({ invocation }: Ended): undefined {
    this.atInvocation.delete(invocation.process);
    this.undo(invocation);
  }

  unknown({ invocation }: Ended): undefined {
    this.atInvocation.delete(invocation.process);
  }

  ok(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    const { f, key } = invocation;
    if (f === 'read' || f === 'stock-take' || f === 'book') return this.look(operation);
    if (key === undefined) return undefined;
    const { quantity } = fieldsOf(invocation.value);
    const article = this.article(key);
    if (!isCount(quantity)) return undefined;
    if (f === 'restock') article.mustArrive += quantity;
    if (f !== 'order') return undefined;
    if (fieldsOf(completion.value)['outcome'] === 'sold-out') {
      this.undo(invocation);
      return undefined;
    }
    article.mustLeave += quantity;
    return this.oversold(operation, key, article);
  }

  private oversold(operation: Ended, sku: string, { mustLeave, mayArrive, mayReturn }: Article): Anomaly | undefined {
    const initial = this.initialOf(sku);
    if (initial === undefined || mustLeave <= initial + mayArrive + mayReturn) return undefined;
    const says =
      `The order of ${sku} confirmed to ${who(operation.completion)} is one too many: ${mustLeave} pieces are confirmed, ` +
      `and there were ${initial} at the start and at most ${mayArrive + mayReturn} more since.`;
    return { kind: 'oversold', sentence: says, operations: eventsOf(operation), details: { streaming: true } };
  }

  private look(operation: Ended): Anomaly | undefined {
    const { invocation, completion } = operation;
    const before = this.atInvocation.get(invocation.process);
    this.atInvocation.delete(invocation.process);
    const { stock } = fieldsOf(completion.value);
    const shown =
      invocation.f !== 'read'
        ? fieldsOf(stock ?? null)
        : invocation.key === undefined
          ? {}
          : { [invocation.key]: completion.value };
    for (const [sku, pieces] of Object.entries(shown)) {
      if (!isCount(pieces)) continue;
      const says = this.problemOf(sku, pieces, before?.get(sku));
      if (says === undefined) continue;
      const sentence = `The ${invocation.f} by ${who(completion)} shows ${pieces} pieces of ${sku}; ${says}.`;
      return { kind: 'impossible-stock', sentence, operations: eventsOf(operation), details: { streaming: true } };
    }
    return undefined;
  }

  private problemOf(sku: string, pieces: number, before: Bounds | undefined): string | undefined {
    if (pieces < 0) return 'there cannot be less than none';
    const initial = this.initialOf(sku);
    if (initial === undefined) return undefined;
    const { mayArrive, mayLeave, mayReturn } = this.article(sku);
    const lowest = initial + (before?.mustArrive ?? 0) - mayLeave;
    const most = initial + mayArrive - Math.max(0, (before?.mustLeave ?? 0) - mayReturn);
    if (pieces >= lowest && pieces <= most) return undefined;
    return `orders, cancellations and deliveries so far leave ${Math.max(0, lowest)} to ${most}`;
  }

  private cancel(article: Article, order: string): void {
    if (this.cancelled.has(order)) return;
    this.cancelled.add(order);
    const quantity = this.orders.get(order);
    if (quantity !== undefined) article.mayReturn += quantity;
    // One that was forgotten may have been of any size; one that is still to be placed is counted then.
    else if (this.hasForgotten) article.mayReturn = Number.POSITIVE_INFINITY;
  }

  private undo({ f, key, value }: Operation): void {
    const { quantity } = fieldsOf(value);
    if (key === undefined || !isCount(quantity)) return;
    if (f === 'restock') this.article(key).mayArrive -= quantity;
    if (f === 'order') this.article(key).mayLeave -= quantity;
  }

  private remember(article: Article, id: string, quantity: number): void {
    this.orders.set(id, quantity);
    if (this.cancelled.has(id)) article.mayReturn += quantity;
    if (this.orders.size <= MOST_ORDERS) return;
    this.hasForgotten = true;
    for (const oldest of this.orders.keys()) {
      this.orders.delete(oldest);
      this.cancelled.delete(oldest);
      break;
    }
  }

  private article(sku: string): Article {
    let article = this.articles.get(sku);
    if (article === undefined) {
      article = { mayArrive: 0, mustArrive: 0, mayLeave: 0, mustLeave: 0, mayReturn: 0 };
      this.articles.set(sku, article);
    }
    return article;
  }

  private initialOf(sku: string): number | undefined {
    const { initialStock } = this.options;
    if (isObject(initialStock)) return numberOption(initialStock, sku, Number.MAX_SAFE_INTEGER);
    return numberOption(this.options, 'initialStock', Number.MAX_SAFE_INTEGER);
  }
}
