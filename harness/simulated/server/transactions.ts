import type { SqlLock, SqlRow } from '../../../docker/system.js';
import type { Level } from '../behaviour.js';
import type { CommandOf, Outcomes } from '../state/command.js';
import { changed, type Check, type Commit, matches, type RowName, type Snapshot, type Write } from '../state/tables.js';
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
  readonly own: Map<string, SqlRow | undefined>;
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
        return reply(ok(sorted.flatMap((key) => this.read(transaction, nameOf(table, key), snapshot, lock))));
      }
      case 'select-where':
        return reply(ok(this.select(transaction, statement, snapshot)));
      case 'write':
        return this.write(id, transaction, statement, snapshot, reply);
    }
  }

  private select(
    transaction: Open,
    statement: Extract<Statement, { kind: 'select-where' }>,
    snapshot: Snapshot,
  ): readonly SqlRow[] {
    const { table, where, lock } = statement;
    const { tables } = this.node.raft.log.machine;
    if (this.validatesReads && this.level !== 'repeatable-read') {
      const name = `${table}?${where === undefined ? '' : `${where.column}=${where.equals}`}`;
      if (!transaction.checks.has(name))
        transaction.checks.set(name, { kind: 'rows', table, ...(where && { where }), since: snapshot.index });
    }
    const stored = tables.select(table, where, snapshot);
    const others = this.unstored(table, transaction);
    const rows = others.length === 0 ? stored : this.amended(stored, others, transaction, statement, snapshot);
    // Rows that come to match later are phantoms: those are the business of the check above.
    if (this.level === 'repeatable-read' || lock === 'update') {
      for (const { key } of rows) this.check(transaction, nameOf(table, key), snapshot);
    }
    return rows;
  }

  /** With rows as the transaction left them, or as others show them. */
  private amended(
    stored: readonly SqlRow[],
    others: readonly string[],
    transaction: Open,
    { table, where }: Extract<Statement, { kind: 'select-where' }>,
    snapshot: Snapshot,
  ): readonly SqlRow[] {
    const keys = new Set([...stored.map(({ key }) => key), ...others]);
    return [...keys].sort().flatMap((key) => {
      const row = this.visible(transaction, nameOf(table, key), snapshot);
      return row !== undefined && matches(row, where) ? [row] : [];
    });
  }

  /** Keys of rows that the transaction, or one that shows its writes, left otherwise than the table has them. */
  private unstored(table: string, { own }: Open): readonly string[] {
    if (own.size === 0 && this.intents.none) return [];
    const names = [...own.keys(), ...this.intents.names()].filter((name) => name.startsWith(`${table}/`));
    return names.map((name) => name.slice(table.length + 1));
  }

  private read(transaction: Open, name: Name, snapshot: Snapshot, lock: SqlLock): readonly SqlRow[] {
    if (this.validatesReads || lock === 'update') this.check(transaction, name, snapshot);
    const row = this.visible(transaction, name, snapshot);
    return row === undefined ? [] : [row];
  }

  private write(
    id: number,
    transaction: Open,
    { table, key, change }: Extract<Statement, { kind: 'write' }>,
    snapshot: Snapshot,
    reply: Reply<StatementOutcome>,
  ): void {
    const name = nameOf(table, key);
    // Stands for the lock that a write holds until its commit: no dirty write, at any level. Where all statements see one
    // snapshot, it also means that the first committer wins (Berenson and others, 1995): no lost update.
    this.check(transaction, name, snapshot);
    const result = changed(this.stored(transaction, name, snapshot)?.columns, change);
    if (result === undefined && change.kind === 'insert') {
      reply(DUPLICATE);
      return;
    }
    transaction.writes.push({ table, key, change, changes: result === undefined ? 'nothing' : 'row' });
    if (result !== undefined) {
      const row = result.row && { key, columns: result.row };
      transaction.own.set(name.full, row);
      if (this.level === 'read-uncommitted') this.intents.publish(id, name.full, row);
    }
    reply(ok(result === undefined ? 0 : 1));
  }

  /** As the transaction reads it. */
  private visible(transaction: Open, name: Name, snapshot: Snapshot): SqlRow | undefined {
    const intent = transaction.own.has(name.full) ? undefined : this.intents.of(name.full);
    return intent === undefined ? this.stored(transaction, name, snapshot) : intent.row;
  }

  /** As the transaction left it, or found it. */
  private stored({ own }: Open, name: Name, snapshot: Snapshot): SqlRow | undefined {
    if (own.has(name.full)) return own.get(name.full);
    return this.node.raft.log.machine.tables.version(name, snapshot)?.row;
  }

  private get validatesReads(): boolean {
    return this.keepsSnapshot && this.level !== 'snapshot';
  }

  private check({ checks }: Open, name: Name, snapshot: Snapshot): void {
    if (checks.has(name.full)) return;
    const { table, key } = name;
    const seen = this.node.raft.log.machine.tables.version(name, snapshot)?.index ?? 0;
    checks.set(name.full, { kind: 'row', table, key, seen });
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

/** The name of a row, in parts and whole. */
interface Name extends RowName {
  readonly full: string;
}

function nameOf(table: string, key: string): Name {
  return { table, key, full: `${table}/${key}` };
}
