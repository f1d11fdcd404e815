import type { Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { continued, DONE, wait } from '../generator.js';

/** At most `count` operations. */
export function limit(count: number, generator: Generator): Generator {
  return new Limit(count, generator);
}

/** Nothing later than `limitMs` after it was asked first. */
export function timeLimit(limitMs: number, generator: Generator): Generator {
  return new TimeLimit(limitMs * 1e6, undefined, generator);
}

/** Nothing earlier than `delayMs` after it was asked first. */
export function after(delayMs: number, generator: Generator): Generator {
  return new After(delayMs * 1e6, undefined, generator);
}

class Limit implements Generator {
  constructor(
    private readonly left: number,
    private readonly generator: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    if (this.left <= 0) return DONE;
    const step = this.generator.next(context);
    const left = step.kind === 'emit' ? this.left - 1 : this.left;
    return continued(step, (next) => new Limit(left, next));
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = this.generator.update(context, event);
    return updated === this.generator ? this : new Limit(this.left, updated);
  }
}

class TimeLimit implements Generator {
  constructor(
    private readonly limitNs: number,
    private readonly endTime: number | undefined,
    private readonly generator: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    const endTime = this.endTime ?? context.time + this.limitNs;
    if (context.time >= endTime) return DONE;
    const step = this.generator.next(context);
    if (step.kind === 'emit' && step.emitted.time >= endTime) {
      return wait(new TimeLimit(this.limitNs, endTime, this.generator), endTime);
    }
    const wrapped = continued(step, (next) => new TimeLimit(this.limitNs, endTime, next));
    return wrapped.kind === 'wait'
      ? { ...wrapped, untilTime: Math.min(wrapped.untilTime ?? endTime, endTime) }
      : wrapped;
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = this.generator.update(context, event);
    return updated === this.generator ? this : new TimeLimit(this.limitNs, this.endTime, updated);
  }
}

class After implements Generator {
  constructor(
    private readonly delayNs: number,
    private readonly startTime: number | undefined,
    private readonly generator: Generator,
  ) {}

  next(context: GeneratorContext): Step {
    const startTime = this.startTime ?? context.time + this.delayNs;
    if (context.time >= startTime) return this.generator.next(context);
    return wait(new After(this.delayNs, startTime, this.generator), startTime);
  }

  update(): Generator {
    return this;
  }
}
