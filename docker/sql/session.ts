import { SessionError, type Isolation, type SqlSession, type SqlTransaction } from '../system.js';
import { bounded } from '../wait.js';
import { ClosedError } from './connection-errors.js';
import type { Access, ColumnType, Dialect, Phase } from './dialect.js';
import { OpenTransaction } from './transaction.js';
import type { Answer, Statement, Wire } from './wire.js';

export interface RelationalSessionOptions {
  readonly isolation: Isolation;
  /** For a whole transaction, and for each statement outside one. */
  readonly timeoutMs: number;
}

/** A sql session over one connection: whatever breaks the connection ends the session, and nothing is ever sent twice. */
export class RelationalSession implements SqlSession {
  private closed = false;
  private busy = false;

  constructor(
    private readonly wire: Wire,
    private readonly dialect: Dialect,
    private readonly options: RelationalSessionOptions,
  ) {
    void wire.ended.then(() => (this.closed = true));
  }

  async createTable(
    table: string,
    columns: Readonly<Record<string, ColumnType>>,
    indexed: readonly string[] = [],
  ): Promise<void> {
    for (const statement of this.dialect.statements.createTable(table, columns, indexed)) {
      // A statement outside a transaction commits itself.
      await this.exchange(statement, this.deadline(), 'commit');
    }
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>, access: Access = 'read-write'): Promise<T> {
    if (this.busy) throw new Error('a transaction is under way in this session');
    this.busy = true;
    try {
      return await this.transact(work, access);
    } finally {
      this.busy = false;
    }
  }

  close(): Promise<void> {
    this.closed = true;
    this.wire.destroy();
    return Promise.resolve();
  }

  private async transact<T>(work: (transaction: SqlTransaction) => Promise<T>, access: Access): Promise<T> {
    const deadline = this.deadline();
    await this.exchange(this.dialect.begin(this.options.isolation, access), deadline, 'before-commit');
    const open = new OpenTransaction(this.dialect.statements, (statement) =>
      this.exchange(statement, deadline, 'before-commit'),
    );
    let result: T;
    try {
      result = await work(open);
      open.end();
    } catch (error) {
      await this.rollBack(open);
      throw open.failure ?? error;
    }
    await this.commit(deadline);
    return result;
  }

  private async commit(deadline: number): Promise<void> {
    const answer = await this.exchange({ text: 'COMMIT', values: [] }, deadline, 'commit');
    const doubt = this.dialect.doubt(answer);
    if (doubt) throw doubt;
  }

  /** A transaction that cannot be rolled back in good order ends with its connection. */
  private async rollBack(open: OpenTransaction): Promise<void> {
    const settled = open.abandon();
    if (this.closed) return;
    try {
      // A statement that nobody waited for is waited for here: the answers come in order.
      await settled;
      await bounded(this.wire.send({ text: 'ROLLBACK', values: [] }), this.options.timeoutMs, 'ROLLBACK');
    } catch {
      await this.close();
    }
  }

  /** Sends one statement. Without an answer in time the connection is given up, so that nothing can follow it. */
  private async exchange(statement: Statement, deadline: number, phase: Phase): Promise<Answer> {
    try {
      if (this.closed) throw new ClosedError('the session is closed');
      const verb = statement.text.slice(0, statement.text.indexOf(' ') + 1 || undefined).trim();
      return await bounded(this.wire.send(statement), Math.max(1, deadline - performance.now()), verb);
    } catch (error) {
      const classified = error instanceof SessionError ? error : this.dialect.classify(error, phase);
      if (classified.outcome === 'info') await this.close();
      throw classified;
    }
  }

  private deadline(): number {
    return performance.now() + this.options.timeoutMs;
  }
}
