import type { Plan } from '../../run/plan.js';
import { phasesOf } from '../../history/faults-of.js';
import { reduceNumber } from './reduce.js';
import type { Pass, Shrinking } from './shrinking.js';

const GRAIN_MS = 100;
/** A run so short need not be shorter. */
const SHORT_MS = 200;

/** Ends sooner: first right after what proves the violation, then as soon as may be. */
export const shorterRun: Pass = async (shrinking) => {
  const endMs = evidenceEndMs(shrinking);
  if (endMs !== undefined && endMs < shrinking.plan.timeLimitMs) await shrinking.try({ timeLimitMs: endMs });
  await reduceNumber(shrinking.plan.timeLimitMs, 0, GRAIN_MS, (timeLimitMs) => shrinking.try({ timeLimitMs }));
};

/** Begins later: the time before the first fault is left out with its operations; all of it, half of it, a quarter. */
export const laterStart: Pass = async (shrinking) => {
  const { operations, schedule, timeLimitMs } = shrinking.plan;
  if (operations === undefined || schedule.length === 0) return;
  const firstMs = Math.min(timeLimitMs, ...schedule.map(({ atMs }) => atMs));
  for (let cutMs = firstMs; cutMs >= GRAIN_MS; cutMs = Math.floor(cutMs / 2)) {
    while (cutMs <= firstFaultMs(shrinking) && (await shrinking.try(startingLater(shrinking.plan, cutMs))));
  }
};

function firstFaultMs({ plan }: Shrinking): number {
  return Math.min(...plan.schedule.map(({ atMs }) => atMs));
}

function startingLater({ operations = [], schedule, timeLimitMs }: Plan, cutMs: number): Partial<Plan> {
  return {
    operations: operations.filter(({ atMs }) => atMs >= cutMs).map((each) => ({ ...each, atMs: each.atMs - cutMs })),
    schedule: schedule.map((fault) => ({ ...fault, atMs: fault.atMs - cutMs })),
    timeLimitMs: timeLimitMs - cutMs,
  };
}

/** A shorter warm-up: the faults come sooner, and operations that a plan prescribes with them. */
export const shorterWarmUp: Pass = async (shrinking) => {
  await reduceNumber(shrinking.plan.warmUpMs, 0, GRAIN_MS, (warmUpMs) => {
    const { plan } = shrinking;
    const soonerMs = plan.warmUpMs - warmUpMs;
    const operations = plan.operations?.map((each) => ({ ...each, atMs: Math.max(0, each.atMs - soonerMs) }));
    return shrinking.try({ warmUpMs, ...(operations && { operations }) });
  });
};

/** Everything that is prescribed happens in half the time, again and again. */
export const squeezed: Pass = async (shrinking) => {
  while (lengthMs(shrinking.plan) > SHORT_MS && (await shrinking.try(scaled(shrinking.plan, 0.5))));
};

/** Of a plan that prescribes its operations; else 0: there it is the end of the faults that says how many there are. */
function lengthMs({ operations, warmUpMs, timeLimitMs }: Plan): number {
  if (operations === undefined) return 0;
  return operations.reduce((latestMs, { atMs }) => Math.max(latestMs, atMs), warmUpMs + timeLimitMs);
}

function scaled({ operations, schedule, warmUpMs, timeLimitMs }: Plan, factor: number): Partial<Plan> {
  const ms = (value: number) => Math.round(value * factor * 1000) / 1000;
  return {
    operations: operations?.map((each) => ({ ...each, atMs: ms(each.atMs) })),
    schedule: schedule.map((fault) => ({ ...fault, atMs: ms(fault.atMs), forMs: ms(fault.forMs) })),
    warmUpMs: ms(warmUpMs),
    timeLimitMs: Math.ceil(timeLimitMs * factor),
  };
}

/** When the first violation was complete, in ms after the faults phase began; undefined where it was not in it. */
function evidenceEndMs({ current }: Shrinking): number | undefined {
  const { history, anomalies } = current;
  const begin = phasesOf(history).find(({ name }) => name === 'faults')?.startTime;
  if (begin === undefined) return undefined;
  const { indices, times } = history.columns;
  const timeAt = new Map<number, number>();
  for (let position = 0; position < history.length; position++) timeAt.set(indices[position], times[position]);
  const ends = anomalies.map(({ operations }) => Math.max(...operations.map((index) => timeAt.get(index) ?? Infinity)));
  const endMs = Math.ceil((Math.min(...ends) - begin) / 1e6) + 1;
  return Number.isFinite(endMs) ? Math.max(0, endMs) : undefined;
}
