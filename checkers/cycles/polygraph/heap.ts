/** Numbers 0 … size - 1 by priority, smallest first; each at most once at a time. */
export class Heap {
  private readonly items: Int32Array;
  private length = 0;

  constructor(
    size: number,
    private readonly priorities: Int32Array,
  ) {
    this.items = new Int32Array(size);
  }

  push(item: number): void {
    const { items, priorities } = this;
    const priority = priorities[item];
    let at = this.length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (priorities[items[parent]] <= priority) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** The smallest, or -1. */
  pop(): number {
    if (this.length === 0) return -1;
    const { items, priorities } = this;
    const top = items[0];
    const item = items[--this.length];
    const priority = priorities[item];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && priorities[items[child + 1]] < priorities[items[child]]) child++;
      if (priorities[items[child]] >= priority) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = item;
    return top;
  }
}
