import { SessionError, type SqlRow, type SqlSession, type SqlTransaction } from '../../docker/system.js';
import type { Fake, FakeTools } from './fake.js';
import { FakeSqlTransaction } from './fake-sql-transaction.js';

/** Ways in which a database can be wrong at any level. */
export type SqlBug =
  /** Transactions that only read see an old state. */
  | 'stale reads'
  /** What was acknowledged is gone. */
  | 'lost commits'
  /** What was refused happens all the same. */
  | 'aborted commits'
  /** Transactions that only read see those of other nodes late. */
  | 'long fork';

export interface FakeSqlOptions extends FakeTools {
  /** Default serializable, strictly. */
  readonly isolation?: 'read-committed' | 'snapshot' | 'serializable';
  readonly bug?: SqlBug;
}

export type Columns = SqlRow['columns'];

/** A state of a row, from a commit on; without columns it is not there. */
export interface Version {
  readonly commit: number;
  readonly node: string;
  readonly columns: Columns | undefined;
}

/** How far behind a stale read is at most, in commits and in time: replicas catch up. */
const STALE_COMMITS = 6;
const STALE_NS = 100e6;
/** After its client gave up on it, a commit may come as late as this. */
const LATEST_COMMIT_TURNS = 100;

/**
 * Multi-version tables in memory. Writers lock rows until they end; snapshot isolation refuses to write what was written
 * since the snapshot, serializable also to commit when anything that was read has changed since.
 */
export class FakeSql implements Fake<'sql'> {
  readonly tables = new Map<string, Map<string, Version[]>>();
  readonly locks = new Map<string, FakeSqlTransaction>();
  private readonly commitTimes: number[] = [0];

  constructor(readonly options: FakeSqlOptions) {}

  get commits(): number {
    return this.commitTimes.length - 1;
  }

  /** Number of the next commit. */
  nextCommit(): number {
    return this.commitTimes.push(this.options.now()) - 1;
  }

  /** The newest commit that a replica shows that lags behind. */
  behind(commits: number): number {
    const settled = this.commitTimes.findLastIndex((time) => time <= this.options.now() - STALE_NS);
    return Math.max(0, commits - STALE_COMMITS, Math.min(commits, settled));
  }

  session(node: string): SqlSession {
    return new FakeSqlSession(this, node);
  }

  versions(table: string, key: string): Version[] {
    const rows = this.tables.get(table);
    if (rows === undefined) throw new SessionError('fail', 'no-table', table);
    const known = rows.get(key) ?? [];
    rows.set(key, known);
    return known;
  }

  buggy(bug: SqlBug): boolean {
    const { options } = this;
    // The first commits are those of the set-up.
    return options.bug === bug && this.commits > 3 && options.dice.chance(options.bugShare ?? 1);
  }
}

class FakeSqlSession implements SqlSession {
  constructor(
    private readonly database: FakeSql,
    private readonly node: string,
  ) {}

  close(): Promise<void> {
    return Promise.resolve();
  }

  createTable(table: string): Promise<void> {
    if (!this.database.tables.has(table)) this.database.tables.set(table, new Map());
    return Promise.resolve();
  }

  async transaction<T>(
    work: (transaction: SqlTransaction) => Promise<T>,
    access: 'read-write' | 'read-only' = 'read-write',
  ): Promise<T> {
    const { dice, turn, unknownShare = 0 } = this.database.options;
    await turn();
    const open = new FakeSqlTransaction(this.database, this.node, access);
    let late = false;
    try {
      const result = await work(open);
      await turn();
      const unknown = dice.chance(unknownShare);
      // Of the commits whose answer is lost a third never arrived, and a third is still on its way.
      const fate = unknown ? dice.pick(['lost', 'late', 'in time']) : 'in time';
      late = fate === 'late';
      if (late) void this.commitLate(open);
      if (fate !== 'in time') throw new SessionError('info', 'commit-lost', 'no answer');
      open.commit();
      await turn();
      if (unknown) throw new SessionError('info', 'commit-lost', 'no answer');
      return result;
    } finally {
      if (!late) open.end();
    }
  }

  /** Holds its locks until then, as a server does that is slow. */
  private async commitLate(open: FakeSqlTransaction): Promise<void> {
    const { dice, turn } = this.database.options;
    for (let turns = dice.int(LATEST_COMMIT_TURNS); turns > 0; turns--) await turn();
    try {
      open.commit();
    } catch {
      // Refused, and nobody is told.
    } finally {
      open.end();
    }
  }
}
