import type { KvAction, KvCondition, KvEntry, KvSession } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { readFailure } from '../read-failure.js';
import type { Client, FamilyClients } from '../workload.js';
import { type InventoryOptions, parseInventoryOptions, skuName } from './options.js';

interface OrderRecord {
  readonly id: number;
  readonly sku: string;
  readonly quantity: number;
  readonly region: string;
  readonly status: 'confirmed' | 'cancelled';
}

/** The shop in a key–value store: one key per article's stock, one per order and per delivery, under their ids. */
export const inventoryOnKv: FamilyClients<'kv'> = {
  async setUp(session, context) {
    const { skus, initialStock } = parseInventoryOptions(context.options);
    const keys = Array.from({ length: skus }, (_, at) => `${context.keyspace}/stock/${skuName(at)}`);
    // All or nothing, and nothing when the articles are there already: setting up twice must not refill them.
    await session.transact(
      keys.map((key) => ({ kind: 'absent', key })),
      keys.map((key) => ({ kind: 'put', key, value: String(initialStock) })),
    );
  },
  client: (session, context) => new InventoryClient(session, context.keyspace, parseInventoryOptions(context.options)),
};

class InventoryClient implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
    private readonly options: InventoryOptions,
  ) {}

  invoke({ f, key, value }: Invocation): Promise<Completion> {
    const sku = key ?? '';
    switch (f) {
      case 'order':
        return this.order(sku, value as Pick<OrderRecord, 'id' | 'quantity' | 'region'>);
      case 'cancel':
        return this.cancel(sku, (value as { readonly order: number }).order);
      case 'restock':
        return this.restock(sku, value as { readonly id: number; readonly quantity: number });
      case 'read':
        return this.read(sku);
      case 'stock-take':
        return this.stockTake();
      case 'book':
        return this.book();
      default:
        throw new Error(`inventory has no operation "${f}"`);
    }
  }

  /**
   * "Sold out" is answered from what was read: one atomic observation, at which the stock must have been too low. A
   * confirmed order is recorded under its id in the transaction that takes its pieces; one that is recorded already
   * takes none again.
   */
  private order(sku: string, order: Pick<OrderRecord, 'id' | 'quantity' | 'region'>): Promise<Completion> {
    return this.change(sku, `order/${order.id}`, ({ stock, entry }) => {
      if (entry) return { answer: { ...order, outcome: 'confirmed' } };
      if (stock.pieces < order.quantity) return { answer: { ...order, outcome: 'sold-out' } };
      const { id, quantity, region } = order;
      const record: OrderRecord = { id, sku, quantity, region, status: 'confirmed' };
      return { answer: { ...order, outcome: 'confirmed' }, pieces: stock.pieces - quantity, record };
    });
  }

  private cancel(sku: string, order: number): Promise<Completion> {
    return this.change(sku, `order/${order}`, ({ stock, entry }) => {
      const record = entry && (JSON.parse(entry.value) as OrderRecord);
      if (record?.status !== 'confirmed') return { answer: { order, outcome: 'not-found' } };
      const { quantity } = record;
      const answer = { order, outcome: 'cancelled', quantity };
      return { answer, pieces: stock.pieces + quantity, record: { ...record, status: 'cancelled' } };
    });
  }

  private restock(
    sku: string,
    { id, quantity }: { readonly id: number; readonly quantity: number },
  ): Promise<Completion> {
    return this.change(sku, `restock/${id}`, ({ stock, entry }) => {
      const answer = { id, quantity };
      return entry ? { answer } : { answer, pieces: stock.pieces + quantity, record: { id, sku, quantity } };
    });
  }

  /**
   * Reads the stock and a record in one transaction, decides, and writes both on condition that neither changed since.
   * A condition that does not hold is definite, so trying again is safe; an attempt whose outcome is unknown ends it.
   */
  private async change(sku: string, recordName: string, decide: (seen: Seen) => Decision): Promise<Completion> {
    const recordKey = `${this.keyspace}/${recordName}`;
    for (let attempt = 1; attempt <= this.options.attempts; attempt++) {
      const seen = await this.look(sku, recordKey);
      if (typeof seen === 'string') return { type: 'fail', error: seen };
      const decision = decide(seen);
      if (!('record' in decision)) return { type: 'ok', value: decision.answer };
      const then: readonly KvAction[] = [
        { kind: 'put', key: seen.stock.entry.key, value: String(decision.pieces) },
        { kind: 'put', key: recordKey, value: JSON.stringify(decision.record) },
      ];
      const { succeeded } = await this.session.transact(this.conditions(seen, recordKey), then);
      if (succeeded) return { type: 'ok', value: decision.answer };
    }
    return {
      type: 'fail',
      error: `conflict: the stock changed between read and write, ${this.options.attempts} times`,
    };
  }

  private conditions({ stock, entry }: Seen, recordKey: string): readonly KvCondition[] {
    if (this.options.strategy === 'naive') return [];
    return [
      { kind: 'revision', key: stock.entry.key, revision: stock.entry.revision },
      entry ? { kind: 'revision', key: recordKey, revision: entry.revision } : { kind: 'absent', key: recordKey },
    ];
  }

  /** A read changes nothing: whatever goes wrong in it, the operation did not happen. Answers the error's text then. */
  private async look(sku: string, recordKey: string): Promise<Seen | string> {
    try {
      const { results } = await this.session.transact(
        [],
        [
          { kind: 'get', key: `${this.keyspace}/stock/${sku}` },
          { kind: 'get', key: recordKey },
        ],
      );
      const stock = results[0][0] as KvEntry | undefined;
      const pieces = numberOf(stock);
      if (!stock || pieces === null) return 'no-stock: article missing or its stock unreadable';
      return { stock: { entry: stock, pieces }, entry: results[1][0] as KvEntry | undefined };
    } catch (error) {
      return readFailure(error);
    }
  }

  private async read(sku: string): Promise<Completion> {
    return { type: 'ok', value: numberOf(await this.session.get(`${this.keyspace}/stock/${sku}`)) };
  }

  private async stockTake(): Promise<Completion> {
    const { results } = await this.session.transact([], [{ kind: 'get-prefix', prefix: `${this.keyspace}/stock/` }]);
    return { type: 'ok', value: { stock: stockOf(results[0]) } };
  }

  /** Stock, orders and deliveries, in one transaction. */
  private async book(): Promise<Completion> {
    const prefixes = ['stock', 'order', 'restock'].map((name) => `${this.keyspace}/${name}/`);
    const { results } = await this.session.transact(
      [],
      prefixes.map((prefix) => ({ kind: 'get-prefix', prefix })),
    );
    const records = (entries: readonly KvEntry[]) => entries.map(({ value }) => JSON.parse(value) as Json);
    return {
      type: 'ok',
      value: { stock: stockOf(results[0]), orders: records(results[1]), restocks: records(results[2]) },
    };
  }
}

interface Seen {
  readonly stock: { readonly entry: KvEntry; readonly pieces: number };
  readonly entry: KvEntry | undefined;
}

/** What to answer, and what to write for it; nothing where there is no record. */
type Decision =
  | { readonly answer: Json }
  | { readonly answer: Json; readonly pieces: number; readonly record: Readonly<Record<string, Json>> | OrderRecord };

function stockOf(entries: readonly KvEntry[]): Json {
  return Object.fromEntries(entries.map((entry) => [entry.key.slice(entry.key.lastIndexOf('/') + 1), numberOf(entry)]));
}

/** Null for a value that nobody wrote: shown in reads, for the checker to find. */
function numberOf(entry: KvEntry | undefined): number | null {
  const pieces = entry === undefined || entry.value.trim() === '' ? Number.NaN : Number(entry.value);
  return Number.isSafeInteger(pieces) ? pieces : null;
}
