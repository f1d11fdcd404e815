import type { Json } from '../operation.js';
import { Lists } from './lists.js';

/** A read whose answer is null, or not known (yet). */
export const READ_NOTHING = 0;
/** A read that shows the number in `values`. */
export const READ_VALUE = 1;
/** A read that shows the first so many elements (in `values`) of its key's list in `lists`. */
export const READ_LIST = 2;
/** A write of the number in `values`. */
export const WROTE = 3;
/** An append of the number in `values`. */
export const APPENDED = 4;

const NAMES: readonly string[] = ['r', 'r', 'r', 'w', 'append'];

/**
 * Micro-operations of the transactions of a history, in order of invocation; nine bytes each, whatever their text was.
 * The invocation and the completion of a transaction share them: a read is open until the completion answers it. Reads
 * of a list that agree with each other share that list, which is what makes a history of list reads fit in memory.
 */
export class MicroOperations {
  length = 0;
  kinds: Uint8Array;
  /** Into `keyNumbers`. */
  keys: Int32Array;
  values: Int32Array;
  readonly keyNumbers: number[] = [];
  readonly lists = new Lists();
  private readonly ids = new Map<number, number>();
  /** Ids of small keys, plus one: most histories count their keys from 0. */
  private smallIds = new Int32Array(1024);

  /** @param capacity room for so many at first; memory that is never written costs nothing. */
  constructor(capacity = 0) {
    this.kinds = new Uint8Array(capacity);
    this.keys = new Int32Array(capacity);
    this.values = new Int32Array(capacity);
  }

  push(kind: number, key: number, value: number): void {
    if (this.length === this.kinds.length) this.grow();
    this.kinds[this.length] = kind;
    this.keys[this.length] = key;
    this.values[this.length++] = value;
  }

  /** The id of an integer key: its place among all, by first appearance. */
  keyOf(number: number): number {
    if (number < 0 || number >= MOST_SMALL) return this.largeKey(number);
    if (number >= this.smallIds.length) this.growIds(number);
    const known = this.smallIds[number];
    if (known > 0) return known - 1;
    this.smallIds[number] = this.keyNumbers.push(number);
    return this.keyNumbers.length - 1;
  }

  /** Whether any of so many is a read. */
  reads(first: number, count: number): boolean {
    for (let at = first; at < first + count; at++) if (this.kinds[at] < WROTE) return true;
    return false;
  }

  /** What a transaction was recorded as: `answered` as its completion tells it, `asked` as it was invoked. */
  json(first: number, count: number, told: 'asked' | 'answered'): Json {
    return Array.from({ length: count }, (_, i): Json => {
      const at = first + i;
      const name = NAMES[this.kinds[at]];
      const key = this.keyNumbers[this.keys[at]];
      return [name, key, told === 'asked' && this.kinds[at] < WROTE ? null : this.value(at)];
    });
  }

  private value(at: number): Json {
    const value = this.values[at];
    if (this.kinds[at] === READ_NOTHING) return null;
    if (this.kinds[at] !== READ_LIST) return value;
    return [...this.lists.elements(this.lists.main(this.keys[at])).subarray(0, value)];
  }

  private largeKey(number: number): number {
    const known = this.ids.get(number);
    if (known !== undefined) return known;
    this.ids.set(number, this.keyNumbers.length);
    return this.keyNumbers.push(number) - 1;
  }

  private grow(): void {
    const capacity = this.kinds.length * 2 + 1024;
    this.kinds = copied(new Uint8Array(capacity), this.kinds);
    this.keys = copied(new Int32Array(capacity), this.keys);
    this.values = copied(new Int32Array(capacity), this.values);
  }

  private growIds(number: number): void {
    const capacity = Math.min(MOST_SMALL, Math.max(number + 1, this.smallIds.length * 2));
    this.smallIds = copied(new Int32Array(capacity), this.smallIds);
  }
}

const MOST_SMALL = 0x400000;

function copied<T extends Uint8Array | Int32Array>(into: T, from: T): T {
  into.set(from);
  return into;
}
