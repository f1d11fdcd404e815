import type { ScheduledFault } from '../../run/plan.js';
import { reduceList, reduceNumber } from './reduce.js';
import type { Pass, Shrinking } from './shrinking.js';

/** A fault shorter than this is over before it does anything. */
const SHORTEST_FAULT_MS = 50;
const GRAIN_MS = 50;

/** Fewer faults. */
export const fewerFaults: Pass = async (shrinking) => {
  await reduceList(shrinking.plan.schedule, (schedule) => shrinking.try({ schedule }));
};

/** Shorter faults, each by itself. */
export const shorterFaults: Pass = async (shrinking) => {
  for (let at = 0; at < shrinking.plan.schedule.length; at++) {
    const { forMs } = shrinking.plan.schedule[at];
    await reduceNumber(forMs, SHORTEST_FAULT_MS, GRAIN_MS, (shorter) =>
      shrinking.try({ schedule: changed(shrinking, at, { forMs: shorter }) }),
    );
  }
};

function changed({ plan }: Shrinking, at: number, change: Partial<ScheduledFault>): readonly ScheduledFault[] {
  return plan.schedule.map((fault, position) => (position === at ? { ...fault, ...change } : fault));
}
