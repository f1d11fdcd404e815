import type { CheckContext } from '../checker.js';

/** Why a check stopped early. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget';
}

/** An `AbortSignal`, or what stands for one in another thread. */
export interface Cancellation {
  readonly aborted: boolean;
}

/** Milliseconds since some moment in the past. */
export type Clock = () => number;
const monotonic: Clock = () => performance.now();

/** A deadline as plain data. */
export interface PortableDeadline {
  readonly timeMs: number;
  /** Milliseconds since 1970 when it is over. */
  readonly endEpochMs: number;
  readonly maxConfigurations: number;
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Counts down the time and the configurations one check may use. Cheap enough for inner loops. */
export class Deadline {
  private endMs: number;
  private ticks = 0;

  constructor(
    readonly timeMs: number,
    /** Configurations that may be alive at one moment. */
    readonly maxConfigurations: number,
    private readonly signal?: Cancellation,
    private readonly clock: Clock = monotonic,
  ) {
    this.endMs = clock() + timeMs;
  }

  /** The same deadline in another thread, whose clock began at another time. */
  static elsewhere({ timeMs, endEpochMs, maxConfigurations }: PortableDeadline, signal: Cancellation): Deadline {
    const deadline = new Deadline(timeMs, maxConfigurations, signal);
    deadline.endMs = deadline.clock() + endEpochMs - epochMs();
    return deadline;
  }

  portable(): PortableDeadline {
    const { timeMs, maxConfigurations } = this;
    return { timeMs, maxConfigurations, endEpochMs: epochMs() + this.remainingMs };
  }

  /** Half of the memory budget goes to configurations of about `bytesEach` bytes. */
  static of(context: Pick<CheckContext, 'budget' | 'signal'>, bytesEach = CONFIGURATION_BYTES): Deadline {
    const { timeMs, memoryBytes } = context.budget;
    const limit = Math.min(MOST_CONFIGURATIONS, Math.max(1_000, Math.floor(memoryBytes / 2 / bytesEach)));
    return new Deadline(timeMs, limit, context.signal);
  }

  /** The same, with less: over in `timeMs` at the latest, and with room for fewer configurations. */
  narrowed(timeMs: number, maxConfigurations = this.maxConfigurations): Deadline {
    const most = Math.min(this.maxConfigurations, maxConfigurations);
    const narrower = new Deadline(this.timeMs, most, this.signal, this.clock);
    narrower.endMs = Math.min(this.endMs, this.clock() + timeMs);
    return narrower;
  }

  get remainingMs(): number {
    return this.endMs - this.clock();
  }

  /** Looks at the clock on every 1,024th call. */
  tick(): void {
    if ((++this.ticks & 1023) === 0) this.check();
  }

  check(): void {
    if (this.signal?.aborted === true) throw new OutOfBudget('cancelled');
    if (this.clock() > this.endMs) {
      throw new OutOfBudget(timeIsUp(this.timeMs));
    }
  }

  /** @throws OutOfBudget when this many configurations are more than the memory budget allows. */
  hold(configurations: number): void {
    if (configurations > this.maxConfigurations) {
      throw new OutOfBudget(tooMany(this.maxConfigurations));
    }
  }
}

export function timeIsUp(timeMs: number): string {
  return `the time budget of ${Math.round(timeMs)} ms is used up`;
}

export function tooMany(configurations: number): string {
  return `more than ${configurations} configurations are possible at one moment`;
}

/** What a configuration takes, about. */
export const CONFIGURATION_BYTES = 256;
/** Beyond this, a search is not going to end anyway. */
const MOST_CONFIGURATIONS = 2_000_000;
