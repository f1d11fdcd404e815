import { FAIL, type History, INFO, INVOKE, NEMESIS, NONE, OK } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { type Fields, isName, isObject, nameAt, wholeNumberAt } from '../values.js';
import { nonsense } from '../verdict.js';
import type { Asked, Book, Cancel, Order, Restock, StockRead } from './inventory-history.js';

const OPERATIONS = ['order', 'cancel', 'restock', 'read', 'stock-take', 'book'];

/** Takes the operations of a shop out of a history, one event at a time, and refuses what makes no sense. */
export class InventoryReader {
  readonly orders: Order[] = [];
  readonly orderById = new Map<string, Order>();
  readonly cancels: Cancel[] = [];
  readonly restocks: Restock[] = [];
  readonly restockById = new Map<string, Restock>();
  readonly reads: StockRead[] = [];
  booksAttempted = 0;
  private readonly indexOf: ReadonlyMap<string, number>;

  constructor(
    private readonly history: History,
    private readonly skus: readonly string[],
  ) {
    this.indexOf = new Map(skus.map((name, sku) => [name, sku]));
  }

  run(): void {
    const { types, processes, functions, functionNames } = this.history.columns;
    for (let position = 0; position < this.history.length; position++) {
      if (processes[position] === NEMESIS) continue;
      const f = functionNames[functions[position]];
      const type = types[position];
      if (!OPERATIONS.includes(f))
        this.reject(position, `operation "${f}" is not one of inventory: ${OPERATIONS.join(', ')}`);
      if (type === INVOKE) this.invoked(f, position);
      else if (type === OK && (f === 'read' || f === 'stock-take' || f === 'book'))
        this.reads.push(this.readStock(f, position));
    }
  }

  private invoked(f: string, position: number): void {
    switch (f) {
      case 'order':
        this.addOrder(position);
        break;
      case 'cancel':
        this.addCancel(position);
        break;
      case 'restock':
        this.addRestock(position);
        break;
      case 'book':
        this.booksAttempted++;
        break;
    }
  }

  private addOrder(position: number): void {
    const { id, quantity } = this.fields(position, 'an order needs a value {id, quantity, region}');
    const order: Order = {
      ...this.asked(position),
      id: nameAt(this.history, position, id, '"id"'),
      quantity: this.quantity(position, quantity),
      outcome: this.outcome(position, { confirmed: 'confirmed', 'sold-out': 'sold-out' }),
    };
    const earlier = this.orderById.get(order.id);
    if (earlier)
      this.reject(position, `order id ${order.id} was used before, at ${this.history.placeOf(earlier.invocation)}`);
    this.orderById.set(order.id, order);
    this.orders.push(order);
  }

  private addCancel(position: number): void {
    const { order } = this.fields(position, 'a cancel needs a value {order}');
    const outcome = this.outcome(position, { cancelled: 'cancelled', 'not-found': 'not-found' });
    const asked = this.asked(position);
    const answer = outcome === 'cancelled' ? this.history.record(asked.completion) : null;
    const returned = isObject(answer) ? answer['quantity'] : undefined;
    this.cancels.push({
      ...asked,
      order: nameAt(this.history, position, order, '"order"'),
      outcome,
      quantity: returned === undefined ? undefined : this.quantity(asked.completion, returned),
    });
  }

  private addRestock(position: number): void {
    const { id, quantity } = this.fields(position, 'a restock needs a value {id, quantity}');
    const restock: Restock = {
      ...this.asked(position),
      id: nameAt(this.history, position, id, '"id"'),
      quantity: this.quantity(position, quantity),
      outcome: this.outcome(position, {}, 'done'),
    };
    const earlier = this.restockById.get(restock.id);
    if (earlier)
      this.reject(position, `restock id ${restock.id} was used before, at ${this.history.placeOf(earlier.invocation)}`);
    this.restockById.set(restock.id, restock);
    this.restocks.push(restock);
  }

  private asked(position: number): Asked {
    const { keys, keyNames, pairs } = this.history.columns;
    const sku = keys[position] === NONE ? undefined : this.indexOf.get(keyNames[keys[position]]);
    if (sku === undefined) this.reject(position, 'its key is no article of this test');
    return { sku, invocation: position, completion: pairs[position] };
  }

  /** The outcome that the completion tells; an ok one by its field `outcome`, or `otherwise` where it needs none. */
  private outcome<Known extends string>(
    position: number,
    known: Readonly<Record<string, Known>>,
    otherwise?: Known,
  ): Known | 'failed' | 'unknown' {
    const completion = this.history.columns.pairs[position];
    const type = completion === NONE ? INFO : this.history.columns.types[completion];
    if (type === FAIL) return 'failed';
    if (type !== OK) return 'unknown';
    const value = this.history.record(completion);
    const outcome = isObject(value) ? value['outcome'] : undefined;
    const answer =
      outcome === undefined ? otherwise : isName(outcome) && Object.hasOwn(known, outcome) ? known[outcome] : undefined;
    if (answer === undefined) {
      this.reject(
        completion,
        `"outcome" is ${JSON.stringify(outcome) ?? 'missing'}; ${Object.keys(known).join(' or ')}`,
      );
    }
    return answer;
  }

  private readStock(f: StockRead['f'], position: number): StockRead {
    const invocation = this.history.columns.pairs[position];
    const value = this.history.record(position);
    if (f === 'read') {
      const pieces = wholeNumberAt(this.history, position, value, 'the stock');
      const { sku } = this.asked(invocation);
      return {
        f,
        invocation,
        completion: position,
        skus: [sku],
        stock: [pieces],
        unknownSkus: [],
        missingSkus: [],
        book: undefined,
      };
    }
    const stock = isObject(value) ? value['stock'] : undefined;
    if (!isObject(value) || !isObject(stock))
      return this.reject(position, `a ${f} needs a value with an object "stock"`);
    const shown = this.skus.flatMap((name, sku) => (Object.hasOwn(stock, name) ? [sku] : []));
    return {
      f,
      invocation,
      completion: position,
      skus: shown,
      stock: shown.map((sku) =>
        wholeNumberAt(this.history, position, stock[this.skus[sku]], `the stock of ${this.skus[sku]}`),
      ),
      unknownSkus: Object.keys(stock).filter((name) => !this.indexOf.has(name)),
      missingSkus: this.skus.filter((name) => !Object.hasOwn(stock, name)),
      book: f === 'book' ? this.readBook(position, value) : undefined,
    };
  }

  private readBook(position: number, { orders, restocks }: Fields): Book {
    if (!Array.isArray(orders) || !Array.isArray(restocks))
      return this.reject(position, 'a book needs lists "orders" and "restocks"');
    const record = (entry: Json, what: string) => {
      if (!isObject(entry)) return this.reject(position, `${what} is no object`);
      return {
        id: nameAt(this.history, position, entry['id'], `"id" of ${what}`),
        sku: nameAt(this.history, position, entry['sku'], `"sku" of ${what}`),
        quantity: this.quantity(position, entry['quantity']),
        status: entry['status'],
      };
    };
    return {
      restocks: restocks.map((entry: Json, at) => record(entry, `restock ${at} of the book`)),
      orders: orders.map((entry: Json, at) => {
        const { status, ...order } = record(entry, `order ${at} of the book`);
        if (status === 'confirmed' || status === 'cancelled') return { ...order, status };
        return this.reject(
          position,
          `"status" of order ${at} of the book is ${JSON.stringify(status) ?? 'missing'}; confirmed or cancelled`,
        );
      }),
    };
  }

  private quantity(position: number, value: Json | undefined): number {
    const quantity = wholeNumberAt(this.history, position, value, '"quantity"');
    if (!(quantity >= 0)) this.reject(position, `"quantity" is ${JSON.stringify(value)}, not a whole number from 0`);
    return quantity;
  }

  private fields(position: number, otherwise: string): Fields {
    const value = this.history.record(position);
    return isObject(value) ? value : this.reject(position, otherwise);
  }

  private reject(position: number, why: string): never {
    throw nonsense(this.history, position, why);
  }
}
