import type { SqlLock, SqlTransaction } from '../../docker/system.js';
import { missingRow } from '../missing-row.js';
import type { InventoryOptions } from './options.js';

export interface Tables {
  readonly stock: string;
  readonly orders: string;
  readonly restocks: string;
}

/** How a shop changes its stock. Each step is part of a transaction that also writes the record of the change. */
export interface Strategy {
  /** Takes pieces; false where there are not enough, and then nothing was written. */
  take(transaction: SqlTransaction, tables: Tables, sku: string, quantity: number): Promise<boolean>;
  give(transaction: SqlTransaction, tables: Tables, sku: string, quantity: number): Promise<void>;
  /** Cancels an order; answers its quantity, undefined where there is no such order (any more). */
  deactivate(transaction: SqlTransaction, tables: Tables, sku: string, order: string): Promise<number | undefined>;
}

/** The database decides and changes in one statement, so that no client acts on what it read before. */
const conditional: Strategy = {
  async take(transaction, { stock }, sku, quantity) {
    const enough = { column: 'pieces', atLeast: quantity };
    if ((await transaction.add(stock, sku, 'pieces', -quantity, enough)) === 1) return true;
    // Too few, or no such article.
    if ((await transaction.select(stock, sku)) === undefined) throw missingRow(stock, sku);
    return false;
  },
  async give(transaction, { stock }, sku, quantity) {
    if ((await transaction.add(stock, sku, 'pieces', quantity)) !== 1) throw missingRow(stock, sku);
  },
  async deactivate(transaction, { orders }, _sku, order) {
    const active = { column: 'active', atLeast: 1 };
    if ((await transaction.update(orders, order, { active: 0 }, active)) !== 1) return undefined;
    return Number((await transaction.select(orders, order))?.columns['quantity']);
  },
};

/** Reads, calculates and writes; `lock` makes what was read last until the end of the transaction. */
function readThenWrite(lock: SqlLock): Strategy {
  const piecesOf = async (transaction: SqlTransaction, { stock }: Tables, sku: string) => {
    const row = await transaction.select(stock, sku, lock);
    if (row === undefined) throw missingRow(stock, sku);
    return Number(row.columns['pieces']);
  };
  return {
    async take(transaction, tables, sku, quantity) {
      const pieces = await piecesOf(transaction, tables, sku);
      if (pieces < quantity) return false;
      await transaction.update(tables.stock, sku, { pieces: pieces - quantity });
      return true;
    },
    async give(transaction, tables, sku, quantity) {
      const pieces = await piecesOf(transaction, tables, sku);
      await transaction.update(tables.stock, sku, { pieces: pieces + quantity });
    },
    async deactivate(transaction, tables, sku, order) {
      // The article first, as orders do: one order of locks for all.
      await piecesOf(transaction, tables, sku);
      const row = await transaction.select(tables.orders, order, lock);
      if (row === undefined || row.columns['active'] !== 1) return undefined;
      await transaction.update(tables.orders, order, { active: 0 });
      return Number(row.columns['quantity']);
    },
  };
}

export const strategies: Readonly<Record<InventoryOptions['strategy'], Strategy>> = {
  conditional,
  'for-update': readThenWrite('update'),
  naive: readThenWrite('none'),
};
