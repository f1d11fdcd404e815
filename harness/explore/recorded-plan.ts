import type { Phase } from '../history/faults.js';
import { phasesOf } from '../history/faults-of.js';
import { type History, INVOKE, NEMESIS, NONE } from '../history/history.js';
import { UserError } from '../kit/errors.js';
import type { Plan, PlannedOperation, ScheduledFault } from '../run/plan.js';
import { askedIn } from '../run/plan-making.js';

/**
 * The plan that issues again what a run recorded: the same operations on the same threads at the same times, and the
 * faults when they really began and ended. Where a generator decides by what it sees (a compare-and-set of the value
 * read last), another run of the same seed would issue others. A fault that was aimed begins again after as many
 * operations as it did. Throws a {@link UserError} where nothing was recorded.
 */
export function recordedPlan(plan: Plan, history: History): Plan {
  const phases = phasesOf(history);
  const warmUp = phases.find(({ name }) => name === 'warm-up');
  if (warmUp === undefined)
    throw new UserError(`run ${plan.runId} ended before its clients began: nothing to issue again`);
  const faults = phases.find(({ name }) => name === 'faults');
  const schedule = recordedSchedule(plan, history);
  return {
    ...plan,
    operations: operationsOf(plan, history, warmUp, phases),
    schedule,
    asked: askedIn(schedule),
    // A run that was ended early has nothing to issue after that.
    timeLimitMs: Math.min(plan.timeLimitMs, faults === undefined ? 0 : Math.ceil(lengthMs(faults))),
  };
}

function operationsOf(
  plan: Plan,
  history: History,
  warmUp: Phase,
  phases: readonly Phase[],
): readonly PlannedOperation[] {
  const threads = plan.workloads.reduce((sum, { concurrency }) => sum + concurrency, 0);
  const { types, processes, times, keys, keyNames, workloads, workloadNames, functions, functionNames } =
    history.columns;
  const endTime = phases.find(({ name }) => name === 'final')?.startTime ?? Number.POSITIVE_INFINITY;
  const operations: PlannedOperation[] = [];
  for (let at = 0; at < history.length && times[at] < endTime; at++) {
    if (types[at] !== INVOKE || processes[at] === NEMESIS) continue;
    operations.push({
      thread: processes[at] % threads,
      atMs: Math.max(0, (times[at] - warmUp.startTime) / 1e6),
      f: functionNames[functions[at]],
      value: history.value(at),
      ...(keys[at] !== NONE && { key: keyNames[keys[at]] }),
      ...(workloads[at] !== NONE && { workload: workloadNames[workloads[at]] }),
    });
  }
  return operations;
}

/** What became of a fault of the schedule. */
interface Course {
  beganTime?: number;
  /** Operations of clients invoked before it. */
  invocations?: number;
  healTime?: number;
}

/** The faults of a plan that came about, when they really began and ended. */
export function recordedSchedule(plan: Plan, history: History): readonly ScheduledFault[] {
  const faults = phasesOf(history).find(({ name }) => name === 'faults');
  if (faults === undefined) return [];
  const courses = coursesOf(history);
  return plan.schedule.flatMap((fault) => {
    const { beganTime, invocations, healTime } = courses.get(fault.request.id) ?? {};
    if (beganTime === undefined) return [];
    const forMs = healTime === undefined ? fault.forMs : (healTime - beganTime) / 1e6;
    if (fault.trigger !== undefined) {
      return [{ ...fault, forMs, trigger: { kind: 'invocations', count: invocations! } as const }];
    }
    return [{ ...fault, forMs, atMs: Math.max(0, (beganTime - faults.startTime) / 1e6) }];
  });
}

function coursesOf(history: History): ReadonlyMap<number, Course> {
  const { types, processes } = history.columns;
  const courses = new Map<number, Course>();
  let invocations = 0;
  for (let at = 0; at < history.length; at++) {
    if (types[at] !== INVOKE) continue;
    if (processes[at] !== NEMESIS) {
      invocations++;
      continue;
    }
    const { f, time, value } = history.event(at);
    const id = (value as { readonly id?: unknown } | null)?.id;
    if (typeof id !== 'number') continue;
    const course = courses.get(id) ?? {};
    courses.set(id, course);
    if (f === 'heal') course.healTime ??= time;
    else if (course.beganTime === undefined) Object.assign(course, { beganTime: time, invocations });
  }
  return courses;
}

function lengthMs({ startTime, endTime }: Phase): number {
  return (endTime - startTime) / 1e6;
}
