import type { CheckContext } from '../checker.js';

/** Why a check stopped early. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget';
}

/** Counts down the time and the configurations one check may use. Cheap enough for inner loops. */
export class Deadline {
  private readonly endMs: number;
  private ticks = 0;

  constructor(
    private readonly timeMs: number,
    /** Configurations that may be alive at one moment. */
    readonly maxConfigurations: number,
    private readonly signal?: AbortSignal,
  ) {
    this.endMs = performance.now() + timeMs;
  }

  /** Half of the memory budget goes to configurations of about `bytesEach` bytes. */
  static of(context: Pick<CheckContext, 'budget' | 'signal'>, bytesEach = 256): Deadline {
    const { timeMs, memoryBytes } = context.budget;
    const limit = Math.min(MOST_CONFIGURATIONS, Math.max(1_000, Math.floor(memoryBytes / 2 / bytesEach)));
    return new Deadline(timeMs, limit, context.signal);
  }

  get remainingMs(): number {
    return this.endMs - performance.now();
  }

  /** Looks at the clock on every 1,024th call. */
  tick(): void {
    if ((++this.ticks & 1023) === 0) this.check();
  }

  check(): void {
    if (this.signal?.aborted === true) throw new OutOfBudget('cancelled');
    if (performance.now() > this.endMs) {
      throw new OutOfBudget(`the time budget of ${Math.round(this.timeMs)} ms is used up`);
    }
  }

  /** @throws OutOfBudget when this many configurations are more than the memory budget allows. */
  hold(configurations: number): void {
    if (configurations > this.maxConfigurations) {
      throw new OutOfBudget(`more than ${this.maxConfigurations} configurations are possible at one moment`);
    }
  }
}

/** Beyond this, a search is not going to end anyway. */
const MOST_CONFIGURATIONS = 2_000_000;
