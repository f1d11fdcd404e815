import type { EventInput } from '../../../harness/history/builder.js';
import type { Json } from '../../../harness/history/operation.js';
import { type Dice, Random } from '../../../harness/kit/random.js';

/** Ways in which a shop can be wrong. */
export type ShopBug =
  | 'oversell'
  | 'stale-read'
  | 'stale-refusal'
  | 'frozen'
  | 'torn-stock-take'
  | 'lost-order'
  | 'phantom-order'
  | 'taken-twice'
  | 'returned-twice'
  | 'lost-return';

export interface ShopShape {
  readonly skus: number;
  readonly initialStock: number;
  readonly maxQuantity: number;
  readonly maxRestock: number;
  readonly operations: number;
  readonly concurrency: number;
  readonly infoShare: number;
  readonly failShare: number;
  readonly book: 'final' | 'none';
  /** Share of orders and deliveries of 0, and of stock-takes that are books. */
  readonly zeroShare?: number;
  readonly bookShare?: number;
  readonly bug?: ShopBug;
  /** How often the bug shows where it could; from half of the history on. */
  readonly bugShare?: number;
}

interface Pending {
  readonly f: string;
  readonly sku: string | undefined;
  readonly value: Json;
  answer: Json;
  took: boolean;
  readonly fate: 'ok' | 'info' | 'fail';
}

type Fields = Readonly<Record<string, Json>>;

interface Entry {
  readonly id: number;
  readonly sku: string;
  readonly quantity: number;
  status: 'confirmed' | 'cancelled';
}

/**
 * A history of a shop that is right, but for its bug: every operation takes effect at one moment between invocation
 * and completion, unknown ones at any later moment or never.
 */
export function simulateShop(shape: ShopShape, seed: number): EventInput[] {
  return Random.fromSeed(seed).draw((dice) => new SimulatedShop(shape, dice).run())[0];
}

class SimulatedShop {
  private readonly stock: Record<string, number>;
  private past: Readonly<Record<string, number>>[] = [];
  private readonly orders = new Map<number, Entry>();
  private readonly restocks: Omit<Entry, 'status'>[] = [];
  private readonly events: EventInput[] = [];
  private readonly ghosts: Pending[] = [];
  private readonly placed: { readonly id: number; readonly sku: string }[] = [];
  private nextId = 1;
  private asked = 0;
  private nextProcess: number;

  constructor(
    private readonly shape: ShopShape,
    private readonly dice: Dice,
  ) {
    this.stock = Object.fromEntries(Array.from({ length: shape.skus }, (_, sku) => [`sku-${sku}`, shape.initialStock]));
    this.nextProcess = shape.concurrency;
  }

  run(): EventInput[] {
    const { dice, shape } = this;
    const clients = Array.from({ length: shape.concurrency }, (_, process) => ({
      process,
      pending: undefined as Pending | undefined,
    }));
    while (this.asked < shape.operations || clients.some(({ pending }) => pending !== undefined)) {
      if (this.ghosts.length > 0 && dice.chance(0.05))
        this.take(this.ghosts.splice(dice.int(this.ghosts.length), 1)[0], 'now');
      const client = dice.pick(clients);
      const { pending } = client;
      if (pending === undefined) {
        if (this.asked < shape.operations) client.pending = this.invoke(client.process);
      } else if (!pending.took) this.take(pending);
      else {
        if (pending.fate === 'info') {
          this.emit(client.process, 'info', pending, pending.value);
          client.process = this.nextProcess++;
        } else this.emit(client.process, pending.fate, pending, pending.fate === 'ok' ? pending.answer : pending.value);
        client.pending = undefined;
      }
    }
    if (shape.book === 'final') {
      const book: Pending = { f: 'book', sku: undefined, value: null, answer: null, took: false, fate: 'ok' };
      const process = this.nextProcess++;
      this.emit(process, 'invoke', book, null);
      this.take(book);
      this.emit(process, 'ok', book, book.answer);
    }
    return this.events;
  }

  private emit(process: number, type: EventInput['type'], { f, sku }: Pending, value: Json): void {
    const { length } = this.events;
    const key = sku === undefined ? {} : { key: sku };
    this.events.push({
      process,
      type,
      f,
      value,
      ...key,
      node: `n${1 + (process % 5)}`,
      time: length * 1_000_000,
      index: length,
    });
  }

  private invoke(process: number): Pending {
    const { dice, shape } = this;
    this.asked++;
    const draw = dice.float();
    const fate = draw < shape.infoShare ? 'info' : draw < shape.infoShare + shape.failShare ? 'fail' : 'ok';
    const pending: Pending = { ...this.choose(), answer: null, took: false, fate };
    this.emit(process, 'invoke', pending, pending.value);
    return pending;
  }

  private choose(): { readonly f: string; readonly sku: string | undefined; readonly value: Json } {
    const { dice, shape } = this;
    const sku = `sku-${dice.int(shape.skus)}`;
    const choice = dice.float();
    if (choice < 0.25) return { f: 'read', sku, value: null };
    if (choice < 0.33) return { f: this.isOf(shape.bookShare) ? 'book' : 'stock-take', sku: undefined, value: null };
    if (choice < 0.45 && this.placed.length > 0) {
      const order = dice.pick(this.placed.slice(-6));
      return { f: 'cancel', sku: order.sku, value: { order: order.id } };
    }
    const id = this.nextId++;
    if (choice < 0.55) return { f: 'restock', sku, value: { id, quantity: this.quantity(shape.maxRestock) } };
    this.placed.push({ id, sku });
    return { f: 'order', sku, value: { id, quantity: this.quantity(shape.maxQuantity), region: 'A' } };
  }

  private quantity(most: number): number {
    return this.isOf(this.shape.zeroShare) ? 0 : 1 + this.dice.int(most);
  }

  /** Draws only where there is a share, so that other histories stay what they are. */
  private isOf(share: number | undefined): boolean {
    return share !== undefined && this.dice.chance(share);
  }

  private take(pending: Pending, when: 'now' | 'as fated' = 'as fated'): void {
    pending.took = true;
    const { f, fate, value } = pending;
    if (f === 'read' || f === 'stock-take' || f === 'book') {
      pending.answer = this.show(pending);
      return;
    }
    if (fate === 'fail' && !(f === 'order' && this.buggy('phantom-order'))) return;
    if (fate === 'info' && when === 'as fated') {
      const draw = this.dice.float();
      if (draw >= 0.4) {
        if (draw < 0.7) this.ghosts.push(pending);
        return;
      }
    }
    if (this.shape.bug === 'stale-read' || this.shape.bug === 'stale-refusal') this.past.push({ ...this.stock });
    const fields = value as Fields;
    const sku = pending.sku!;
    if (f === 'restock') {
      this.stock[sku] += Number(fields['quantity']);
      this.restocks.push({ id: Number(fields['id']), sku, quantity: Number(fields['quantity']) });
      pending.answer = value;
    } else pending.answer = f === 'order' ? this.order(sku, fields) : this.cancel(sku, fields);
  }

  private order(sku: string, value: Fields): Json {
    const [id, quantity] = [Number(value['id']), Number(value['quantity'])];
    const before = this.buggy('stale-refusal') ? (this.past.at(-8) ?? this.stock)[sku] : this.stock[sku];
    const soldOut = before < quantity && !this.buggy('oversell');
    if (soldOut || (this.stock[sku] < quantity && this.shape.bug !== 'oversell'))
      return { ...value, outcome: 'sold-out' };
    if (!this.buggy('lost-order')) {
      // Two regions sell the same pieces: neither sees that the other took them.
      this.stock[sku] =
        this.shape.bug === 'oversell' ? Math.max(0, this.stock[sku] - quantity) : this.stock[sku] - quantity;
      this.orders.set(id, { id, sku, quantity, status: 'confirmed' });
      if (this.buggy('taken-twice')) this.stock[sku] -= quantity;
    }
    return { ...value, outcome: 'confirmed' };
  }

  private cancel(sku: string, value: Fields): Json {
    const order = this.orders.get(Number(value['order']));
    const again = order?.status === 'cancelled' && this.buggy('returned-twice');
    if (order?.status !== 'confirmed' && !again) return { ...value, outcome: 'not-found' };
    const { quantity } = order!;
    order!.status = 'cancelled';
    if (!this.buggy('lost-return')) this.stock[sku] += quantity;
    return { ...value, outcome: 'cancelled', quantity };
  }

  private show({ f, sku }: Pending): Json {
    let stock = { ...this.stock };
    if (f !== 'book' && this.past.length > 6 && this.buggy('stale-read'))
      stock = { ...this.past[this.past.length - 6] };
    if (f !== 'book' && this.shape.bug === 'frozen')
      for (const name of Object.keys(stock)) stock[name] = this.shape.initialStock;
    if (f === 'read') return stock[sku!];
    if (f === 'stock-take') {
      if (this.shape.bug === 'torn-stock-take') {
        this.past.push({ ...this.stock });
        const old = this.past.at(-3);
        if (old && this.buggy('torn-stock-take')) stock['sku-0'] = old['sku-0'];
      }
      return { stock };
    }
    return { stock, orders: [...this.orders.values()].map((order) => ({ ...order })), restocks: [...this.restocks] };
  }

  private buggy(bug: ShopBug): boolean {
    const { shape, dice, asked } = this;
    return shape.bug === bug && asked > shape.operations / 2 && dice.chance(shape.bugShare ?? 0.05);
  }
}
