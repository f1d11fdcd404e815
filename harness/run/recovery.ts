import type { Operation } from '../history/operation.js';

/** How often a kind of operation has to be tried in vain before it counts as not recovered. */
const VAIN_ATTEMPTS = 3;

/**
 * Watches when every kind of operation that clients use succeeds again. What is done only at the very end (a final
 * read) was not seen before, and is not waited for.
 */
export class RecoveryWatch {
  private readonly seen = new Set<string>();
  /** Attempts begun and ended since healing, by kind; undefined before. */
  private attempts: Map<string, number> | undefined;
  private readonly recovered = new Set<string>();
  private healedTime = Number.POSITIVE_INFINITY;
  private readonly begun = new Map<Operation['process'], number>();
  private resume: (() => void) | undefined;

  observe(event: Operation): void {
    if (event.process === 'nemesis') return;
    const kind = event.workload === undefined ? event.f : `${event.f} of ${event.workload}`;
    if (event.type === 'invoke') {
      this.seen.add(kind);
      this.begun.set(event.process, event.time);
      return;
    }
    const begun = this.begun.get(event.process) ?? Number.NEGATIVE_INFINITY;
    this.begun.delete(event.process);
    if (this.attempts === undefined || begun < this.healedTime) return;
    this.attempts.set(kind, (this.attempts.get(kind) ?? 0) + 1);
    if (event.type === 'ok') this.recovered.add(kind);
    if (this.missing().length === 0) this.resume?.();
  }

  /** From now on successes count. */
  healed(time: number): void {
    this.healedTime = time;
    this.attempts = new Map();
    this.recovered.clear();
  }

  /** Resolves when every kind succeeded after the healing, or with the signal. */
  all(signal: AbortSignal): Promise<void> {
    if (this.missing().length === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.resume = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Kinds that were tried often enough since the healing and never succeeded. */
  failing(): readonly string[] {
    return this.missing().filter((kind) => (this.attempts?.get(kind) ?? 0) >= VAIN_ATTEMPTS);
  }

  private missing(): readonly string[] {
    return [...this.seen].filter((kind) => !this.recovered.has(kind));
  }
}
