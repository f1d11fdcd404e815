import type { SqlRow, SqlSession, SqlTransaction } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { ensureRows } from '../ensure-rows.js';
import { missingRow } from '../missing-row.js';
import { settled } from '../settled.js';
import { tableName } from '../tables.js';
import type { Client, FamilyClients } from '../workload.js';
import { parseInventoryOptions, skuName } from './options.js';
import { strategies, type Strategy, type Tables } from './sql-strategies.js';

interface Order {
  readonly id: number;
  readonly quantity: number;
  readonly region: string;
}

/** The shop in tables: stock by article, orders and deliveries by id, each written with the stock that it changes. */
export const inventoryOnSql: FamilyClients<'sql'> = {
  async setUp(session, { keyspace, options }) {
    const { skus, initialStock } = parseInventoryOptions(options);
    const { stock, orders, restocks } = tablesOf(keyspace);
    await session.createTable(stock, { pieces: 'integer' });
    await session.createTable(orders, { sku: 'text', quantity: 'integer', region: 'text', active: 'integer' });
    await session.createTable(restocks, { sku: 'text', quantity: 'integer' });
    const rows = Array.from({ length: skus }, (_, at) => ({ key: skuName(at), columns: { pieces: initialStock } }));
    await ensureRows(session, stock, rows);
  },
  client: (session, { keyspace, options }) =>
    new InventoryOnSql(session, tablesOf(keyspace), strategies[parseInventoryOptions(options).strategy]),
};

function tablesOf(keyspace: string): Tables {
  return {
    stock: tableName(keyspace, 'stock'),
    orders: tableName(keyspace, 'orders'),
    restocks: tableName(keyspace, 'restocks'),
  };
}

class InventoryOnSql implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly tables: Tables,
    private readonly strategy: Strategy,
  ) {}

  async invoke({ f, key: sku = '', value }: Invocation): Promise<Completion> {
    switch (f) {
      case 'order':
        return { type: 'ok', value: await this.order(sku, value as unknown as Order) };
      case 'cancel':
        return { type: 'ok', value: await this.cancel(sku, (value as { readonly order: number }).order) };
      case 'restock':
        return {
          type: 'ok',
          value: await this.restock(sku, value as { readonly id: number; readonly quantity: number }),
        };
      case 'read':
        return { type: 'ok', value: await this.session.transaction((open) => this.pieces(open, sku), 'read-only') };
      case 'stock-take': {
        const rows = await this.session.transaction((open) => open.selectWhere(this.tables.stock), 'read-only');
        return { type: 'ok', value: { stock: stockOf(rows) } };
      }
      case 'book':
        return { type: 'ok', value: await this.session.transaction((open) => this.book(open), 'read-only') };
      default:
        throw new Error(`inventory has no operation "${f}"`);
    }
  }

  /** An order is recorded under its id in the transaction that takes its pieces. */
  private async order(sku: string, order: Order): Promise<Json> {
    const { id, quantity, region } = order;
    const taken = await this.session.transaction(async (transaction) => {
      if (!(await this.strategy.take(transaction, this.tables, sku, quantity))) return false;
      const columns = { sku, quantity, region, active: 1 };
      await transaction.insert(this.tables.orders, { key: String(id), columns });
      return true;
    });
    return { ...order, outcome: taken ? 'confirmed' : 'sold-out' };
  }

  private async cancel(sku: string, order: number): Promise<Json> {
    const quantity = await this.session.transaction(async (transaction) => {
      const returned = await this.strategy.deactivate(transaction, this.tables, sku, String(order));
      if (returned !== undefined) await this.strategy.give(transaction, this.tables, sku, returned);
      return returned;
    });
    return quantity === undefined ? { order, outcome: 'not-found' } : { order, outcome: 'cancelled', quantity };
  }

  private async restock(
    sku: string,
    { id, quantity }: { readonly id: number; readonly quantity: number },
  ): Promise<Json> {
    await this.session.transaction(async (transaction) => {
      await this.strategy.give(transaction, this.tables, sku, quantity);
      await transaction.insert(this.tables.restocks, { key: String(id), columns: { sku, quantity } });
    });
    return { id, quantity };
  }

  private async pieces(transaction: SqlTransaction, sku: string): Promise<Json> {
    const row = await transaction.select(this.tables.stock, sku);
    if (row === undefined) throw missingRow(this.tables.stock, sku);
    return row.columns['pieces'] ?? null;
  }

  /**
   * Stock, orders and deliveries. An id in here proves that an order of unknown outcome happened; that it is missing
   * proves nothing: its transaction may commit later. The checker uses it just so.
   */
  private async book(transaction: SqlTransaction): Promise<Json> {
    const records = async (): Promise<{ readonly orders: Json; readonly restocks: Json }> => ({
      orders: (await transaction.selectWhere(this.tables.orders)).map(orderOf),
      restocks: (await transaction.selectWhere(this.tables.restocks)).map(restockOf),
    });
    const before = await records();
    const stock = stockOf(await transaction.selectWhere(this.tables.stock));
    // Every change of the stock leaves its mark in the records, for good.
    settled(before, await records());
    return { stock, ...before };
  }
}

function orderOf({ key, columns }: SqlRow): Json {
  const { sku, quantity, region, active } = columns;
  const status = active === 1 ? 'confirmed' : 'cancelled';
  return { id: Number(key), sku: sku ?? null, quantity: quantity ?? null, region: region ?? null, status };
}

function restockOf({ key, columns }: SqlRow): Json {
  return { id: Number(key), sku: columns['sku'] ?? null, quantity: columns['quantity'] ?? null };
}

function stockOf(rows: readonly SqlRow[]): Json {
  return Object.fromEntries(rows.map(({ key, columns }) => [key, columns['pieces'] ?? null]));
}
