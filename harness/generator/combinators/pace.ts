import type { Operation } from '../../history/operation.js';
import type { Random } from '../../kit/random.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { continued, wait } from '../generator.js';

/** How far behind its timetable a pace may catch up by a burst, ns; a longer stall is forgotten. */
const CATCH_UP_NS = 100e6;

/** `rateHz` operations a second over all threads, with exponential gaps as of independent customers. */
export function rate(rateHz: number, generator: Generator, random: Random): Generator {
  const meanNs = 1e9 / rateHz;
  return paced(generator, random, CATCH_UP_NS, (uniform) => -Math.log(1 - uniform) * meanNs);
}

/** Gaps drawn uniformly between 0 and twice the mean, over all threads. */
export function stagger(meanMs: number, generator: Generator, random: Random): Generator {
  return paced(generator, random, CATCH_UP_NS, (uniform) => 2 * uniform * meanMs * 1e6);
}

/** At least `gapMs` from one operation to the next; the first goes at once. */
export function delay(gapMs: number, generator: Generator): Generator {
  return new Paced(generator, { catchUpNs: 0, draw: (random) => [gapMs * 1e6, random] }, undefined, 0);
}

function paced(generator: Generator, random: Random, catchUpNs: number, gapNs: (uniform: number) => number): Generator {
  const draw: Pace['draw'] = (source) => {
    const [uniform, next] = source!.draw((dice) => dice.float());
    return [gapNs(uniform), next];
  };
  const [firstNs, next] = draw(random);
  return new Paced(generator, { catchUpNs, draw }, next, firstNs);
}

interface Pace {
  readonly catchUpNs: number;
  /** The next gap in ns, and the source after it. */
  readonly draw: (random: Random | undefined) => readonly [number, Random | undefined];
}

class Paced implements Generator {
  /** `dueTime` is undefined until it was asked first; `firstNs` after that moment the first operation is due. */
  constructor(
    private readonly generator: Generator,
    private readonly pace: Pace,
    private readonly random: Random | undefined,
    private readonly firstNs: number,
    private readonly dueTime?: number,
  ) {}

  next(context: GeneratorContext): Step {
    const dueTime = this.dueTime ?? context.time + this.firstNs;
    if (context.time < dueTime) return wait(this.with(this.generator, this.random, dueTime), dueTime);
    const step = this.generator.next(context);
    if (step.kind !== 'emit') return continued(step, (next) => this.with(next, this.random, dueTime));
    // Timers are coarser than the gaps of a high rate: without catching up, each late wake-up would slow the whole pace.
    const issueTime = Math.max(step.emitted.time, context.time);
    const [gapNs, random] = this.pace.draw(this.random);
    const nextTime = Math.max(dueTime, issueTime - this.pace.catchUpNs) + gapNs;
    return { kind: 'emit', emitted: step.emitted, next: this.with(step.next, random, nextTime) };
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = this.generator.update(context, event);
    return updated === this.generator ? this : this.with(updated, this.random, this.dueTime);
  }

  private with(generator: Generator, random: Random | undefined, dueTime: number | undefined): Paced {
    return generator === this.generator && random === this.random && dueTime === this.dueTime
      ? this
      : new Paced(generator, this.pace, random, this.firstNs, dueTime);
  }
}
