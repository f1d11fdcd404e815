import type { FaultRequest } from '../history/faults.js';
import type { Json, Operation } from '../history/operation.js';
import { DONE, wait } from '../generator/generator.js';
import type { Generator, GeneratorContext, Step } from '../generator/generator.js';
import type { ScheduledFault } from './plan.js';

/**
 * Injects and heals by the schedule, counted from when it is asked first; one after the other where they come late.
 * A fault that took long to inject still acts for half its length at least; one that could not be injected needs no
 * healing. For the nemesis' thread.
 */
export function scheduledFaults(schedule: readonly ScheduledFault[]): Generator {
  return new Scheduled(schedule, undefined, undefined);
}

/** A fault whose healing is to come, ns. */
interface InPlace {
  readonly id: number;
  readonly healTime: number;
  readonly forNs: number;
}

class Scheduled implements Generator {
  constructor(
    private readonly left: readonly ScheduledFault[],
    private readonly startTime: number | undefined,
    private readonly inPlace: InPlace | undefined,
  ) {}

  next(context: GeneratorContext): Step {
    const startTime = this.startTime ?? context.time;
    const started = startTime === this.startTime ? this : new Scheduled(this.left, startTime, this.inPlace);
    const thread = context.freeThread();
    if (thread === undefined) return wait(started);
    const [fault, ...others] = this.left;
    if (this.inPlace !== undefined) {
      const { id, healTime } = this.inPlace;
      if (context.time < healTime) return wait(started, healTime);
      const emitted = { invocation: { f: 'heal', value: { id } }, thread, time: context.time };
      return { kind: 'emit', emitted, next: new Scheduled(this.left, startTime, undefined) };
    }
    if (fault === undefined) return DONE;
    const dueTime = startTime + fault.atMs * 1e6;
    if (context.time < dueTime) return wait(started, dueTime);
    const { request, forMs } = fault;
    const inPlace = { id: request.id, healTime: dueTime + forMs * 1e6, forNs: forMs * 1e6 };
    const emitted = { invocation: { f: request.kind, value: jsonOf(request) }, thread, time: context.time };
    return { kind: 'emit', emitted, next: new Scheduled(others, startTime, inPlace) };
  }

  update(_context: GeneratorContext, event: Operation): Generator {
    const { inPlace } = this;
    if (inPlace === undefined || event.type === 'invoke' || event.f === 'heal') return this;
    if (event.type !== 'ok') return new Scheduled(this.left, this.startTime, undefined);
    const healTime = Math.max(inPlace.healTime, event.time + inPlace.forNs / 2);
    return new Scheduled(this.left, this.startTime, { ...inPlace, healTime });
  }
}

/** A request as a journal value. */
export function jsonOf(request: FaultRequest): { readonly [name: string]: Json } {
  const { id, kind, target, order, options } = request;
  return { id, kind, target, order, ...(options !== undefined && { options }) };
}
