/** Something that happens at a time. */
export abstract class Event {
  time = 0;
  /** Events of one time happen in the order in which they were planned. */
  serial = 0;

  /** Left in its place and skipped when its time comes. */
  get isOff(): boolean {
    return false;
  }

  abstract happen(): void;
}

/** A call that may be called off. */
export class Call extends Event {
  constructor(private run: (() => void) | undefined) {
    super();
  }

  override get isOff(): boolean {
    return this.run === undefined;
  }

  /** Nothing that it would have needed is kept. */
  callOff(): void {
    this.run = undefined;
  }

  happen(): void {
    const { run } = this;
    this.run = undefined;
    run?.();
  }
}

/**
 * What is going to happen, soonest first: a binary heap, and beside it a queue for those that come in the order of their
 * times anyway. Nearly all of these are limits of requests, which are answered long before.
 */
export class Events {
  private readonly heap: Event[] = [];
  private readonly queue: Event[] = [];
  /** Of the first in the queue; those before it are over. */
  private head = 0;
  private serial = 0;

  get size(): number {
    return this.heap.length + this.queue.length - this.head;
  }

  get next(): Event | undefined {
    const first = this.heap[0] as Event | undefined;
    const queued = this.queue[this.head] as Event | undefined;
    return first === undefined || (queued !== undefined && before(queued, first)) ? queued : first;
  }

  add(time: number, event: Event): void {
    this.stamp(time, event);
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent], event)) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = event;
  }

  /** As `add`, for events that mostly come in the order of their times. */
  enqueue(time: number, event: Event): void {
    const { queue } = this;
    if (queue.length > 0 && queue[queue.length - 1].time > time) this.add(time, event);
    else {
      this.stamp(time, event);
      queue.push(event);
    }
  }

  take(): Event | undefined {
    const { next } = this;
    if (next === undefined) return undefined;
    if (next === this.queue[this.head]) this.dequeue();
    else {
      const last = this.heap.pop()!;
      if (next !== last) this.sink(last);
    }
    return next;
  }

  private stamp(time: number, event: Event): void {
    event.time = time;
    event.serial = this.serial++;
  }

  private dequeue(): void {
    const { queue } = this;
    if (++this.head * 2 < queue.length) return;
    queue.splice(0, this.head);
    this.head = 0;
  }

  private sink(event: Event): void {
    const { heap } = this;
    const { length } = heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && before(heap[child + 1], heap[child])) child++;
      if (before(event, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = event;
  }
}

function before(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.serial < b.serial);
}
