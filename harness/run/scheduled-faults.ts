import type { FaultRequest } from '../history/faults.js';
import type { Invocation, Json, Operation } from '../history/operation.js';
import { continued, DONE, wait } from '../generator/generator.js';
import type { Generator, GeneratorContext, Step } from '../generator/generator.js';
import type { ScheduledFault } from './plan.js';

/** Tells whether what an aimed fault waits for has happened. */
export interface TriggerWatch {
  /** Why it fired, in plain words, or undefined so far. The first question begins the wait. */
  fired(fault: ScheduledFault): string | undefined;
}

const NEVER: TriggerWatch = { fired: () => undefined };

/**
 * Injects and heals by the schedule, counted from when it is asked first. Faults that overlap in the schedule overlap;
 * all others come one after the other, also where injecting takes long. A fault that took long to inject still acts for
 * half its length at least; one that could not be injected needs no healing. An aimed fault begins when its trigger
 * fires, whatever is in place then. For the nemesis' thread.
 */
export function scheduledFaults(schedule: readonly ScheduledFault[], triggers: TriggerWatch = NEVER): Generator {
  const left = [...schedule].sort((a, b) => a.atMs - b.atMs);
  return new Scheduled({ left, triggers, startTime: undefined, inPlace: [] });
}

/** The generator's steps until it is over; the end of a phase is known only when it comes. */
export function untilOver(isOver: () => boolean, generator: Generator): Generator {
  return new UntilOver(isOver, generator);
}

class UntilOver implements Generator {
  constructor(
    private readonly isOver: () => boolean,
    private readonly generator: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    if (this.isOver()) return DONE;
    return continued(this.generator.next(context), (next) => new UntilOver(this.isOver, next));
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = this.generator.update(context, event);
    return updated === this.generator ? this : new UntilOver(this.isOver, updated);
  }
}

/** A fault whose healing is to come, ns. */
interface InPlace {
  readonly fault: ScheduledFault;
  readonly healTime: number;
}

interface State {
  readonly left: readonly ScheduledFault[];
  readonly triggers: TriggerWatch;
  readonly startTime: number | undefined;
  /** The last one injected first. */
  readonly inPlace: readonly InPlace[];
}

/** Something to do at a time, ns. */
type Due =
  | { readonly kind: 'heal'; readonly time: number; readonly what: InPlace }
  | { readonly kind: 'inject'; readonly time: number; readonly what: ScheduledFault; readonly why?: string };

/** Triggers are looked at so often where nothing else happens. */
const LOOK_NS = 50e6;

class Scheduled implements Generator {
  /** Where the clock alone decides: what comes first, which stays the same however often it is asked for. */
  private timed: Due | undefined;

  constructor(private readonly state: State) {}

  next(context: GeneratorContext): Step {
    const startTime = this.state.startTime ?? context.time;
    const state = startTime === this.state.startTime ? this.state : { ...this.state, startTime };
    const started = state === this.state ? this : new Scheduled(state);
    const thread = context.freeThread();
    if (thread === undefined) return wait(started);
    if (state.left.length + state.inPlace.length === 0) return DONE;
    const aimed = state.left.some(({ trigger }) => trigger !== undefined);
    const first = () => earliest([...healings(state), ...injections(state, startTime, context.time)]);
    const due = aimed ? first() : (started.timed ??= first());
    if (due === undefined || context.time < due.time) {
      const lookTime = aimed ? context.time + LOOK_NS : Number.POSITIVE_INFINITY;
      return wait(started, Math.min(due?.time ?? lookTime, lookTime));
    }
    const invocation = due.kind === 'heal' ? healing(due.what) : injection(due.what, due.why);
    return {
      kind: 'emit',
      emitted: { invocation, thread, time: context.time },
      next: new Scheduled(after(state, due)),
    };
  }

  update(_context: GeneratorContext, event: Operation): Generator {
    if (event.type === 'invoke' || event.f === 'heal') return this;
    // The nemesis' thread does one thing at a time: what ended is the injection that was asked for last.
    const [injected, ...others] = this.state.inPlace;
    if (injected === undefined) return this;
    if (event.type !== 'ok') return new Scheduled({ ...this.state, inPlace: others });
    const healTime = Math.max(injected.healTime, event.time + (injected.fault.forMs * 1e6) / 2);
    return new Scheduled({ ...this.state, inPlace: [{ ...injected, healTime }, ...others] });
  }
}

const healing = ({ fault }: InPlace): Invocation => ({ f: 'heal', value: { id: fault.request.id } });

function injection({ request }: ScheduledFault, firedBy: string | undefined): Invocation {
  const value: Json = firedBy === undefined ? jsonOf(request) : { ...jsonOf(request), firedBy };
  return { f: request.kind, value };
}

function healings({ inPlace }: State): readonly Due[] {
  return inPlace.map((what) => ({ kind: 'heal', time: what.healTime, what }));
}

function injections({ left, inPlace, triggers }: State, startTime: number, now: number): readonly Due[] {
  return left.flatMap((fault): readonly Due[] => {
    const time = startTime + fault.atMs * 1e6;
    if (fault.trigger === undefined) {
      const blocked = inPlace.some((other) => other.fault.trigger === undefined && !overlap(other.fault, fault));
      return blocked ? [] : [{ kind: 'inject', time, what: fault }];
    }
    const why = now < time ? undefined : triggers.fired(fault);
    return why === undefined ? [] : [{ kind: 'inject', time: now, what: fault, why }];
  });
}

const overlap = (earlier: ScheduledFault, later: ScheduledFault): boolean => later.atMs < earlier.atMs + earlier.forMs;

/** Of those at the same time the first: healing before injecting. */
function earliest(dues: readonly Due[]): Due | undefined {
  return dues.reduce<Due | undefined>(
    (best, due) => (best === undefined || due.time < best.time ? due : best),
    undefined,
  );
}

/** What is left to do once this has been asked for. */
function after(state: State, due: Due): State {
  if (due.kind === 'heal') return { ...state, inPlace: state.inPlace.filter((each) => each !== due.what) };
  const placed = { fault: due.what, healTime: due.time + due.what.forMs * 1e6 };
  return { ...state, left: state.left.filter((fault) => fault !== due.what), inPlace: [placed, ...state.inPlace] };
}

/** A request as a journal value. */
export function jsonOf(request: FaultRequest): { readonly [name: string]: Json } {
  const { id, kind, target, order, options } = request;
  return { id, kind, target, order, ...(options !== undefined && { options }) };
}
