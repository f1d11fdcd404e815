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

/** How it may be built wrong, or used wrong. */
export interface Flaws {
  /** `ignored`: a sync that fails counts as done. */
  readonly errors?: 'fatal' | 'ignored';
  /** When a disk that lies really has what it says it has. */
  readonly really?: Later | undefined;
}

/**
 * What was written is in the operating system's cache and survives the process; what was synced survives a power
 * failure too. Syncs that are asked for during one are done together in the next.
 */
export class Disk {
  /** What a write meets. */
  condition: 'ok' | 'stalled' | 'no-space' | 'error' = 'ok';
  /** Whether its file is not what was written. */
  damaged = false;
  private persisted: Persisted = EMPTY;
  /** A sync that cannot end before the disk is mended. */
  private held: (() => void) | undefined;
  private failed: (() => void) | undefined;
  private underWay: Persisted | undefined;
  private waiting: (() => unknown)[] = [];

  constructor(
    private readonly written: () => Persisted,
    private readonly later: Later,
    private readonly flaws: Flaws = {},
  ) {}

  /** Calls back when all that is written now is on the disk. */
  sync(done: () => unknown): void {
    this.waiting.push(done);
    if (this.underWay === undefined) this.begin();
  }

  /** Syncs wait until it is mended: for the disk, or for space, which a database waits for too. */
  hold(why: 'stalled' | 'no-space'): void {
    this.condition = why;
  }

  /** Calls back when the next sync fails, which is never done again. */
  fail(failed: () => void): void {
    this.condition = 'error';
    this.failed = failed;
  }

  damage(): void {
    this.damaged = true;
  }

  mend(): void {
    this.condition = 'ok';
    this.failed = undefined;
    const { held } = this;
    this.held = undefined;
    held?.();
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
    this.held = undefined;
    this.waiting = [];
  }

  /** An empty disk in its place. */
  format(): void {
    this.forgetWaiting();
    this.mend();
    this.damaged = false;
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
    const { really } = this.flaws;
    if (really === undefined) this.persisted = state;
    else really(() => (this.persisted = { ...state, entries: Math.min(state.entries, this.written().entries) }));
  }

  private begin(): void {
    const waiting = this.waiting;
    this.waiting = [];
    this.underWay = this.written();
    this.later(() => this.end(waiting));
  }

  private end(waiting: readonly (() => unknown)[]): void {
    if (this.underWay === undefined) return;
    const { condition, underWay } = this;
    if (condition === 'error' && this.flaws.errors !== 'ignored') {
      this.failed?.();
      return;
    }
    if (condition === 'stalled' || condition === 'no-space') {
      this.held = () => this.end(waiting);
      return;
    }
    if (condition === 'ok') this.persist(underWay);
    this.underWay = undefined;
    for (const done of waiting) done();
    if (this.waiting.length > 0 && !this.busy) this.begin();
  }

  private get busy(): boolean {
    return this.underWay !== undefined;
  }
}
