import { NONE } from '../../harness/history/history.js';
import { INITIAL, NEVER, type RegisterLog } from './register-log.js';

/** Why one version must come before another; one bit each. */
export const MONOTONIC_READS = 1;
export const READ_YOUR_WRITES = 2;
export const MONOTONIC_WRITES = 4;
export const WRITES_FOLLOW_READS = 8;
/** True of every register: the initial value is oldest, a compare-and-set follows what it replaced. */
export const INHERENT = 16;
/** Writes that did not overlap are in the order in which they happened. */
export const REALTIME = 32;

/**
 * Reasons for an order, by columns: `from` not newer than `to`, because of operations `first` and `second` (numbers in
 * the log) of one session; NONE for the initial value, and inside a chain of hubs.
 */
export class Edges {
  length = 0;
  from = new Int32Array(64);
  to = new Int32Array(64);
  label = new Uint8Array(64);
  first = new Int32Array(64);
  second = new Int32Array(64);

  add(from: number, to: number, label: number, first: number, second: number): void {
    if (this.length === this.from.length) this.grow();
    this.from[this.length] = from;
    this.to[this.length] = to;
    this.label[this.length] = label;
    this.first[this.length] = first;
    this.second[this.length++] = second;
  }

  private grow(): void {
    const capacity = this.length * 2;
    const longer = (column: Int32Array) => {
      const grown = new Int32Array(capacity);
      grown.set(column);
      return grown;
    };
    const labels = new Uint8Array(capacity);
    labels.set(this.label);
    this.label = labels;
    this.from = longer(this.from);
    this.to = longer(this.to);
    this.first = longer(this.first);
    this.second = longer(this.second);
  }
}

/**
 * What a register's operations say about the order of its versions, as a graph over versions: an edge means "not newer
 * than". A set of session guarantees holds iff some total order of versions satisfies the edges of all of them, that is
 * iff no two versions reach each other (Viotti and Vukolić 2016 define the guarantees by visibility and arbitration; per
 * register, a read shows the newest version it sees, which leaves exactly these edges between versions).
 *
 * All own writes must be at most a later own read, which by itself is quadratic. Hubs make it linear: nodes between
 * versions, each reached by everything so far. A version may reach itself through hubs; that says nothing.
 */
export class VersionOrder {
  readonly edges = new Edges();
  nodes: number;

  constructor(private readonly log: RegisterLog) {
    this.nodes = log.versions;
    this.addInherent();
    this.addSessions();
    this.addRealtime();
  }

  private add(from: number, to: number, label: number, first = NONE, second = NONE): void {
    if (from !== to) this.edges.add(from, to, label, first, second);
  }

  /** A version that may never have taken effect constrains nothing. */
  private isCertain(version: number): boolean {
    return version >= INITIAL && this.log.effective[version] !== NEVER;
  }

  private addInherent(): void {
    this.log.operations.forEach(({ read, written }, at) => {
      if (written === NONE || !this.isCertain(written)) return;
      this.add(INITIAL, written, INHERENT);
      if (read >= INITIAL) this.add(read, written, INHERENT, at, at);
    });
  }

  private addSessions(): void {
    const sessions = new Map<number, Session>();
    this.log.operations.forEach(({ session, read, written, completed }, at) => {
      const own = sessions.get(session) ?? new Session();
      sessions.set(session, own);
      // A compare-and-set reads before it writes; of an unknown one, nobody saw the read.
      const seen = completed === NEVER ? NONE : read;
      if (written !== NONE && this.isCertain(written)) this.addWrite(own, written, at, completed !== NEVER);
      if (seen >= INITIAL) this.addRead(own, seen, at);
      if (written !== NONE && completed !== NEVER) this.rememberWrite(own, written, at);
    });
  }

  private addWrite(own: Session, written: number, at: number, acknowledged: boolean): void {
    if (own.readHub !== NONE) this.add(own.readHub, written, WRITES_FOLLOW_READS, NONE, at);
    if (own.lastWrite !== NONE) this.add(own.lastWrite, written, MONOTONIC_WRITES, own.lastWriter, at);
    // An unknown write may take effect late, after the session's next ones: nothing has to come after it.
    if (!acknowledged) return;
    own.lastWrite = written;
    own.lastWriter = at;
  }

  private addRead(own: Session, seen: number, at: number): void {
    if (own.lastRead !== NONE) this.add(own.lastRead, seen, MONOTONIC_READS, own.lastReader, at);
    own.lastRead = seen;
    own.lastReader = at;
    if (own.writeHub !== NONE) this.add(own.writeHub, seen, READ_YOUR_WRITES, NONE, at);
    // Its own write following it is inherent in a compare-and-set.
    own.readHub = this.extendHub(own.readHub, seen, WRITES_FOLLOW_READS, at);
  }

  private rememberWrite(own: Session, written: number, at: number): void {
    own.writeHub = this.extendHub(own.writeHub, written, READ_YOUR_WRITES, at);
  }

  /** A new hub reached by the version and by the hub before it. */
  private extendHub(before: number, version: number, label: number, at: number): number {
    const hub = this.nodes++;
    this.add(version, hub, label, at, NONE);
    if (before !== NONE) this.add(before, hub, label);
    return hub;
  }

  private addRealtime(): void {
    const { effective, writers, operations } = this.log;
    const versions = Array.from(effective.keys()).filter((version) => version !== INITIAL && this.isCertain(version));
    const done = [...versions].sort((a, b) => effective[a] - effective[b]);
    let hub = NONE;
    let next = 0;
    // Versions are numbered by invocation already.
    for (const version of versions) {
      const { invoked } = operations[writers[version]];
      for (; next < done.length && effective[done[next]] < invoked; next++) {
        hub = this.extendHub(hub, done[next], REALTIME, writers[done[next]]);
      }
      if (hub !== NONE) this.add(hub, version, REALTIME, NONE, writers[version]);
    }
  }
}

/** What a session has done so far with a register. */
class Session {
  lastRead = NONE;
  lastReader = NONE;
  lastWrite = NONE;
  lastWriter = NONE;
  /** Reached by all its acknowledged writes. */
  writeHub = NONE;
  /** Reached by all versions it has read. */
  readHub = NONE;
}
