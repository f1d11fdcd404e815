import type { CheckContext } from '../checker.js';

/** A budget was met; the message says which and where. */
export class OverBudget extends Error {}

const EVERY = 1024;

/** Looks at clock, memory and signal now and then; cheap enough for inner loops. */
export class Limits {
  private readonly deadline: number;
  private calls = 0;

  constructor(private readonly context?: Pick<CheckContext, 'budget' | 'signal'>) {
    this.deadline = performance.now() + (context?.budget.timeMs ?? Number.POSITIVE_INFINITY);
  }

  /** @throws OverBudget, at most once in {@link EVERY} calls. `stage` finishes "while …". */
  tick(stage: string): void {
    if (++this.calls % EVERY === 0) this.look(stage);
  }

  /** @throws OverBudget */
  look(stage: string): void {
    if (this.context === undefined) return;
    const { signal, budget } = this.context;
    if (signal?.aborted) throw new OverBudget(`cancelled while ${stage}`);
    if (performance.now() > this.deadline) {
      throw new OverBudget(`the time budget of ${String(budget.timeMs)} ms ran out while ${stage}`);
    }
    if (budget.memoryBytes < Number.POSITIVE_INFINITY && process.memoryUsage.rss() > budget.memoryBytes) {
      throw new OverBudget(`the memory budget of ${String(budget.memoryBytes)} bytes ran out while ${stage}`);
    }
  }
}
