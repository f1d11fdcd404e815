import { FAIL, type History, INVOKE, NONE, OK, VALUE_INT, VALUE_NULL } from '../../harness/history/history.js';
import { clientSessions } from '../../harness/history/client-sessions.js';
import type { Json } from '../../harness/history/operation.js';
import { identity } from '../../harness/history/values/identity.js';
import { show } from '../../harness/history/values/show.js';
import { partitionByKey } from '../by-key.js';
import { nonsense } from '../verdict.js';

/** The version before any write. */
export const INITIAL = 0;
/** An answer that no write of this history explains. */
export const UNWRITTEN = -2;
/** Completion of an operation whose outcome is unknown. */
export const NEVER = 0x7fff_ffff;

/** An operation that took effect or may have. Positions are those of the history. */
export interface RegisterOperation {
  readonly session: number;
  readonly invoked: number;
  /** Position of the ok completion, or NEVER. */
  readonly completed: number;
  /** Version read, by a read or a compare-and-set; NONE for a write; UNWRITTEN. */
  readonly read: number;
  /** Version written, or NONE. */
  readonly written: number;
}

/**
 * What happened to one register of which every value is written once, so that a value tells which write it comes from.
 * Versions are numbered in the order of their invocations, 0 being the initial value.
 */
export interface RegisterLog {
  /** Undefined in a history without keys. */
  readonly key: string | undefined;
  /** The value before any write. */
  readonly initial: Json;
  /** In the order of their invocations. */
  readonly operations: readonly RegisterOperation[];
  readonly versions: number;
  /** Per version, its operation; NONE for the initial one. */
  readonly writers: Int32Array;
  /**
   * Per version, a position by which it had certainly taken effect: its own completion, or that of the first read that
   * shows it. NEVER when neither is there: then it may not have happened at all. Always after the write's invocation:
   * a read that ended before it is impossible, and says nothing of when the write took effect.
   */
  readonly effective: Int32Array;
  /** Completions of reads whose value only a failed write would have written. */
  readonly aborted: readonly number[];
  readonly roles: RegisterRoles;
}

/** A register that cannot be judged, because a value does not tell its write. */
export interface Ambiguous {
  readonly key: string | undefined;
  readonly repeated: string;
}

/** What operations of a register are called. */
export interface RegisterRoles {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly cas: readonly string[];
}

/** Names that need no specification. */
export const USUAL_ROLES: RegisterRoles = { reads: ['read', 'get'], writes: ['write', 'put'], cas: ['cas'] };

/** The registers of a history. @throws UserError naming an operation that is none of a register's */
export function* registerLogs(
  history: History,
  initial: Json,
  roles: RegisterRoles = USUAL_ROLES,
): IterableIterator<RegisterLog | Ambiguous> {
  for (const positions of partitionByKey(history)) yield new LogReader(history, initial, roles).read(positions);
}

/** The text of a value, by which values are equal or not. Small integers stay numbers. */
type ValueKey = number | string | null;

class LogReader {
  private readonly versionOf = new Map<ValueKey, number>();
  private readonly failed = new Set<ValueKey>();
  private readonly operations: { -readonly [K in keyof RegisterOperation]: RegisterOperation[K] }[] = [];
  private readonly writers: number[] = [NONE];
  private readonly aborted: number[] = [];
  private readonly sessions: Int32Array;

  constructor(
    private readonly history: History,
    private readonly initial: Json,
    private readonly roles: RegisterRoles,
  ) {
    this.versionOf.set(keyOf(initial), INITIAL);
    this.sessions = clientSessions(history).sessions;
  }

  read(positions: Int32Array): RegisterLog | Ambiguous {
    const { keys, keyNames } = this.history.columns;
    const key = keys[positions[0]] === NONE ? undefined : keyNames[keys[positions[0]]];
    for (const position of positions) {
      if (this.history.columns.types[position] !== INVOKE) continue;
      const repeated = this.note(position);
      if (repeated !== undefined) return { key, repeated };
    }
    // In Knossos' histories, where null is written nowhere, it says that nothing had been set yet.
    if (this.history.columns.nilReads === 'unset' && !this.versionOf.has(null)) this.versionOf.set(null, INITIAL);
    const effective = new Int32Array(this.writers.length).fill(NEVER);
    effective[INITIAL] = NONE;
    for (const operation of this.operations) this.resolve(operation, effective);
    return {
      key,
      initial: this.initial,
      operations: this.operations,
      versions: this.writers.length,
      writers: Int32Array.from(this.writers),
      effective,
      aborted: this.aborted,
      roles: this.roles,
    };
  }

  /** Takes an invocation; answers the text of a value that is written twice. */
  private note(invoked: number): string | undefined {
    const { columns } = this.history;
    const completion = columns.pairs[invoked];
    const type = completion === NONE ? NONE : columns.types[completion];
    const f = columns.functionNames[columns.functions[invoked]];
    const completed = type === OK ? completion : NEVER;
    const operation = { session: this.sessions[invoked], invoked, completed, read: NONE, written: NONE };
    const { reads, writes, cas } = this.roles;
    if (reads.includes(f)) {
      if (type === OK) this.operations.push(operation);
      return undefined;
    }
    if (!writes.includes(f) && !cas.includes(f))
      throw nonsense(this.history, invoked, `${f} is no operation of a register`);
    const value = this.valueWritten(invoked, f);
    if (type === FAIL) {
      this.failed.add(value);
      return undefined;
    }
    if (this.versionOf.has(value)) return shown(value);
    operation.written = this.writers.length;
    this.versionOf.set(value, operation.written);
    this.writers.push(this.operations.length);
    this.operations.push(operation);
    return undefined;
  }

  /** Fills in the version that an operation saw; all writes are known now. */
  private resolve(operation: (typeof this.operations)[number], effective: Int32Array): void {
    const { columns } = this.history;
    const { invoked, completed, written } = operation;
    if (written !== NONE && completed < effective[written]) effective[written] = completed;
    const cas = written !== NONE && this.roles.cas.includes(columns.functionNames[columns.functions[invoked]]);
    if (written !== NONE && !cas) return;
    const seen = cas ? keyOf(casOf(this.history, invoked)[0]) : valueKeyAt(this.history, completed);
    const version = this.versionOf.get(seen);
    operation.read = version ?? UNWRITTEN;
    if (version === undefined && completed !== NEVER && this.failed.has(seen)) this.aborted.push(completed);
    if (version === undefined || version === INITIAL || completed >= effective[version]) return;
    if (completed > this.operations[this.writers[version]].invoked) effective[version] = completed;
  }

  private valueWritten(invoked: number, f: string): ValueKey {
    return this.roles.cas.includes(f) ? keyOf(casOf(this.history, invoked)[1]) : valueKeyAt(this.history, invoked);
  }
}

function casOf(history: History, position: number): readonly [Json, Json] {
  const value = history.value(position);
  if (!Array.isArray(value) || value.length !== 2) throw nonsense(history, position, 'a cas needs [from, to]');
  return value as unknown as [Json, Json];
}

function valueKeyAt(history: History, position: number): ValueKey {
  const kind = history.columns.valueKinds[position];
  if (kind === VALUE_INT) return history.columns.valuesA[position];
  return kind === VALUE_NULL ? null : keyOf(history.value(position));
}

function keyOf(value: Json): ValueKey {
  if (value === null) return null;
  return typeof value === 'number' && (value | 0) === value ? value : identity(value);
}

function shown(key: ValueKey): string {
  return show(typeof key === 'string' ? (JSON.parse(key) as Json) : key);
}
