import type { Invocation, Operation, Process } from '../history/operation.js';

/** What a generator may know when asked. Immutable. */
export interface GeneratorContext {
  /** Nanoseconds since the run began. */
  readonly time: number;
  /**
   * Threads that are free. A thread is a slot that runs one logical process at a time (0…concurrency−1, or `nemesis`);
   * after an `info` its process number is replaced and the thread goes on.
   */
  readonly freeThreads: readonly Thread[];
  /** All threads this generator may use, free or not. */
  readonly threads: readonly Thread[];
  /** The logical process currently on a thread. */
  processOf(thread: Thread): Process;
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
  /** Tells it about an event (an invocation issued or a completion received). */
  update(context: GeneratorContext, event: Operation): Generator;
}
