/** Something that has its place in an order of keys. */
export interface Keyed {
  readonly key: string;
}

/** More than so many that wait, and more than half of the others, are put in without being asked for. */
const MANY = 1000;

/**
 * Things with unique keys in the order of the keys' code units; what has a prefix stands together. They find their place
 * when somebody asks: followers take in thousands, and nobody ever asks them. Moving is cheap and looking at a key is not:
 * places are found by bisection.
 */
export class Sorted<T extends Keyed> {
  private readonly things: T[] = [];
  private readonly waiting: T[] = [];

  /** Until it is changed the next time. */
  get all(): readonly T[] {
    this.settle();
    return this.things;
  }

  clear(): void {
    this.things.length = 0;
    this.waiting.length = 0;
  }

  /** In the place of what has the same key. */
  put(thing: T): void {
    const { things, waiting } = this;
    // Many keys are new and last.
    if (waiting.length === 0 && (things.length === 0 || thing.key > things[things.length - 1].key)) things.push(thing);
    else if (waiting.push(thing) > Math.max(MANY, things.length / 2)) this.settle();
  }

  /** No effect where nothing has the key. */
  delete(key: string): void {
    this.settle();
    const at = this.position(key);
    if (at < this.things.length && this.things[at].key === key) this.things.splice(at, 1);
  }

  startingWith(prefix: string): readonly T[] {
    this.settle();
    const from = this.position(prefix);
    let to = from;
    while (to < this.things.length && this.things[to].key.startsWith(prefix)) to++;
    return this.things.slice(from, to);
  }

  private settle(): void {
    const { things, waiting } = this;
    if (waiting.length === 0) return;
    waiting.sort(byKey);
    const added: T[] = [];
    const places: number[] = [];
    for (let each = 0; each < waiting.length; each++) {
      // Of those with one key the last counts: sorting is stable.
      if (each + 1 < waiting.length && waiting[each + 1].key === waiting[each].key) continue;
      const thing = waiting[each];
      const at = this.position(thing.key);
      if (at < things.length && things[at].key === thing.key) things[at] = thing;
      else {
        added.push(thing);
        places.push(at);
      }
    }
    waiting.length = 0;
    let end = things.length;
    for (const thing of added) things.push(thing);
    for (let each = added.length - 1; each >= 0; each--) {
      const place = places[each];
      for (let at = end - 1; at >= place; at--) things[at + each + 1] = things[at];
      things[place + each] = added[each];
      end = place;
    }
  }

  /** Of the first that is not before the key. */
  private position(key: string): number {
    let low = 0;
    let high = this.things.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.things[middle].key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function byKey(a: Keyed, b: Keyed): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
