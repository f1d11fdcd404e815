import type { Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { continued, DONE, wait } from '../generator.js';

/** One after the other, as soon as the one before is done; its last operations may still be under way. */
export function sequence(...generators: readonly Generator[]): Generator {
  return new Sequence(generators, 0);
}

/** One after the other; each begins only when every thread is free, so that nothing of the one before is under way. */
export function phases(...generators: readonly Generator[]): Generator {
  return sequence(...generators.map(synchronize));
}

/** Begins when every thread is free. */
export function synchronize(generator: Generator): Generator {
  return new Barrier(generator);
}

/** Again from the beginning whenever it is done: for ever, or `times` times in all. */
export function cycle(generator: Generator, times: number = Number.POSITIVE_INFINITY): Generator {
  return new Cycle(generator, generator, times);
}

class Sequence implements Generator {
  constructor(
    private readonly generators: readonly Generator[],
    private readonly position: number,
    private readonly current: Generator | undefined = generators[position],
  ) {}

  next(context: GeneratorContext): Step {
    let current = this.current;
    for (let position = this.position; current !== undefined; current = this.generators[++position]) {
      const step = current.next(context);
      if (step.kind !== 'done') return continued(step, (next) => this.at(position, next));
    }
    return DONE;
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = this.current?.update(context, event);
    return this.at(this.position, updated);
  }

  private at(position: number, current: Generator | undefined): Sequence {
    return position === this.position && current === this.current
      ? this
      : new Sequence(this.generators, position, current);
  }
}

class Barrier implements Generator {
  constructor(private readonly generator: Generator) {}

  next(context: GeneratorContext): Step {
    return context.threads.every((thread) => context.isFree(thread)) ? this.generator.next(context) : wait(this);
  }

  update(): Generator {
    return this;
  }
}

class Cycle implements Generator {
  constructor(
    private readonly original: Generator,
    private readonly current: Generator,
    private readonly times: number,
  ) {}

  next(context: GeneratorContext): Step {
    if (this.times <= 0) return DONE;
    const step = this.current.next(context);
    if (step.kind !== 'done') return continued(step, (next) => this.with(next, this.times));
    if (this.times <= 1) return DONE;
    const again = this.original.next(context);
    // One that has nothing to say at all would be asked for ever.
    return continued(again, (next) => this.with(next, this.times - 1));
  }

  update(context: GeneratorContext, event: Operation): Generator {
    return this.with(this.current.update(context, event), this.times);
  }

  private with(current: Generator, times: number): Cycle {
    return current === this.current && times === this.times ? this : new Cycle(this.original, current, times);
  }
}
