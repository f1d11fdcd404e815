import type { Operation, Process } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step, Thread } from '../generator.js';
import { continued, DONE, wait } from '../generator.js';
import { slotOf, ThreadSet, ThreadView } from '../threads.js';

/** A copy for every thread, each on its own. Done when all copies are. */
export function eachThread(generator: Generator): Generator {
  return new Each(generator, 'thread', []);
}

/** A copy for every logical process: a thread whose process was replaced begins anew. */
export function eachProcess(generator: Generator): Generator {
  return new Each(generator, 'process', []);
}

interface Copy {
  readonly process: Process;
  readonly generator: Generator | undefined;
  readonly thread: ThreadSet;
}

class Each implements Generator {
  constructor(
    private readonly original: Generator,
    private readonly per: 'thread' | 'process',
    /** By slot; absent until first asked. */
    private readonly copies: readonly (Copy | undefined)[],
  ) {}

  next(context: GeneratorContext): Step {
    let copies = this.copies;
    let untilTime = Number.POSITIVE_INFINITY;
    for (const thread of context.freeThreads) {
      const copy = this.copyOn(copies, thread, context);
      const step = copy.generator?.next(new ThreadView(context, copy.thread)) ?? DONE;
      if (step.kind === 'emit') return continued(step, (next) => this.with(replace(copies, thread, copy, next)));
      if (step.kind === 'wait') untilTime = Math.min(untilTime, step.untilTime ?? Number.POSITIVE_INFINITY);
      copies = replace(copies, thread, copy, step.kind === 'wait' ? step.next : undefined);
    }
    const over = (thread: Thread) => {
      const copy = copies[slotOf(thread)];
      return context.isFree(thread) && copy !== undefined && copy.generator === undefined;
    };
    if (context.threads.every(over)) return DONE;
    return wait(this.with(copies), Number.isFinite(untilTime) ? untilTime : undefined);
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const thread = context.threadOf(event.process);
    const copy = this.copies[slotOf(thread)];
    if (copy?.generator === undefined || (this.per === 'process' && copy.process !== event.process)) return this;
    const updated = copy.generator.update(new ThreadView(context, copy.thread), event);
    return updated === copy.generator ? this : this.with(replace(this.copies, thread, copy, updated));
  }

  private copyOn(copies: readonly (Copy | undefined)[], thread: Thread, context: GeneratorContext): Copy {
    const present = copies[slotOf(thread)];
    const process = context.processOf(thread);
    if (present !== undefined && (this.per === 'thread' || present.process === process)) return present;
    return { process, generator: this.original, thread: present?.thread ?? new ThreadSet([thread]) };
  }

  private with(copies: readonly (Copy | undefined)[]): Each {
    return copies === this.copies ? this : new Each(this.original, this.per, copies);
  }
}

function replace(
  copies: readonly (Copy | undefined)[],
  thread: Thread,
  copy: Copy,
  generator: Generator | undefined,
): readonly (Copy | undefined)[] {
  const slot = slotOf(thread);
  if (copies[slot] === copy && copy.generator === generator) return copies;
  const changed = copies.slice();
  changed[slot] = { ...copy, generator };
  return changed;
}
