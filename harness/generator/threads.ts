import type { Process } from '../history/operation.js';
import type { GeneratorContext, Thread } from './generator.js';

/** Position of a thread in tables: the nemesis first, then the clients' threads in order. */
export function slotOf(thread: Thread): number {
  return thread === 'nemesis' ? 0 : thread + 1;
}

/** An immutable set of threads with membership in constant time. */
export class ThreadSet {
  private readonly members: Uint8Array;

  constructor(readonly list: readonly Thread[]) {
    this.members = new Uint8Array(list.reduce<number>((size, thread) => Math.max(size, slotOf(thread) + 1), 0));
    for (const thread of list) this.members[slotOf(thread)] = 1;
  }

  has(thread: Thread): boolean {
    return this.members[slotOf(thread)] === 1;
  }
}

/** A context narrowed to some of its threads, for a generator that must not see the others. */
export class ThreadView implements GeneratorContext {
  constructor(
    private readonly base: GeneratorContext,
    private readonly set: ThreadSet,
  ) {}

  get time(): number {
    return this.base.time;
  }

  get threads(): readonly Thread[] {
    return this.set.list;
  }

  get freeThreads(): readonly Thread[] {
    return this.base.freeThreads.filter((thread) => this.set.has(thread));
  }

  freeThread(among?: ThreadSet): Thread | undefined {
    return this.base.freeThread(among ?? this.set);
  }

  isFree(thread: Thread): boolean {
    return this.base.isFree(thread);
  }

  processOf(thread: Thread): Process {
    return this.base.processOf(thread);
  }

  threadOf(process: Process): Thread {
    return this.base.threadOf(process);
  }
}

/**
 * Which threads are free and which process each runs: the context that an interpreter owns and changes. Free threads
 * are a doubly linked list through two arrays, in the order in which they became free, so that taking, returning and
 * finding the next cost no allocation, and work spreads over all threads.
 */
export class ThreadBoard implements GeneratorContext {
  time = 0;
  readonly threads: readonly Thread[];
  private readonly processes: Int32Array;
  /** Slot lists; the last entry is the head of the ring. A slot that is not free points at itself. */
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  private readonly head: number;
  private free = 0;

  constructor(readonly concurrency: number) {
    const clients = Array.from({ length: concurrency }, (_, thread) => thread);
    this.threads = ['nemesis', ...clients];
    this.processes = Int32Array.from(clients);
    this.head = concurrency + 1;
    this.after = Int32Array.from({ length: this.head + 1 }, (_, slot) => slot);
    this.before = Int32Array.from(this.after);
    for (const thread of this.threads) this.release(thread);
  }

  get freeCount(): number {
    return this.free;
  }

  get freeThreads(): readonly Thread[] {
    const threads: Thread[] = [];
    for (let slot = this.after[this.head]; slot !== this.head; slot = this.after[slot]) threads.push(threadAt(slot));
    return threads;
  }

  freeThread(among?: ThreadSet): Thread | undefined {
    for (let slot = this.after[this.head]; slot !== this.head; slot = this.after[slot]) {
      const thread = threadAt(slot);
      if (among === undefined || among.has(thread)) return thread;
    }
    return undefined;
  }

  isFree(thread: Thread): boolean {
    const slot = slotOf(thread);
    return this.after[slot] !== slot;
  }

  processOf(thread: Thread): Process {
    return thread === 'nemesis' ? thread : this.processes[thread];
  }

  threadOf(process: Process): Thread {
    return process === 'nemesis' ? process : process % this.concurrency;
  }

  /** Marks a free thread as busy. */
  take(thread: Thread): void {
    const slot = slotOf(thread);
    if (!this.isFree(thread)) throw new Error(`thread ${thread} is busy: a generator emitted for it all the same`);
    this.after[this.before[slot]] = this.after[slot];
    this.before[this.after[slot]] = this.before[slot];
    this.after[slot] = slot;
    this.free--;
  }

  /** Marks a busy thread as free, behind all others. */
  release(thread: Thread): void {
    const slot = slotOf(thread);
    if (this.isFree(thread)) throw new Error(`thread ${thread} is free already`);
    const last = this.before[this.head];
    this.after[last] = slot;
    this.before[slot] = last;
    this.after[slot] = this.head;
    this.before[this.head] = slot;
    this.free++;
  }

  /** Replaces the process of a thread by a fresh one, whose number was never used; answers it. */
  retire(thread: number): number {
    this.processes[thread] += this.concurrency;
    return this.processes[thread];
  }
}

function threadAt(slot: number): Thread {
  return slot === 0 ? 'nemesis' : slot - 1;
}
