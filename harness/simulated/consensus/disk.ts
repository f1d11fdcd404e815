/** What of a node's state is on its disk for good. */
export interface Persisted {
  readonly term: number;
  readonly votedFor: number;
  /** Number of log entries. */
  readonly entries: number;
}

const EMPTY: Persisted = { term: 0, votedFor: -1, entries: 1 };

/** How a disk gets its work done: after a while, unless its machine died meanwhile. */
export type Later = (run: () => void) => void;

/**
 * What was written is in the operating system's cache and survives the process; what was synced survives a power
 * failure too. Syncs that are asked for during one are done together in the next.
 */
export class Disk {
  private persisted: Persisted = EMPTY;
  private underWay: Persisted | undefined;
  private waiting: (() => unknown)[] = [];

  constructor(
    private readonly written: () => Persisted,
    private readonly later: Later,
    /** When a disk that lies really has what it says it has. */
    private readonly really?: Later,
  ) {}

  /** Calls back when all that is written now is on the disk. */
  sync(done: () => unknown): void {
    this.waiting.push(done);
    if (this.underWay === undefined) this.begin();
  }

  /** Entries from there on were removed. */
  truncated(entries: number): void {
    const cut = (state: Persisted) => (state.entries > entries ? { ...state, entries } : state);
    this.persisted = cut(this.persisted);
    if (this.underWay !== undefined) this.underWay = cut(this.underWay);
  }

  /** What is left after a power failure. */
  afterPowerLoss(): Persisted {
    return this.persisted;
  }

  /** The process is gone, and with it whoever waited. */
  forgetWaiting(): void {
    this.underWay = undefined;
    this.waiting = [];
  }

  /** An empty disk in its place. */
  format(): void {
    this.forgetWaiting();
    this.persisted = EMPTY;
  }

  /** All that was written is on it for good. */
  install(): void {
    this.persisted = this.written();
  }

  has(entries: number): boolean {
    return this.persisted.entries >= entries;
  }

  private persist(state: Persisted): void {
    if (this.really === undefined) this.persisted = state;
    else this.really(() => (this.persisted = { ...state, entries: Math.min(state.entries, this.written().entries) }));
  }

  private begin(): void {
    const waiting = this.waiting;
    this.waiting = [];
    this.underWay = this.written();
    this.later(() => {
      if (this.underWay === undefined) return;
      this.persist(this.underWay);
      this.underWay = undefined;
      for (const done of waiting) done();
      if (this.waiting.length > 0 && !this.busy) this.begin();
    });
  }

  private get busy(): boolean {
    return this.underWay !== undefined;
  }
}
