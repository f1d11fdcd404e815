import { inventory as inventoryChecker } from '../checkers/inventory/inventory.js';
import { inventoryLinearizable } from '../checkers/inventory/linearizable.js';
import { inventoryOnKv } from './inventory/kv.js';
import { inventoryOnSql } from './inventory/sql.js';
import { inventoryFinalGenerator, inventoryGenerator } from './inventory/generator.js';
import { inventoryOptions } from './inventory/options.js';
import type { Workload } from './workload.js';

/**
 * A shop with several articles (SKUs) and clients in several regions: what happens to the stock when the fibre between
 * them is cut. An order is confirmed or sold out; it is recorded under its id in the transaction that takes its pieces.
 */
export const inventory: Workload = {
  name: 'inventory',
  summary: 'orders, cancellations and deliveries of a shop in several regions: no piece is sold twice, no order lost',
  options: inventoryOptions,
  operations: ['order', 'cancel', 'restock', 'read', 'stock-take', 'book'],
  clients: { kv: inventoryOnKv, sql: inventoryOnSql },
  generator: inventoryGenerator,
  finalGenerator: inventoryFinalGenerator,
  checkers: () => [
    { checker: inventoryChecker, required: true },
    { checker: inventoryLinearizable, required: true },
  ],
};
