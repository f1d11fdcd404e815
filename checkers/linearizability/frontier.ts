import { OutOfBudget, type Deadline } from './budget.js';
import type { Spending } from './credits.js';
import { Effects, type EffectOrder } from './effects.js';
import { NEVER } from './partition.js';
import type { RegisterOperations } from './registers.js';
import { Sweep } from './sweep.js';

export type FrontierResult =
  | {
      readonly validity: 'valid';
      readonly maxConfigurations: number;
      /** Updates in a legal order, and the return event just before which each takes effect; when asked for. */
      readonly effects?: EffectOrder;
    }
  | {
      readonly validity: 'invalid';
      readonly maxConfigurations: number;
      /** The return that no configuration survived. */
      readonly event: number;
    }
  | {
      readonly validity: 'unknown';
      readonly maxConfigurations: number;
      readonly reason: string;
      /** Events up to which the history is proven linearizable. */
      readonly provenEvents: number;
    };

/**
 * Linearizability of a read/write/cas register, few values or many, cost linear in the length: Lowe's just-in-time
 * linearization with everything in it that registers allow. A sweep over the events keeps all configurations that
 * explain what returned so far; an update takes effect only just before some return.
 *
 * - *Eager reads*: a read is met as soon as the register has its value.
 * - *Lazy burial*: a write that is shown lets every other open write have happened just before it, unseen; whether it
 *   did, or is still going to be used, stays open. So a configuration has three states per open write, not k! orders.
 * - *Excursions*: just before a write that was shown, any write that was open then can also have been shown, to the
 *   reads and cas that were open then: the shown write covers the traces. Whether that happened is decided only when
 *   one of them returns. So a return needs no other preparation than a chain of cas from the current value, at most one
 *   write shown, and a chain of cas from there; and the return of a write nothing but the first chain.
 * - *Symmetry*: of equal open operations the one returning first goes first.
 * - *Dominance*: per value only configurations minimal in obligations, used updates and credits are kept.
 *
 * Unknown updates never return; they are credits. Three passes: with free credits (if even that dies, the history is
 * illegal); spending only where everything else dies (if that survives, it is legal); and, for the gap, every way.
 */
export function checkFrontier(
  operations: RegisterOperations,
  deadline: Deadline,
  order: 'wanted' | 'unwanted' = 'unwanted',
): FrontierResult {
  if (!operations.returns.includes(NEVER)) return pass(operations, deadline, 'every', order);
  const relaxed = pass(operations, deadline, 'free', 'unwanted');
  if (relaxed.validity !== 'valid') return relaxed;
  const sparing = pass(operations, deadline, 'sparing', order);
  if (sparing.validity !== 'invalid') return sparing;
  return pass(operations, deadline, 'every', order);
}

export function pass(
  operations: RegisterOperations,
  deadline: Deadline,
  spending: Spending,
  order: 'wanted' | 'unwanted',
): FrontierResult {
  const effects = order === 'wanted' ? new Effects() : undefined;
  const sweep = new Sweep(operations, deadline, spending, effects);
  const { events } = operations;
  let event = 0;
  try {
    for (; event < events.length; event++) {
      deadline.tick();
      const code = events[event];
      if (code >= 0) {
        if (sweep.invoke(code, event)) break;
      } else if (!sweep.complete(~code, event)) {
        return { validity: 'invalid', maxConfigurations: sweep.maxConfigurations, event };
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    const provenEvents = spending === 'free' ? 0 : event;
    return { validity: 'unknown', maxConfigurations: sweep.maxConfigurations, reason: error.message, provenEvents };
  }
  const { maxConfigurations } = sweep;
  return {
    validity: 'valid',
    maxConfigurations,
    ...(effects && { effects: effects.order(sweep.frontier[sweep.traceWord]) }),
  };
}
