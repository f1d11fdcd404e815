import type { Operation, Process } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { DONE, wait } from '../generator.js';

export interface Retry {
  /** Tries in all. */
  readonly attempts: number;
  /** From one try's end to the next try. */
  readonly gapMs?: number;
}

/**
 * One operation after the other, until one completes `ok` or the tries are used up. Each try comes from `generator`,
 * which should hold as many; it is itself done early where that is done.
 */
export function untilOk(generator: Generator, retry: Retry): Generator {
  return new UntilOk(generator, retry, { tries: 0, earliestTime: 0 });
}

interface Progress {
  readonly tries: number;
  /** ns */
  readonly earliestTime: number;
  /** Whose answer is awaited. */
  readonly awaiting?: Process;
}

class UntilOk implements Generator {
  constructor(
    private readonly generator: Generator | undefined,
    private readonly retry: Retry,
    private readonly progress: Progress,
  ) {}

  next(context: GeneratorContext): Step {
    const { tries, earliestTime, awaiting } = this.progress;
    if (awaiting !== undefined) return wait(this);
    if (this.generator === undefined || tries >= this.retry.attempts) return DONE;
    if (context.time < earliestTime) return wait(this, earliestTime);
    const step = this.generator.next(context);
    if (step.kind === 'done') return DONE;
    if (step.kind === 'wait') return wait(new UntilOk(step.next, this.retry, this.progress), step.untilTime);
    const process = context.processOf(step.emitted.thread);
    const next = new UntilOk(step.next, this.retry, { tries: tries + 1, earliestTime, awaiting: process });
    return { kind: 'emit', emitted: step.emitted, next };
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = this.generator?.update(context, event);
    if (event.process === this.progress.awaiting && event.type !== 'invoke') {
      const earliestTime = event.time + (this.retry.gapMs ?? 0) * 1e6;
      const progress = { tries: this.progress.tries, earliestTime };
      return new UntilOk(event.type === 'ok' ? undefined : updated, this.retry, progress);
    }
    return updated === this.generator ? this : new UntilOk(updated, this.retry, this.progress);
  }
}
