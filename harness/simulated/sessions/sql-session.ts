import type { SqlCondition, SqlLock, SqlRow, SqlSession, SqlTransaction } from '../../../docker/system.js';
import type { Statement, StatementOutcome } from '../server/statement.js';
import type { Change } from '../state/tables.js';
import { SimulatedSession } from './session.js';

/** Transactions over tables, at the isolation level of the cluster. */
export class SimulatedSqlSession extends SimulatedSession implements SqlSession {
  private transactions = 0;

  async createTable(
    table: string,
    _columns: Readonly<Record<string, 'text' | 'integer'>>,
    indexed: readonly string[] = [],
  ): Promise<void> {
    await this.ask({ kind: 'table', table, indexed });
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    // Unique among all sessions: each has a million.
    const id = this.connection.id * 1e6 + this.transactions++;
    let statements = 0;
    const run = (statement: Statement): Promise<StatementOutcome> => {
      const begins = statements++ === 0 ? 'begins' : 'goes-on';
      // Before the commit is sent nothing can come of it, whatever becomes of this statement.
      return this.request((node, reply) => node.transactions.run(id, statement, begins, reply), 'fail');
    };
    let result: T;
    try {
      result = await work(new OpenTransaction(run));
    } catch (error) {
      if (statements > 0) this.tell((node) => node.transactions.rollback(id));
      throw error;
    }
    if (statements > 0) await this.request<undefined>((node, reply) => node.transactions.commit(id, reply));
    return result;
  }
}

class OpenTransaction implements SqlTransaction {
  constructor(private readonly run: (statement: Statement) => Promise<StatementOutcome>) {}

  async select(table: string, key: string, lock: SqlLock = 'none'): Promise<SqlRow | undefined> {
    return (await this.selectKeys(table, [key], lock)).at(0);
  }

  selectKeys(table: string, keys: readonly string[], lock: SqlLock = 'none'): Promise<readonly SqlRow[]> {
    return this.rows({ kind: 'select', table, keys, lock });
  }

  selectWhere(
    table: string,
    where?: { readonly column: string; readonly equals: string | number },
    lock: SqlLock = 'none',
  ): Promise<readonly SqlRow[]> {
    return this.rows({ kind: 'select-where', table, lock, ...(where && { where }) });
  }

  async insert(table: string, { key, columns }: SqlRow): Promise<void> {
    await this.write(table, key, { kind: 'insert', columns });
  }

  update(table: string, key: string, columns: SqlRow['columns'], where?: SqlCondition): Promise<number> {
    return this.write(table, key, { kind: 'set', columns, ...(where && { where }) });
  }

  add(table: string, key: string, column: string, amount: number, where?: SqlCondition): Promise<number> {
    return this.write(table, key, { kind: 'add', column, amount, ...(where && { where }) });
  }

  async append(
    table: string,
    key: string,
    column: string,
    text: string,
    others: SqlRow['columns'] = {},
  ): Promise<void> {
    await this.write(table, key, { kind: 'append', column, text, others });
  }

  async put(table: string, { key, columns }: SqlRow): Promise<void> {
    await this.write(table, key, { kind: 'put', columns });
  }

  delete(table: string, key: string): Promise<number> {
    return this.write(table, key, { kind: 'delete' });
  }

  private async rows(statement: Statement): Promise<readonly SqlRow[]> {
    return (await this.run(statement)) as readonly SqlRow[];
  }

  private async write(table: string, key: string, change: Change): Promise<number> {
    return (await this.run({ kind: 'write', table, key, change })) as number;
  }
}
