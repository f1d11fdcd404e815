import type { Invocation, Operation, Process } from '../history/operation.js';
import type { ThreadSet } from './threads.js';

/**
 * What a generator may know when asked. It shows the moment of the call: use it there, do not keep it.
 */
export interface GeneratorContext {
  /** Nanoseconds since the run began. */
  readonly time: number;
  /**
   * All threads this generator may use, free or not. A thread is a slot that runs one logical process at a time
   * (0…concurrency−1, or `nemesis`); after an `info` its process number is replaced and the thread goes on.
   * The same array as long as the threads are the same.
   */
  readonly threads: readonly Thread[];
  /** Those that are free, longest free first. Allocates; {@link freeThread} does not. */
  readonly freeThreads: readonly Thread[];
  /** The thread that has been free for longest, `among` these threads (a subset of `threads`) or all. */
  freeThread(among?: ThreadSet): Thread | undefined;
  isFree(thread: Thread): boolean;
  /** The logical process currently on a thread. */
  processOf(thread: Thread): Process;
  /** The thread on which a logical process runs, or ran. */
  threadOf(process: Process): Thread;
}

export type Thread = number | 'nemesis';

/** An operation ready to go. */
export interface Emitted {
  readonly invocation: Invocation;
  readonly thread: Thread;
  /** Not to be issued before this time, ns. */
  readonly time: number;
}

export type Step =
  | { readonly kind: 'emit'; readonly emitted: Emitted; readonly next: Generator }
  /** Nothing yet; ask again after an event, or at `untilTime` (ns) where given. */
  | { readonly kind: 'wait'; readonly untilTime?: number; readonly next: Generator }
  | { readonly kind: 'done' };

/**
 * A pure value that decides what happens next (after Jepsen's pure generators). Asking twice gives the same answer;
 * all randomness lives in the value, so that one seed decides every choice.
 */
export interface Generator {
  next(context: GeneratorContext): Step;
  /**
   * Tells it about an event (an invocation issued or a completion received). It answers itself when nothing changes,
   * so that those around it need not be made anew.
   */
  update(context: GeneratorContext, event: Operation): Generator;
}

export const DONE: Step = { kind: 'done' };

/** An answer of `wait`; asked again after an event, or at `untilTime` (ns) where given. */
export function wait(next: Generator, untilTime?: number): Step {
  return untilTime === undefined ? { kind: 'wait', next } : { kind: 'wait', untilTime, next };
}

/** The same step with what comes after it wrapped; `done` stays done. */
export function continued(step: Step, wrap: (next: Generator) => Generator): Step {
  switch (step.kind) {
    case 'done':
      return step;
    case 'wait':
      return wait(wrap(step.next), step.untilTime);
    case 'emit':
      return { kind: 'emit', emitted: step.emitted, next: wrap(step.next) };
  }
}
