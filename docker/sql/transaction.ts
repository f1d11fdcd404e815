import { SessionError, type SqlCondition, type SqlLock, type SqlRow, type SqlTransaction } from '../system.js';
import { KEY, type Statements } from './dialect.js';
import type { Answer, SqlValue, Statement } from './wire.js';

/**
 * The statements of one transaction. After the first error it refuses all others with the same error: PostgreSQL would
 * do so itself, but after a deadlock MySQL has no transaction any more and would commit every following statement alone.
 */
export class OpenTransaction implements SqlTransaction {
  /** The error that ended it. */
  failure: SessionError | undefined;
  private ended = false;
  private underWay: Promise<unknown> | undefined;

  constructor(
    private readonly statements: Statements,
    private readonly exchange: (statement: Statement) => Promise<Answer>,
  ) {}

  async select(table: string, key: string, lock: SqlLock = 'none'): Promise<SqlRow | undefined> {
    const { rows } = await this.run(this.statements.select(table, key, lock));
    return rows.map(rowOf)[0];
  }

  async selectKeys(table: string, keys: readonly string[], lock: SqlLock = 'none'): Promise<readonly SqlRow[]> {
    if (keys.length === 0) return [];
    return (await this.run(this.statements.selectKeys(table, keys, lock))).rows.map(rowOf);
  }

  async selectWhere(
    table: string,
    where?: { readonly column: string; readonly equals: string | number },
    lock: SqlLock = 'none',
  ): Promise<readonly SqlRow[]> {
    return (await this.run(this.statements.selectWhere(table, where, lock))).rows.map(rowOf);
  }

  async insert(table: string, row: SqlRow): Promise<void> {
    await this.run(this.statements.insert(table, row));
  }

  async put(table: string, row: SqlRow): Promise<void> {
    await this.run(this.statements.put(table, row));
  }

  async update(table: string, key: string, set: SqlRow['columns'], where?: SqlCondition): Promise<number> {
    return (await this.run(this.statements.update(table, key, set, where))).changed;
  }

  async add(table: string, key: string, column: string, amount: number, where?: SqlCondition): Promise<number> {
    return (await this.run(this.statements.add(table, key, column, amount, where))).changed;
  }

  async append(
    table: string,
    key: string,
    column: string,
    text: string,
    others: SqlRow['columns'] = {},
  ): Promise<void> {
    await this.run(this.statements.append(table, key, column, text, others));
  }

  async delete(table: string, key: string): Promise<number> {
    return (await this.run(this.statements.delete(table, key))).changed;
  }

  /** No statement may follow; throws where one failed or is still under way, so that the transaction is not committed. */
  end(): void {
    this.ended = true;
    if (this.failure) throw this.failure;
    if (this.underWay) throw new Error('the transaction ended while a statement was under way');
  }

  /** No statement may follow; resolves when the last one was answered. */
  async abandon(): Promise<void> {
    this.ended = true;
    await this.underWay?.catch(() => undefined);
  }

  private async run(statement: Statement): Promise<Answer> {
    if (this.failure) throw this.failure;
    if (this.ended) throw new Error('this transaction has ended');
    if (this.underWay) throw new Error('one statement at a time in a transaction');
    this.underWay = this.exchange(statement);
    try {
      return (await this.underWay) as Answer;
    } catch (error) {
      if (error instanceof SessionError) this.failure = error;
      throw error;
    } finally {
      this.underWay = undefined;
    }
  }
}

function rowOf(row: Readonly<Record<string, SqlValue>>): SqlRow {
  const { [KEY]: key, ...columns } = row;
  return { key: String(key), columns };
}
