import type { z } from 'zod';
import type { DrivenClock } from '../harness/kit/clock.js';
import type { Abilities, Ability } from './ability.js';

export * from './ability.js';

/** Kinds of session a database can speak; a workload is written once for each family it runs on. */
export type SessionFamily = keyof SessionsByFamily;

export interface SessionsByFamily {
  readonly kv: KvSession;
  readonly sql: SqlSession;
  readonly queue: QueueSession;
  readonly lock: LockSession;
}

/**
 * Somebody else's database answers where a node of this run should: its answers say nothing of the cluster under test, so
 * that the run is over, as trouble of the harness.
 */
export class StrangerError extends Error {
  override readonly name = 'StrangerError';

  constructor(node: string, found: string, expected: string) {
    super(`a stranger answers for ${node}: it says it belongs to ${found}, and this run's cluster is ${expected}`);
  }
}

/**
 * An error of a session. `fail` promises that nothing happened and never will; it has to be argued for in the comment
 * beside the classification. Everything else is `info`. Errors of any other class count as `info`.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';

  constructor(
    readonly outcome: 'fail' | 'info',
    /** Short and countable: `refused`, `timeout`, `reset`, `no-leader`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One client connection to one node. Never retries, never reconnects, never changes node. At most one call at a time. */
export interface Session {
  /** Ends the connection; safe to call twice and while a call is in flight. */
  close(): Promise<void>;
}

export interface KvEntry {
  readonly key: string;
  readonly value: string;
  /** Number of writes to this key since it was created, from 1. */
  readonly version: number;
  /** Store-wide revision at which the key was last written. */
  readonly revision: number;
}

export type KvCondition =
  | { readonly kind: 'value'; readonly key: string; readonly value: string }
  | { readonly kind: 'revision'; readonly key: string; readonly revision: number }
  | { readonly kind: 'absent'; readonly key: string };

export type KvAction =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'get-prefix'; readonly prefix: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string };

export interface KvOutcome {
  /** Whether all conditions held, so that `then` ran and not `otherwise`. */
  readonly succeeded: boolean;
  /** One entry list per action that ran, in order; empty for `put` and `delete`. */
  readonly results: readonly (readonly KvEntry[])[];
}

/** Key–value store with multi-key conditional transactions. All values are text. Errors: {@link SessionError}. */
export interface KvSession extends Session {
  get(key: string): Promise<KvEntry | undefined>;
  put(key: string, value: string): Promise<void>;
  /** Atomically replaces `from` by `to`; false when the value was another or the key absent. */
  compareAndSet(key: string, from: string, to: string): Promise<boolean>;
  /** Evaluates all conditions and runs one branch, atomically. */
  transact(
    conditions: readonly KvCondition[],
    then: readonly KvAction[],
    otherwise?: readonly KvAction[],
  ): Promise<KvOutcome>;
}

export type Isolation = 'read-uncommitted' | 'read-committed' | 'repeatable-read' | 'snapshot' | 'serializable';

/** A row: a primary key and named columns. */
export interface SqlRow {
  readonly key: string;
  readonly columns: Readonly<Record<string, string | number | null>>;
}

/**
 * Statements of an open transaction, structured so that a workload is written once and a dialect is a matter of the
 * session. Tables have a text primary key and the columns that {@link SqlSession.createTable} was given.
 */
export interface SqlTransaction {
  /** `lock: update` is SELECT … FOR UPDATE. */
  select(table: string, key: string, lock?: SqlLock): Promise<SqlRow | undefined>;
  /** The rows of these keys that there are, in one statement (`key IN (…)`). Ordered by key, also when it locks. */
  selectKeys(table: string, keys: readonly string[], lock?: SqlLock): Promise<readonly SqlRow[]>;
  /** Rows whose column equals a value, by secondary index; all rows without `where`. Ordered by key. */
  selectWhere(
    table: string,
    where?: { readonly column: string; readonly equals: string | number },
    lock?: SqlLock,
  ): Promise<readonly SqlRow[]>;
  /** Fails the transaction when the key exists. */
  insert(table: string, row: SqlRow): Promise<void>;
  /** Inserts the row; where its key exists, sets these columns and leaves others alone. One statement (an upsert). */
  put(table: string, row: SqlRow): Promise<void>;
  /** Sets columns to computed values; answers the number of rows matched. */
  update(table: string, key: string, set: SqlRow['columns'], where?: SqlCondition): Promise<number>;
  /** `column = column + amount`; answers the number of rows matched. */
  add(table: string, key: string, column: string, amount: number, where?: SqlCondition): Promise<number>;
  /**
   * `column = column || text`, inserting the row where it is missing, then with `others` for its other columns. One
   * statement (an upsert).
   */
  append(table: string, key: string, column: string, text: string, others?: SqlRow['columns']): Promise<void>;
  /** Answers the number of rows removed. */
  delete(table: string, key: string): Promise<number>;
}

/** `update` locks what is selected until the transaction ends, and sees its latest state (SELECT … FOR UPDATE). */
export type SqlLock = 'none' | 'update';

/** What must hold of the row for the statement to change it. */
export type SqlCondition =
  { readonly column: string; readonly atLeast: number } | { readonly column: string; readonly equals: string | number };

/** Relational transactions at the isolation level that the system's options chose. Errors: {@link SessionError}. */
export interface SqlSession extends Session {
  /** Creates a table where it is missing; `indexed` columns get a secondary index. */
  createTable(
    table: string,
    columns: Readonly<Record<string, 'text' | 'integer'>>,
    indexed?: readonly string[],
  ): Promise<void>;
  /**
   * Runs `work` in one transaction and commits. An error of `work` rolls back and is rethrown (nothing happened); a
   * database's abort is a {@link SessionError} `fail`; losing the connection during commit is `info`. Never retries.
   *
   * `access: read-only` promises that `work` only selects: the database may be told so (BEGIN READ ONLY), nothing else
   * changes. Table and column names are identifiers of letters, digits and underscores, never reserved words.
   */
  transaction<T>(work: (transaction: SqlTransaction) => Promise<T>, access?: 'read-write' | 'read-only'): Promise<T>;
}

/** A queue of text elements. Errors: {@link SessionError}. */
export interface QueueSession extends Session {
  /** Resolves when the product's promise of durability was given (a publisher confirm). */
  enqueue(queue: string, element: string): Promise<void>;
  /** Takes and acknowledges the next element; undefined when the queue is empty. */
  dequeue(queue: string): Promise<string | undefined>;
}

/** Mutual exclusion. Errors: {@link SessionError}. */
export interface LockSession extends Session {
  /** Answers a fencing token where the product has one; undefined when the lock is not to be had now. */
  acquire(lock: string): Promise<{ readonly token?: number } | undefined>;
  /** False when this session does not hold it any more. */
  release(lock: string): Promise<boolean>;
}

export interface ClusterNode {
  readonly name: string;
  readonly address: string;
}

export type NodeRole = 'leader' | 'follower' | 'candidate';

/**
 * What a node of a replicated log is busy with. `election`: it knows no leader, or leads and has not decided anything in
 * its term yet; `replication`: something it knows of is not decided; `commit`: something is decided and it has not heard
 * so; `recovery`: it lacks what it was told is decided, and catches up; `quiet`: none of these.
 */
export type NodePhase = 'election' | 'replication' | 'commit' | 'recovery' | 'quiet';

export interface NodeState {
  readonly node: string;
  readonly role: NodeRole;
  readonly phase: NodePhase;
}

/** Looking into the nodes, where that is possible: no fault, and nothing that a client could see. */
export interface PhaseObserver {
  /** Of the nodes that run, now. */
  states(): readonly NodeState[];
  /** The first node to be in that role and phase, from now on; undefined when none was in time. */
  reached(role: NodeRole, phase: NodePhase, withinMs: number): Promise<string | undefined>;
}

/** A node that does not serve. */
export interface NodeOutage {
  readonly node: string;
  /** In plain words: `ended with exit code 2`, `no leader`. */
  readonly reason: string;
  /** What its database logged last, a few lines. */
  readonly lastLines: readonly string[];
}

/** A running cluster. Disposing stops it and removes everything it made. */
export interface Cluster extends AsyncDisposable {
  /** As they are now: addresses change when pods are rescheduled, and members come and go. */
  readonly nodes: readonly ClusterNode[];
  readonly abilities: Abilities;
  /** Where the cluster lives in virtual time: a run on it takes place in that time. */
  readonly virtualClock?: DrivenClock;
  readonly phases?: PhaseObserver;
  /** Product version and image digest per image used. */
  readonly versions: Readonly<Record<string, string>>;
  /** Opens a session of a family to one node. Throws {@link SessionError}. */
  open<F extends SessionFamily>(family: F, node: string, options: SessionOptions): Promise<SessionsByFamily[F]>;
  /** Nodes that currently believe to be leader or primary, asked node by node; unreachable nodes are left out. */
  primaries(): Promise<readonly string[]>;
  /** Resolves when every node answers and has joined; rejects with what is missing after the time given. */
  ready(timeoutMs: number): Promise<void>;
  /**
   * What was written so far is on disk, as it would be on any machine half a minute later. For what a run sets up: a
   * database that never syncs would lose its tables with the power, and nobody could see what else. Absent: it is.
   */
  settle?(): Promise<void>;
  /** Nodes that do not serve now; never rejects. Absent: nobody but {@link ready} can tell. */
  outages?(): Promise<readonly NodeOutage[]>;
  /** Writes each node's logs to `<directory>/<node>/`. */
  collectLogs(directory: string): Promise<void>;
}

export interface SessionOptions {
  readonly process: number;
  readonly timeoutMs: number;
}

/** What the product promises at given options, and where it says so. */
export interface Claims {
  /** Consistency model names as in the lattice: `linearizable`, `serializable`, `strict-serializable`… */
  readonly consistency: string;
  readonly source: string;
}

export interface LaunchRequest {
  readonly runId: string;
  readonly nodes: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of the run; decides everything where nothing is left to the machine. */
  readonly seed?: number;
  /** Abilities that the run's faults need; those that cost something to have are had only then. */
  readonly needs?: readonly Ability[];
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** An image to build: a folder with a Dockerfile that begins `ARG BASE` / `FROM ${BASE}`. */
export interface ImageSource {
  /** `toolbox`, `etcd-3.4`: names the image and its task in the progress display. */
  readonly name: string;
  readonly folder: string;
  /** Further build arguments. */
  readonly args: Readonly<Record<string, string>>;
}

/** A database as a plug-in. One folder under docker/, one line in the registry. */
export interface System {
  readonly name: string;
  /** One line for `faultline list systems` and the docs. */
  readonly summary: string;
  readonly families: readonly SessionFamily[];
  /** The families in the order in which workloads choose with these options; by default that of `families`. */
  familiesFor?(options: Readonly<Record<string, unknown>>): readonly SessionFamily[];
  readonly abilities: readonly Ability[];
  readonly nodes: { readonly min: number; readonly max: number; readonly default: number };
  /** Every option has a default and a description. */
  readonly options: z.ZodObject;
  claims(options: Readonly<Record<string, unknown>>): Claims;
  /**
   * Codes of session errors after which an operation may always have taken effect, written down apart from the code that
   * classifies: an operation that is recorded as failed for one of them was classified wrongly, and the run is in doubt.
   */
  indefinite?(options: Readonly<Record<string, unknown>>): readonly string[];
  /** What has to be built before a launch with these options; absent where no container is needed. */
  images?(options: Readonly<Record<string, unknown>>): readonly ImageSource[];
  /** Its clusters live in virtual time, and the seed decides everything: the same plan gives the same history. */
  readonly deterministic?: true;
  launch(request: LaunchRequest): Promise<Cluster>;
}
