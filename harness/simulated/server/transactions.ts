import type { SqlLock, SqlRow } from '../../../docker/system.js';
import type { Level } from '../behaviour.js';
import type { CommandOf, Outcomes } from '../state/command.js';
import {
  changed,
  type Check,
  type Columns,
  type Commit,
  type RowName,
  type Snapshot,
  type Write,
} from '../state/tables.js';
import { type Answer, ok, type Reply } from './answer.js';
import { Intents } from './intents.js';
import type { Node } from './node.js';
import type { Statement, StatementOutcome } from './statement.js';

interface Open {
  /** What it sees, where that was fixed when it began. */
  snapshot: number | undefined;
  readonly checks: Map<string, Check>;
  readonly writes: Write[];
  /** Rows as it left them. */
  readonly own: Map<string, Columns | undefined>;
}

const GONE: Answer<never> = { kind: 'fail', code: 'no-transaction', message: 'the node knows no such transaction' };
const DUPLICATE: Answer<never> = { kind: 'fail', code: 'duplicate-key', message: 'a row with this key exists' };
/** Decided at the transaction's place in the log: it is not applied. */
const CONFLICT: Answer<never> = {
  kind: 'fail',
  code: 'serialization',
  message: 'what the transaction saw or wrote was changed by another',
};
/** Between the statements of a commit that is not atomic. */
const BETWEEN_NS = 5e6;

/**
 * Transactions over tables that clients have open at a node. They read versions of rows as of a snapshot, keep their
 * writes to themselves, and are decided when their commit comes up in the log: optimistic concurrency control after Kung
 * and Robinson (1981), by what each level demands of it.
 */
export class Transactions {
  readonly intents: Intents;
  private readonly open = new Map<number, Open>();

  constructor(private readonly node: Node) {
    this.intents = new Intents(node);
  }

  /** The process is gone. */
  clear(): void {
    this.open.clear();
    this.intents.clear();
  }

  /** `begins`: the first statement; another one of a transaction that is not open belongs to a process that died. */
  run(id: number, statement: Statement, begins: 'begins' | 'goes-on', reply: Reply<StatementOutcome>): void {
    if (begins === 'begins') this.open.set(id, { snapshot: undefined, checks: new Map(), writes: [], own: new Map() });
    const transaction = this.open.get(id);
    if (transaction === undefined) reply(GONE);
    else if (transaction.snapshot !== undefined) this.perform(id, transaction, statement, reply);
    else if (this.level === 'serializable') {
      transaction.snapshot = this.node.raft.log.applied;
      this.perform(id, transaction, statement, reply);
    } else
      this.withIndex(reply, (index) => {
        if (this.keepsSnapshot) transaction.snapshot ??= index;
        this.perform(id, transaction, statement, reply);
      });
  }

  commit(id: number, reply: Reply<undefined>): void {
    const transaction = this.open.get(id);
    if (transaction === undefined) {
      reply(GONE);
      return;
    }
    this.open.delete(id);
    const decided: Reply<undefined> = (answer) => {
      this.intents.withdraw(id);
      reply(answer);
    };
    const { checks, writes } = transaction;
    if (writes.length === 0) decided(ok(undefined));
    else if (this.node.around.behaviour.commits === 'by-statement')
      this.commitPiecemeal([...checks.values()], writes, decided);
    else this.propose({ kind: 'commit', checks: [...checks.values()], writes }, decided);
  }

  rollback(id: number): void {
    this.open.delete(id);
    this.intents.withdraw(id);
  }

  private get level(): Level {
    return this.node.around.behaviour.isolation;
  }

  /** At weaker levels every statement sees the newest state. */
  private get keepsSnapshot(): boolean {
    return this.level !== 'read-committed' && this.level !== 'read-uncommitted';
  }

  /** Learns up to where everything was acknowledged by now, and waits until that is applied here. */
  private withIndex(reply: Reply<StatementOutcome>, then: (index: number) => void): void {
    this.node.requests.serve({ kind: 'index' } satisfies CommandOf<'index'>, (answer) => {
      if (answer.kind !== 'ok') {
        // Only a question was asked.
        reply({ ...answer, kind: 'fail' });
        return;
      }
      const index = answer.outcome as Outcomes['index'];
      this.node.raft.log.whenApplied(index, () => then(this.node.raft.log.applied));
    });
  }

  private perform(id: number, transaction: Open, statement: Statement, reply: Reply<StatementOutcome>): void {
    const index = transaction.snapshot ?? this.node.raft.log.applied;
    const snapshot = { index, asOfNs: this.node.requests.lagging() };
    switch (statement.kind) {
      case 'select': {
        const { table, keys, lock } = statement;
        const sorted = [...new Set(keys)].sort();
        return reply(ok(sorted.flatMap((key) => this.read(transaction, { table, key }, snapshot, lock))));
      }
      case 'select-where':
        return reply(ok(this.select(transaction, statement, snapshot)));
      case 'write':
        return this.write(id, transaction, statement, snapshot, reply);
    }
  }

  private select(
    transaction: Open,
    { table, where, lock }: Extract<Statement, { kind: 'select-where' }>,
    snapshot: Snapshot,
  ): readonly SqlRow[] {
    const { tables } = this.node.raft.log.machine;
    if (this.validatesReads && this.level !== 'repeatable-read') {
      const name = `${table}?${where === undefined ? '' : `${where.column}=${where.equals}`}`;
      if (!transaction.checks.has(name))
        transaction.checks.set(name, { kind: 'rows', table, ...(where && { where }), since: snapshot.index });
    }
    const keys = this.withUnstored(tables.candidates(table, where), table, transaction);
    const rows: SqlRow[] = [];
    for (const key of keys) {
      const columns = this.visible(transaction, { table, key }, snapshot);
      if (columns === undefined || (where && columns[where.column] !== where.equals)) continue;
      // Rows that come to match later are phantoms: those are the business of the check above.
      if (this.level === 'repeatable-read' || lock === 'update') this.check(transaction, { table, key }, snapshot);
      rows.push({ key, columns });
    }
    return rows;
  }

  /** With keys of rows that are not in the table, or not yet. */
  private withUnstored(stored: readonly string[], table: string, { own }: Open): readonly string[] {
    const unstored = [...own.keys(), ...this.intents.rows()].filter((name) => name.startsWith(`${table}/`));
    if (unstored.length === 0) return stored;
    return [...new Set([...stored, ...unstored.map((name) => name.slice(table.length + 1))])].sort();
  }

  private read(transaction: Open, name: RowName, snapshot: Snapshot, lock: SqlLock): readonly SqlRow[] {
    if (this.validatesReads || lock === 'update') this.check(transaction, name, snapshot);
    const columns = this.visible(transaction, name, snapshot);
    return columns === undefined ? [] : [{ key: name.key, columns }];
  }

  private write(
    id: number,
    transaction: Open,
    { table, key, change }: Extract<Statement, { kind: 'write' }>,
    snapshot: Snapshot,
    reply: Reply<StatementOutcome>,
  ): void {
    const name = { table, key };
    // Stands for the lock that a write holds until its commit: no dirty write, at any level. Where all statements see one
    // snapshot, it also means that the first committer wins (Berenson and others, 1995): no lost update.
    this.check(transaction, name, snapshot);
    const result = changed(this.stored(transaction, name, snapshot), change);
    if (result === undefined && change.kind === 'insert') {
      reply(DUPLICATE);
      return;
    }
    transaction.writes.push({ ...name, change, changes: result === undefined ? 'nothing' : 'row' });
    if (result !== undefined) {
      transaction.own.set(rowName(name), result.row);
      if (this.level === 'read-uncommitted') this.intents.publish(id, rowName(name), result.row);
    }
    reply(ok(result === undefined ? 0 : 1));
  }

  /** As the transaction reads it. */
  private visible(transaction: Open, name: RowName, snapshot: Snapshot): Columns | undefined {
    const intent = transaction.own.has(rowName(name)) ? undefined : this.intents.of(rowName(name));
    return intent === undefined ? this.stored(transaction, name, snapshot) : intent.columns;
  }

  /** As the transaction left it, or found it. */
  private stored({ own }: Open, name: RowName, snapshot: Snapshot): Columns | undefined {
    if (own.has(rowName(name))) return own.get(rowName(name));
    return this.node.raft.log.machine.tables.row(name, snapshot)?.columns;
  }

  private get validatesReads(): boolean {
    return this.keepsSnapshot && this.level !== 'snapshot';
  }

  private check(transaction: Open, name: RowName, snapshot: Snapshot): void {
    const at = rowName(name);
    if (transaction.checks.has(at)) return;
    const seen = this.node.raft.log.machine.tables.row(name, snapshot)?.index ?? 0;
    transaction.checks.set(at, { kind: 'row', ...name, seen });
  }

  private propose(commit: Commit, reply: Reply<undefined>): void {
    this.node.requests.serve(commit, (answer) => {
      if (answer.kind !== 'ok') reply(answer);
      else reply((answer.outcome as Outcomes['commit']).committed ? ok(undefined) : CONFLICT);
    });
  }

  private commitPiecemeal(
    checks: readonly Check[],
    [first, ...others]: readonly Write[],
    reply: Reply<undefined>,
  ): void {
    this.propose({ kind: 'commit', checks, writes: [first] }, (answer) => {
      if (answer.kind !== 'ok' || others.length === 0) reply(answer);
      else this.node.later(BETWEEN_NS, () => this.commitPiecemeal([], others, reply));
    });
  }
}

const rowName = ({ table, key }: RowName): string => `${table}/${key}`;
