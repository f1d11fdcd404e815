import {
  SessionError,
  type SqlCondition,
  type SqlLock,
  type SqlRow,
  type SqlTransaction,
} from '../../docker/system.js';
import type { Columns, FakeSql, Version } from './fake-sql.js';

const LONGEST_WAIT_TURNS = 400;

/** A transaction under way on {@link FakeSql}. */
export class FakeSqlTransaction implements SqlTransaction {
  private readonly snapshot: number;
  private readonly stale: boolean;
  /** The newest commit that a replica showed when the transaction began: it goes on showing that one. */
  private readonly replica: number;
  /** Behind with the commits of other nodes. */
  private readonly late: boolean;
  private readonly written = new Map<string, Map<string, Columns | undefined>>();
  /** Checks at commit that nothing that was read has changed. */
  private readonly reads: (() => boolean)[] = [];
  private readonly held: string[] = [];
  private over = false;

  constructor(
    private readonly database: FakeSql,
    private readonly node: string,
    private readonly access: 'read-write' | 'read-only',
  ) {
    const reading = access === 'read-only';
    this.stale = reading && database.buggy('stale reads');
    this.snapshot = database.commits;
    this.replica = database.behind(this.snapshot);
    this.late = reading && database.buggy('long fork');
  }

  async select(table: string, key: string, lock: SqlLock = 'none'): Promise<SqlRow | undefined> {
    await this.turn();
    if (lock === 'update') await this.lock(table, key);
    return this.find(table, key, lock);
  }

  async selectKeys(table: string, keys: readonly string[], lock: SqlLock = 'none'): Promise<readonly SqlRow[]> {
    await this.turn();
    const sorted = [...keys].sort();
    if (lock === 'update') for (const key of sorted) await this.lock(table, key);
    return sorted.flatMap((key) => this.find(table, key, lock) ?? []);
  }

  async selectWhere(
    table: string,
    where?: { readonly column: string; readonly equals: string | number },
    lock: SqlLock = 'none',
  ): Promise<readonly SqlRow[]> {
    await this.turn();
    const rows = this.database.tables.get(table);
    if (rows === undefined) throw new SessionError('fail', 'no-table', table);
    const matches = (columns: Columns | undefined) =>
      columns !== undefined && (where === undefined || columns[where.column] === where.equals);
    const own = this.written.get(table);
    const keys = new Set([...rows.keys(), ...(own?.keys() ?? [])]);
    const found = [...keys].sort().flatMap((key): SqlRow[] => {
      const columns = own?.has(key) ? own.get(key) : this.visible(table, key);
      return columns !== undefined && matches(columns) ? [{ key, columns }] : [];
    });
    const { snapshot } = this;
    const changed = (version: Version, at: number, all: readonly Version[]) =>
      version.commit > snapshot && (matches(version.columns) || matches(all.at(at - 1)?.columns));
    this.reads.push(() => ![...rows.values()].some((all) => all.some(changed)));
    if (lock === 'update') for (const { key } of found) await this.lock(table, key);
    return found;
  }

  async insert(table: string, row: SqlRow): Promise<void> {
    await this.change(table, row.key, (columns) => {
      if (columns !== undefined) throw new SessionError('fail', 'duplicate-key', row.key);
      return row.columns;
    });
  }

  async put(table: string, row: SqlRow): Promise<void> {
    await this.change(table, row.key, (columns) => ({ ...columns, ...row.columns }));
  }

  update(table: string, key: string, set: Columns, where?: SqlCondition): Promise<number> {
    return this.change(table, key, (columns) => (holds(columns, where) ? { ...columns, ...set } : undefined));
  }

  add(table: string, key: string, column: string, amount: number, where?: SqlCondition): Promise<number> {
    return this.change(table, key, (columns) =>
      holds(columns, where) ? { ...columns, [column]: Number(columns?.[column]) + amount } : undefined,
    );
  }

  async append(table: string, key: string, column: string, text: string, others: Columns = {}): Promise<void> {
    await this.change(table, key, (columns) =>
      columns === undefined ? { ...others, [column]: text } : { ...columns, [column]: `${columns[column]}${text}` },
    );
  }

  async delete(table: string, key: string): Promise<number> {
    let removed = 0;
    await this.change(table, key, (columns) => {
      removed = columns === undefined ? 0 : 1;
      return undefined;
    });
    if (removed === 1) this.tableOf(table).set(key, undefined);
    return removed;
  }

  commit(): void {
    if (this.written.size === 0) return;
    if (this.isolation === 'serializable' && !this.reads.every((unchanged) => unchanged())) {
      throw new SessionError('fail', 'serialization-failure', 'what was read has changed');
    }
    if (this.database.buggy('lost commits')) return;
    this.write();
    if (this.database.buggy('aborted commits')) throw new SessionError('fail', 'aborted', 'or so it says');
  }

  private write(): void {
    if (this.written.size === 0) return;
    const commit = this.database.nextCommit();
    for (const [table, rows] of this.written) {
      for (const [key, columns] of rows) this.database.versions(table, key).push({ commit, node: this.node, columns });
    }
  }

  end(): void {
    this.over = true;
    for (const name of this.held) this.database.locks.delete(name);
  }

  private get isolation() {
    return this.database.options.isolation ?? 'serializable';
  }

  private turn(): Promise<void> {
    if (this.over) throw new Error('the transaction is over');
    return this.database.options.turn();
  }

  /** Locks the row, sees its latest state and replaces it; undefined leaves it. Answers the number of rows changed. */
  private async change(
    table: string,
    key: string,
    to: (columns: Columns | undefined) => Columns | undefined,
  ): Promise<number> {
    if (this.access === 'read-only') throw new SessionError('fail', 'read-only', 'the transaction only reads');
    await this.turn();
    await this.lock(table, key);
    const changed = to(this.find(table, key, 'update')?.columns);
    if (changed === undefined) return 0;
    this.tableOf(table).set(key, changed);
    return 1;
  }

  private tableOf(table: string): Map<string, Columns | undefined> {
    const rows = this.written.get(table) ?? new Map<string, Columns | undefined>();
    this.written.set(table, rows);
    return rows;
  }

  private async lock(table: string, key: string): Promise<void> {
    const name = `${table}/${key}`;
    const { locks } = this.database;
    for (let turns = 0; locks.has(name) && locks.get(name) !== this; turns++) {
      if (turns > LONGEST_WAIT_TURNS) throw new SessionError('fail', 'deadlock', `waited for ${name} too long`);
      await this.turn();
    }
    if (!locks.has(name)) this.held.push(name);
    locks.set(name, this);
    const latest = this.database.versions(table, key).at(-1);
    if (this.isolation !== 'read-committed' && latest !== undefined && latest.commit > this.snapshot) {
      throw new SessionError('fail', 'serialization-failure', `${name} was changed since the snapshot`);
    }
  }

  private find(table: string, key: string, lock: SqlLock): SqlRow | undefined {
    const own = this.written.get(table);
    const columns = own?.has(key) ? own.get(key) : this.visible(table, key, lock);
    const { snapshot } = this;
    const versions = this.database.versions(table, key);
    this.reads.push(() => (versions.at(-1)?.commit ?? 0) <= snapshot);
    return columns === undefined ? undefined : { key, columns };
  }

  /** The committed state that this transaction sees; the latest one where it holds the lock. */
  private visible(table: string, key: string, lock: SqlLock = 'none'): Columns | undefined {
    const versions = this.database.versions(table, key);
    if (lock === 'update') return versions.at(-1)?.columns;
    // Below snapshot isolation each statement sees its own moment.
    const eachItsOwn = this.isolation === 'read-committed';
    const now = eachItsOwn ? this.database.commits : this.snapshot;
    const replica = eachItsOwn ? this.database.behind(now) : this.replica;
    const behind = this.stale || this.late ? replica : now;
    const sees = ({ commit, node }: Version) => commit <= (this.late && node === this.node ? now : behind);
    return versions.findLast(sees)?.columns;
  }
}

function holds(columns: Columns | undefined, where: SqlCondition | undefined): boolean {
  if (columns === undefined) return false;
  if (where === undefined) return true;
  const value = columns[where.column];
  return 'equals' in where ? value === where.equals : Number(value) >= where.atLeast;
}
