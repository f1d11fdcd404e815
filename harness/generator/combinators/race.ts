import type { Operation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { DONE, wait } from '../generator.js';

/**
 * Whichever is ready first; among several, the one that goes earliest, turn by turn. Events reach all of them.
 * Done when all are. Meant for generators on threads of their own ({@link onThreads}, {@link reserve}).
 */
export function race(...generators: readonly Generator[]): Generator {
  return new Race(generators, 0);
}

class Race implements Generator {
  constructor(
    private readonly generators: readonly Generator[],
    /** The one asked first, so that none starves behind an ever-ready one. */
    private readonly first: number,
  ) {}

  next(context: GeneratorContext): Step {
    const count = this.generators.length;
    let chosen = -1;
    let best: Step = DONE;
    let untilTime = Number.POSITIVE_INFINITY;
    let waiting = false;
    let generators = this.generators;
    for (let offset = 0; offset < count; offset++) {
      const index = (this.first + offset) % count;
      const step = this.generators[index].next(context);
      if (step.kind === 'wait') {
        waiting = true;
        untilTime = Math.min(untilTime, step.untilTime ?? Number.POSITIVE_INFINITY);
        // What it learned by being asked (when its time began) must not be lost while others go first.
        if (step.next !== generators[index]) generators = generators.with(index, step.next);
      } else if (step.kind === 'emit' && (best.kind !== 'emit' || step.emitted.time < best.emitted.time)) {
        best = step;
        chosen = index;
        if (step.emitted.time <= context.time) break;
      }
    }
    // A later emission gives way to one that wants to be asked before; it will be answered the same again.
    if (best.kind === 'emit' && (best.emitted.time <= context.time || best.emitted.time <= untilTime)) {
      const next = new Race(generators.with(chosen, best.next), (chosen + 1) % count);
      return { kind: 'emit', emitted: best.emitted, next };
    }
    if (!waiting) return best;
    const next = generators === this.generators ? this : new Race(generators, this.first);
    return wait(next, Number.isFinite(untilTime) ? untilTime : undefined);
  }

  update(context: GeneratorContext, event: Operation): Generator {
    let generators = this.generators;
    for (let index = 0; index < generators.length; index++) {
      const updated = generators[index].update(context, event);
      if (updated !== generators[index]) generators = generators.with(index, updated);
    }
    return generators === this.generators ? this : new Race(generators, this.first);
  }
}
