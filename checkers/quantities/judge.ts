import { type Deadline, OutOfBudget } from '../linearizability/budget.js';
import type { Configuration } from './configuration.js';
import type { Quantities } from './quantities.js';
import { Sweep, type SweepMode } from './sweep.js';

export type Judgement =
  | { readonly validity: 'valid'; readonly most: number; readonly pass: SweepMode }
  | {
      readonly validity: 'invalid';
      readonly most: number;
      readonly pass: SweepMode;
      /** Event at which nothing explained the history any more: the return of the operation that does not fit. */
      readonly event: number;
      /** What was possible just before. */
      readonly before: readonly Configuration[];
    }
  | { readonly validity: 'unknown'; readonly most: number; readonly reason: string };

/**
 * Linearizability of a history of quantities. Three passes, each of which may settle it: the greedy one proves most
 * valid histories valid; where it fails, the relaxed one proves most invalid ones invalid; the exact one is for the gap
 * between, where money or stock is so scarce that the order of unseen operations matters.
 */
export function judge(quantities: Quantities, deadline: Deadline): Judgement {
  let most = 0;
  try {
    for (const pass of ['greedy', 'relaxed', 'exact'] as const) {
      const result = new Sweep(quantities, pass, deadline).run();
      most = Math.max(most, result.most);
      // Surviving with quantities below zero proves nothing.
      if (result.kind === 'survived' && pass !== 'relaxed') return { validity: 'valid', most, pass };
      if (result.kind === 'died' && result.complete) {
        const { event, before } = result;
        return { validity: 'invalid', most, pass, event, before };
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { validity: 'unknown', most, reason: error.message };
  }
  return { validity: 'unknown', most, reason: 'too many sets of unknown operations could explain one observation' };
}
