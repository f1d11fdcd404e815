import type { Invocation, Operation } from '../../history/operation.js';
import type { Dice, Random } from '../../kit/random.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { DONE, wait } from '../generator.js';

/** An endless stream: each operation is drawn anew from the dice. `f` must be pure apart from the dice. */
export function fromFunction(f: (dice: Dice, context: GeneratorContext) => Invocation, random: Random): Generator {
  return new Drawn((_, dice, context) => [f(dice, context), undefined], undefined, random, undefined);
}

/** An endless stream with memory: a counter for unique ids, or what past events told it. */
export interface StatefulSource<State> {
  readonly initial: State;
  /** The next operation and the state after it; pure apart from the dice. */
  readonly next: (state: State, dice: Dice, context: GeneratorContext) => readonly [Invocation, State];
  /** The state after an event; answer the same state where nothing changes. Sees every event that reaches it. */
  readonly observe?: (state: State, event: Operation) => State;
}

export function fromState<State>(source: StatefulSource<State>, random: Random): Generator {
  return new Drawn(source.next, source.observe, random, source.initial);
}

class Drawn<State> implements Generator {
  constructor(
    private readonly draw: StatefulSource<State>['next'],
    private readonly observe: StatefulSource<State>['observe'],
    private readonly random: Random,
    private readonly state: State,
  ) {}

  next(context: GeneratorContext): Step {
    const thread = context.freeThread();
    if (thread === undefined) return wait(this);
    const [[invocation, state], random] = this.random.draw((dice) => this.draw(this.state, dice, context));
    const next = new Drawn(this.draw, this.observe, random, state);
    return { kind: 'emit', emitted: { invocation, thread, time: context.time }, next };
  }

  update(_context: GeneratorContext, event: Operation): Generator {
    const state = this.observe?.(this.state, event) ?? this.state;
    return state === this.state ? this : new Drawn(this.draw, this.observe, this.random, state);
  }
}

/** The same operation over and over: for ever, or `times` times. */
export function repeat(invocation: Invocation, times: number = Number.POSITIVE_INFINITY): Generator {
  return new Repeated(invocation, times);
}

/** One operation. */
export function once(invocation: Invocation): Generator {
  return repeat(invocation, 1);
}

/** Nothing, and done. */
export const nothing: Generator = { next: () => DONE, update: () => nothing };

class Repeated implements Generator {
  constructor(
    private readonly invocation: Invocation,
    private readonly times: number,
  ) {}

  next(context: GeneratorContext): Step {
    if (this.times <= 0) return DONE;
    const thread = context.freeThread();
    if (thread === undefined) return wait(this);
    const emitted = { invocation: this.invocation, thread, time: context.time };
    return { kind: 'emit', emitted, next: new Repeated(this.invocation, this.times - 1) };
  }

  update(): Generator {
    return this;
  }
}
