import type { Invocation } from '../../history/operation.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { DONE, wait } from '../generator.js';

/** An invocation of a recorded run. */
export interface RecordedInvocation {
  readonly invocation: Invocation;
  readonly thread: number;
  /** After the generator was asked first, ns. */
  readonly time: number;
}

/**
 * Issues recorded invocations again: each on its thread, in the order of the thread, not before its time. A thread that
 * is behind goes on as soon as it is free, so that what took longer than it did in the record shifts only what follows
 * on the same thread.
 */
export function recorded(invocations: readonly RecordedInvocation[]): Generator {
  const queues = new Map<number, RecordedInvocation[]>();
  for (const each of invocations) {
    const queue = queues.get(each.thread);
    if (queue === undefined) queues.set(each.thread, [each]);
    else queue.push(each);
  }
  return new Recorded([...queues.values()], new Array<number>(queues.size).fill(0), undefined);
}

class Recorded implements Generator {
  constructor(
    /** By thread; never changed. */
    private readonly queues: readonly (readonly RecordedInvocation[])[],
    /** Issued so far, of each queue. */
    private readonly issued: readonly number[],
    private readonly startTime: number | undefined,
  ) {}

  next(context: GeneratorContext): Step {
    const startTime = this.startTime ?? context.time;
    let earliest = -1;
    let earliestTime = Number.POSITIVE_INFINITY;
    let left = false;
    for (let at = 0; at < this.queues.length; at++) {
      const head = this.queues[at].at(this.issued[at]);
      if (head === undefined) continue;
      left = true;
      if (head.time >= earliestTime || !context.isFree(head.thread)) continue;
      earliest = at;
      earliestTime = head.time;
    }
    if (!left) return DONE;
    const started = startTime === this.startTime ? this : new Recorded(this.queues, this.issued, startTime);
    if (earliest < 0) return wait(started);
    const { invocation, thread, time } = this.queues[earliest][this.issued[earliest]];
    if (startTime + time > context.time) return wait(started, startTime + time);
    const issued = this.issued.with(earliest, this.issued[earliest] + 1);
    const next = new Recorded(this.queues, issued, startTime);
    return { kind: 'emit', emitted: { invocation, thread, time: context.time }, next };
  }

  update(): Generator {
    return this;
  }
}
