import { OutOfBudget, type Deadline } from './budget.js';
import type { Spending } from './credits.js';
import { Effects, type EffectOrder } from './effects.js';
import { NEVER } from './partition.js';
import { READ, WRITE, type RegisterOperations } from './registers.js';
import { Sweep, type SweepMemory } from './sweep.js';

/** How the first pass looks, and looks again where it died. */
export interface NarrowPlan {
  /** Configurations kept; more each time it dies at about the same place. */
  readonly beams: readonly number[];
  /** How far it goes back then, in events. */
  readonly back: readonly number[];
  /** Events between moments that are remembered. */
  readonly saveEvery: number;
}
const NARROW: NarrowPlan = { beams: [24, 200, 1_500], back: [0, 300, 2_000], saveEvery: 256 };
/** Moments remembered to come back to. */
const SAVED = 16;
/** Lengths of the stretches, in events, that a refutation looks at, and how far past the first pass' death. */
const STRETCHES = [400, 2_000, 10_000];
const BEYOND = 300;
/** With more values, starting from every one costs more than it brings. */
const MOST_VALUES = 64;

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
      readonly isProof: boolean;
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
 * Unknown updates never return; they are credits.
 *
 * A first pass keeps only the best configurations and spends credits only where everything else dies: if it survives,
 * the history is legal, proven. If it dies, a second one looks at the stretch before that alone, from every state that
 * could be, with credits for nothing: if even that dies, the history is illegal, proven. Only for the gap between
 * follow passes over the whole: all configurations with free credits, with sparing ones, with every way to spend them.
 */
export function checkFrontier(
  operations: RegisterOperations,
  deadline: Deadline,
  order: 'wanted' | 'unwanted' = 'unwanted',
): FrontierResult {
  const hasUnknown = operations.returns.includes(NEVER);
  const narrow = narrowPass(operations, deadline, hasUnknown ? 'sparing' : 'every', order);
  if (narrow.validity !== 'invalid' || (narrow.isProof && !hasUnknown)) return narrow;
  const refuted = refuteLocally(operations, narrow.event, deadline);
  if (refuted !== undefined) return { ...narrow, isProof: true, event: refuted };
  if (!hasUnknown) return pass(operations, deadline, 'every', order);
  const relaxed = pass(operations, deadline, 'free', 'unwanted');
  if (relaxed.validity !== 'valid') return relaxed;
  const sparing = pass(operations, deadline, 'sparing', order);
  if (sparing.validity !== 'invalid') return sparing;
  return pass(operations, deadline, 'every', order);
}

/** One pass over all events that explores everything, except for the ways to spend credits. */
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
      if ((event & 0xfff) === 0) sweep.settle();
      const code = events[event];
      if (code >= 0) {
        if (sweep.invoke(code, event)) break;
      } else if (!sweep.complete(~code, event)) {
        return {
          validity: 'invalid',
          maxConfigurations: sweep.maxConfigurations,
          event,
          isProof: spending !== 'sparing',
        };
      }
    }
  } catch (error) {
    return undecided(error, sweep, spending === 'free' ? 0 : event);
  }
  return survived(sweep);
}

function undecided(error: unknown, { maxConfigurations }: Sweep, provenEvents: number): FrontierResult {
  if (!(error instanceof OutOfBudget)) throw error;
  return { validity: 'unknown', maxConfigurations, reason: error.message, provenEvents };
}

function survived({ maxConfigurations, order }: Sweep): FrontierResult {
  return { validity: 'valid', maxConfigurations, ...(order && { effects: order }) };
}

/**
 * A pass that keeps only the best few configurations. Where they die it comes back to an earlier moment and keeps more
 * for a while. Surviving proves the history legal; dying proves it illegal only if nothing was ever given up.
 */
export function narrowPass(
  operations: RegisterOperations,
  deadline: Deadline,
  spending: Spending,
  order: 'wanted' | 'unwanted',
  { beams, back, saveEvery }: NarrowPlan = NARROW,
): FrontierResult {
  const effects = order === 'wanted' ? new Effects() : undefined;
  const sweep = new Sweep(operations, deadline, spending, effects, beams[0]);
  const { events } = operations;
  let saved: { readonly event: number; readonly memory: SweepMemory }[] = [];
  let level = 0;
  let latestDeath = -1;
  let event = 0;
  try {
    for (; event < events.length; event++) {
      deadline.tick();
      if (event % saveEvery === 0 && (saved.length === 0 || saved[saved.length - 1].event < event)) {
        saved.push({ event, memory: sweep.save() });
        if (saved.length > 2 * SAVED) saved = saved.slice(-SAVED);
      }
      if (level > 0 && event > latestDeath + BEYOND) {
        level = 0;
        sweep.beam = beams[0];
      }
      const code = events[event];
      if (code >= 0) sweep.invoke(code, event);
      else if (!sweep.complete(~code, event)) {
        latestDeath = Math.max(latestDeath, event);
        const isProof = !sweep.isTruncated && spending === 'every';
        if (isProof || ++level === beams.length) {
          return { validity: 'invalid', maxConfigurations: sweep.maxConfigurations, event: latestDeath, isProof };
        }
        const before = latestDeath - back[level];
        while (saved.length > 1 && saved[saved.length - 1].event > before) saved.pop();
        sweep.restore(saved[saved.length - 1].memory);
        sweep.beam = beams[level];
        event = saved[saved.length - 1].event - 1;
      }
    }
  } catch (error) {
    return undecided(error, sweep, event);
  }
  return survived(sweep);
}

/**
 * Tries to prove a history illegal by a stretch of it around `event` alone. Starts from a superset of what can be: any
 * value, no obligation, every open update still unused. Answers the event that no configuration survived.
 */
function refuteLocally(operations: RegisterOperations, event: number, deadline: Deadline): number | undefined {
  if (operations.values > MOST_VALUES) return undefined;
  for (const length of STRETCHES) {
    const start = Math.max(0, event - length);
    const died = sweepStretch(operations, start, Math.min(operations.events.length, event + BEYOND), deadline);
    if (died !== undefined) return died;
    if (start === 0) break;
  }
  return undefined;
}

/**
 * Sweeps events `start` to `end` alone, from a superset of what can be at `start` (from the initial value where it is 0).
 * Answers the event that no configuration survived: then the history is illegal.
 */
export function sweepStretch(
  operations: RegisterOperations,
  start: number,
  end: number,
  deadline: Deadline,
): number | undefined {
  const { events, kinds, calls } = operations;
  const returns = operations.returns.slice();
  const writes: number[] = [];
  const unknown: number[] = [];
  for (let op = 0; op < operations.count && calls[op] < start; op++) {
    if (returns[op] < start || kinds[op] === READ) continue;
    if (kinds[op] === WRITE && returns[op] !== NEVER) writes.push(op);
    else {
      // Whether an open cas took effect already is not known: as an unknown update it may do so, or not.
      returns[op] = NEVER;
      unknown.push(op);
    }
  }
  const sweep = new Sweep({ ...operations, returns }, deadline, 'free', undefined);
  try {
    for (const op of unknown) if (sweep.invoke(op, start)) return undefined;
    if (start > 0) sweep.startAnywhere(writes);
    for (let at = start; at < end; at++) {
      deadline.tick();
      const code = events[at];
      if (code >= 0) {
        if (sweep.invoke(code, at)) return undefined;
      } else if (calls[~code] >= start || (kinds[~code] === WRITE && returns[~code] !== NEVER)) {
        if (!sweep.complete(~code, at)) return at;
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
  }
  return undefined;
}
