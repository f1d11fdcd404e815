import { Deadline, OutOfBudget } from '../linearizability/budget.js';
import type { Configuration } from './configuration.js';
import type { Quantities } from './quantities.js';
import type { SweepMode } from './moment.js';
import { Sweep, type SweepResult } from './sweep.js';

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
      const result =
        pass === 'greedy' ? sweepGreedily(quantities, deadline) : new Sweep(quantities, pass, deadline).run();
      if (result === undefined) continue;
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

/** How far the greedy pass goes back, in events; further, and with more, where it dies at the same place again. */
const LOOKS = [
  { back: 60, generosity: 1 },
  { back: 60, generosity: 2 },
  { back: 300, generosity: 1 },
  { back: 300, generosity: 2 },
  { back: 1_500, generosity: 1 },
] as const;
const MOST_SECOND_LOOKS = 400;

/**
 * The greedy pass. Where it dies it goes back a stretch and looks further there, and so on as long as that gets it past
 * the place: an unknown operation spent too early or too late is nearly always found close by. Undefined when its share
 * of the time is used up.
 */
function sweepGreedily(quantities: Quantities, deadline: Deadline): SweepResult | undefined {
  const sweep = new Sweep(quantities, 'greedy', new ShareOfTime(deadline, GREEDY_SHARE));
  let died = -1;
  let level = 0;
  try {
    for (let look = 0; ; look++) {
      const result = sweep.run();
      if (result.kind === 'survived' || result.complete) return result;
      if (result.event > died) level = 0;
      died = Math.max(died, result.event);
      if (look === MOST_SECOND_LOOKS || level === LOOKS.length) return result;
      const { back, generosity } = LOOKS[level++];
      sweep.lookAgain(back, generosity);
    }
  } catch (error) {
    // Only its share is used up: what is left is for the others, which may yet prove a violation.
    if (error instanceof OutOfBudget && deadline.remainingMs > 0) return undefined;
    throw error;
  }
}

const GREEDY_SHARE = 0.6;

/** A part of the time that is left, within the whole. */
class ShareOfTime extends Deadline {
  constructor(
    private readonly whole: Deadline,
    share: number,
  ) {
    super(whole.remainingMs * share, whole.maxConfigurations);
  }

  override tick(): void {
    this.whole.tick();
    super.tick();
  }
}
