/**
 * Client threads with an operation under way, oldest first, and when each runs out of time. A doubly linked list through
 * two arrays: entering and leaving cost nothing, whatever the number, and one alarm for the oldest serves all.
 */
export class InFlight {
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  private readonly deadlines: Float64Array;
  private readonly head: number;
  private size = 0;

  constructor(concurrency: number) {
    this.head = concurrency;
    this.after = Int32Array.from({ length: concurrency + 1 }, (_, thread) => thread);
    this.before = Int32Array.from(this.after);
    this.deadlines = new Float64Array(concurrency);
  }

  get count(): number {
    return this.size;
  }

  get oldest(): number | undefined {
    const thread = this.after[this.head];
    return thread === this.head ? undefined : thread;
  }

  deadline(thread: number): number {
    return this.deadlines[thread];
  }

  add(thread: number, deadline: number): void {
    this.deadlines[thread] = deadline;
    const last = this.before[this.head];
    this.after[last] = thread;
    this.before[thread] = last;
    this.after[thread] = this.head;
    this.before[this.head] = thread;
    this.size++;
  }

  remove(thread: number): void {
    this.after[this.before[thread]] = this.after[thread];
    this.before[this.after[thread]] = this.before[thread];
    this.after[thread] = thread;
    this.before[thread] = thread;
    this.size--;
  }
}
