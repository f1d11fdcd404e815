import type { SqlRow, SqlSession, SqlTransaction } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { tableName } from '../tables.js';
import type { Client } from '../workload.js';
import type { TransactionOptions } from './options.js';

type MicroOperation = readonly [f: string, key: number, value: Json];
type Stored = string | number | null;

/** How a column keeps the state of a key, and how its writes are made. */
export interface Column {
  readonly type: 'text' | 'integer';
  /** As a read shows it; undefined where the row is missing. */
  shown(stored: Stored | undefined): Json;
  /** The stored state after a write. */
  written(stored: Stored | undefined, value: Json): string | number;
  /** What a statement appends, where writes extend the state; absent where they replace it. */
  appended?(value: Json): string;
}

const STATE = 'state';
/** Holds the key once more, with a secondary index on it. */
const LOOKUP = 'lookup';

/** Creates the tables that keys are spread over; again without effect. */
export async function createTables(
  session: SqlSession,
  keyspace: string,
  column: Column,
  { tables }: TransactionOptions,
): Promise<void> {
  for (let at = 0; at < tables; at++) {
    await session.createTable(tableName(keyspace, `t${at}`), { [LOOKUP]: 'integer', [STATE]: column.type }, [LOOKUP]);
  }
}

/**
 * Transactions of several micro-operations in a relational database: one statement each (two where the client computes),
 * in the order of the operations, in one transaction at the level that the session was given.
 */
export class SqlTransactionClient implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly keyspace: string,
    private readonly column: Column,
    private readonly options: TransactionOptions,
  ) {}

  async invoke({ value }: Invocation): Promise<Completion> {
    const operations = value as unknown as readonly MicroOperation[];
    const access = operations.every(([f]) => f === 'r') ? 'read-only' : 'read-write';
    const done = await this.session.transaction(async (transaction) => {
      const results: Json[] = [];
      for (const operation of operations) results.push(await this.perform(transaction, operation));
      return results;
    }, access);
    return { type: 'ok', value: done };
  }

  private async perform(transaction: SqlTransaction, [f, key, value]: MicroOperation): Promise<Json> {
    if (f === 'r') return [f, key, this.column.shown((await this.find(transaction, key))?.columns[STATE])];
    if (this.column.appended === undefined) await this.put(transaction, key, this.column.written(undefined, value));
    else if (this.options.updates === 'relative') {
      const text = this.column.appended(value);
      await transaction.append(this.table(key), String(key), STATE, text, { [LOOKUP]: key });
    } else {
      const stored = (await this.find(transaction, key))?.columns[STATE];
      await this.put(transaction, key, this.column.written(stored, value));
    }
    return [f, key, value];
  }

  private put(transaction: SqlTransaction, key: number, state: string | number): Promise<void> {
    return transaction.put(this.table(key), { key: String(key), columns: { [LOOKUP]: key, [STATE]: state } });
  }

  private async find(transaction: SqlTransaction, key: number): Promise<SqlRow | undefined> {
    if (this.options.lookup === 'primary-key') return transaction.select(this.table(key), String(key));
    const rows = await transaction.selectWhere(this.table(key), { column: LOOKUP, equals: key });
    return rows.at(0);
  }

  private table(key: number): string {
    return tableName(this.keyspace, `t${key % this.options.tables}`);
  }
}
