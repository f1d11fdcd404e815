/** Something that happens at a time. */
export interface Event {
  readonly time: number;
  /** Events of one time happen in the order in which they were planned. */
  readonly serial: number;
  /** Taken out when it became undefined: it is left in its place and skipped. */
  run: (() => void) | undefined;
}

/** What is going to happen, soonest first: a binary heap. */
export class Events {
  private readonly heap: Event[] = [];
  private serial = 0;

  get size(): number {
    return this.heap.length;
  }

  get next(): Event | undefined {
    return this.heap[0];
  }

  add(time: number, run: () => void): Event {
    const event: Event = { time, serial: this.serial++, run };
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent], event)) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = event;
    return event;
  }

  take(): Event | undefined {
    const { heap } = this;
    const first = heap[0] as Event | undefined;
    const last = heap.pop();
    if (first !== undefined && first !== last) this.sink(last!);
    return first;
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
