import { type History, NEMESIS, NONE, OK } from '../../harness/history/history.js';
import { numberOption } from '../options.js';
import { type Fields, isObject } from '../values.js';
import { InventoryReader } from './inventory-reader.js';

/** An operation that was asked for, and what is known of it. */
export interface Asked {
  /** Index into {@link InventoryHistory.skus}. */
  readonly sku: number;
  readonly invocation: number;
  /** Position of the completion, or NONE. */
  readonly completion: number;
}

export interface Order extends Asked {
  readonly id: string;
  readonly quantity: number;
  readonly outcome: 'confirmed' | 'sold-out' | 'failed' | 'unknown';
}

export interface Cancel extends Asked {
  /** Id of the order. */
  readonly order: string;
  readonly outcome: 'cancelled' | 'not-found' | 'failed' | 'unknown';
  /** Pieces returned, where that was answered. */
  readonly quantity: number | undefined;
}

export interface Restock extends Asked {
  readonly id: string;
  readonly quantity: number;
  readonly outcome: 'done' | 'failed' | 'unknown';
}

/** Stock seen at one moment: of one article by `read`, of all by `stock-take` and `book`. */
export interface StockRead {
  readonly f: 'read' | 'stock-take' | 'book';
  readonly invocation: number;
  readonly completion: number;
  /** Articles shown, as indices. */
  readonly skus: readonly number[];
  /** Pieces by article shown; NaN for null. */
  readonly stock: readonly number[];
  readonly unknownSkus: readonly string[];
  readonly missingSkus: readonly string[];
  readonly book: Book | undefined;
}

export interface Book {
  readonly orders: readonly {
    readonly id: string;
    readonly sku: string;
    readonly quantity: number;
    readonly status: 'confirmed' | 'cancelled';
  }[];
  readonly restocks: readonly { readonly id: string; readonly sku: string; readonly quantity: number }[];
}

/** The operations of an inventory test, validated. */
export interface InventoryHistory {
  readonly history: History;
  readonly skus: readonly string[];
  /** Pieces at the start, by article; undefined where nothing tells. */
  readonly initial: readonly (number | undefined)[];
  readonly orders: readonly Order[];
  readonly orderById: ReadonlyMap<string, Order>;
  readonly cancels: readonly Cancel[];
  readonly restocks: readonly Restock[];
  readonly restockById: ReadonlyMap<string, Restock>;
  /** In order of completion. */
  readonly reads: readonly StockRead[];
  readonly booksAttempted: number;
}

type Options = Fields;

const MOST_SKUS = 10_000;

/**
 * Reads an inventory test's operations out of a history.
 *
 * Options: `skus` (a number: sku-0, sku-1 …; or a list of names), `initialStock` (a number for each article, or an
 * object by article). Articles are taken from the history where they are not given, and the initial stock from a read
 * before anything was invoked that could change it.
 *
 * @throws UserError naming the event that makes no sense.
 */
export function readInventory(history: History, options: Options): InventoryHistory {
  const skus = skuNames(history, options);
  const reader = new InventoryReader(history, skus);
  reader.run();
  return {
    history,
    skus,
    initial: skus.map((name, sku) => initialOf(name, options) ?? firstSeen(reader, sku)),
    orders: reader.orders,
    orderById: reader.orderById,
    cancels: reader.cancels,
    restocks: reader.restocks,
    restockById: reader.restockById,
    reads: reader.reads,
    booksAttempted: reader.booksAttempted,
  };
}

function skuNames(history: History, options: Options): readonly string[] {
  const given = options['skus'];
  if (Array.isArray(given)) return given.map(String);
  const count = numberOption(options, 'skus', MOST_SKUS);
  if (count !== undefined) return Array.from({ length: count }, (_, at) => `sku-${at}`);
  const { initialStock } = options;
  if (isObject(initialStock)) return Object.keys(initialStock);
  const names = new Set<string>();
  const { keys, keyNames, types, processes, functions, functionNames } = history.columns;
  for (let position = 0; position < history.length; position++) {
    if (processes[position] === NEMESIS) continue;
    if (keys[position] !== NONE) names.add(keyNames[keys[position]]);
    else if (types[position] === OK && functionNames[functions[position]] !== 'read') {
      const value = history.record(position);
      if (isObject(value) && isObject(value['stock'])) for (const name of Object.keys(value['stock'])) names.add(name);
    }
  }
  return [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function initialOf(name: string, options: Options): number | undefined {
  const { initialStock } = options;
  if (isObject(initialStock)) return numberOption(initialStock, name, Number.MAX_SAFE_INTEGER);
  return numberOption(options, 'initialStock', Number.MAX_SAFE_INTEGER);
}

/** What was read of an article before anything that could change it was invoked. */
function firstSeen({ reads, orders, cancels, restocks }: InventoryReader, sku: number): number | undefined {
  const read = reads.find(({ skus }) => skus.includes(sku));
  const changes = [...orders, ...cancels, ...restocks].filter((change) => change.sku === sku);
  if (!read || changes.some(({ invocation }) => invocation < read.completion)) return undefined;
  const pieces = read.stock[read.skus.indexOf(sku)];
  return Number.isNaN(pieces) ? undefined : pieces;
}
