import { type History, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { nonsense } from './verdict.js';

const NOT_SEEN = -1;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Interns the elements of a set, queue or log to dense ids, from single values and from lists. Lists of integers are
 * read straight from the history's bytes: a million elements a read would not survive JSON.parse.
 */
export class Elements {
  /** Id of small integers, by value: an array as long as there are about as many elements as values. */
  #dense = new Int32Array(1024).fill(NOT_SEEN);
  readonly #sparse = new Map<string, number>();
  readonly #names: Json[] = [];

  constructor(private readonly history: History) {}

  get count(): number {
    return this.#names.length;
  }

  name(id: number): string {
    return JSON.stringify(this.#names[id]);
  }

  /** The id of the single value at a position. */
  at(position: number): number {
    const { valueKinds, valuesA } = this.history.columns;
    return valueKinds[position] === VALUE_INT
      ? this.#idOfInteger(valuesA[position])
      : this.idOf(this.history.value(position));
  }

  idOf(value: Json): number {
    if (typeof value === 'number' && Number.isInteger(value)) return this.#idOfInteger(value);
    return this.#idOfText(JSON.stringify(value), value);
  }

  /**
   * The ids of the list at a position, in order, into a fresh or given buffer.
   * @returns the list's length, or undefined where the value is null. Throws where it is no list.
   */
  list(position: number, buffer: IdBuffer): number | undefined {
    const { valueKinds, valuesA, valuesB } = this.history.columns;
    buffer.length = 0;
    switch (valueKinds[position]) {
      case VALUE_NULL:
        return undefined;
      case VALUE_PAIR:
        buffer.push(this.#idOfInteger(valuesA[position]));
        buffer.push(this.#idOfInteger(valuesB[position]));
        return 2;
      case VALUE_RAW:
        if (!this.#scanIntegers(valuesA[position], valuesB[position], buffer)) this.#parse(position, buffer);
        return buffer.length;
      case VALUE_INT:
        throw nonsense(this.history, position, 'expected a list of elements, found a number');
      default:
        this.#parse(position, buffer);
        return buffer.length;
    }
  }

  /** Reads `[1,-2,3]`; answers false at anything else, to be parsed in full. */
  #scanIntegers(start: number, length: number, buffer: IdBuffer): boolean {
    const bytes = this.history.columns.slab;
    const last = start + length - 1;
    if (bytes[start] !== OPEN || bytes[last] !== CLOSE) return false;
    // Every element takes two bytes at least.
    const ids = buffer.reserve((length >> 1) + 1);
    let dense = this.#dense;
    let count = 0;
    let at = start + 1;
    while (at < last) {
      const negative = bytes[at] === MINUS;
      if (negative) at++;
      const firstDigit = at;
      let value = 0;
      let digit = bytes[at] - ZERO;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = bytes[++at] - ZERO;
      }
      if (at === firstDigit || at - firstDigit > 9) return false;
      if (at < last && (bytes[at] !== COMMA || at + 1 === last)) return false;
      let id = negative || value >= dense.length ? NOT_SEEN : dense[value];
      if (id === NOT_SEEN) {
        id = this.#idOfInteger(negative ? -value : value);
        dense = this.#dense;
      }
      ids[count++] = id;
      at++;
    }
    buffer.length = count;
    return true;
  }

  #parse(position: number, buffer: IdBuffer): void {
    const value = this.history.value(position);
    if (!Array.isArray(value)) throw nonsense(this.history, position, 'expected a list of elements');
    buffer.length = 0;
    for (const element of value as readonly Json[]) buffer.push(this.idOf(element));
  }

  #idOfInteger(value: number): number {
    if (value < 0 || (value >= this.#dense.length && !this.#growTo(value))) return this.#idOfText(String(value), value);
    const known = this.#dense[value];
    if (known !== NOT_SEEN) return known;
    // The array may have grown over a value that was too far out when it was first met.
    const far = this.#sparse.size > 0 ? this.#sparse.get(String(value)) : undefined;
    this.#dense[value] = far ?? this.#names.push(value) - 1;
    return this.#dense[value];
  }

  /** Answers false where the array would be mostly holes. */
  #growTo(value: number): boolean {
    if (value > 8 * this.count + 4096) return false;
    const larger = new Int32Array(2 * (value + 1)).fill(NOT_SEEN);
    larger.set(this.#dense);
    this.#dense = larger;
    return true;
  }

  #idOfText(text: string, value: Json): number {
    const known = this.#sparse.get(text);
    if (known !== undefined) return known;
    this.#sparse.set(text, this.#names.length);
    return this.#names.push(value) - 1;
  }
}

/** A growable list of ids, reused from read to read. */
export class IdBuffer {
  ids = new Int32Array(1024);
  length = 0;

  push(id: number): void {
    this.reserve(this.length + 1)[this.length++] = id;
  }

  /** Room for so many ids in all; answers the array to write them to. */
  reserve(size: number): Int32Array {
    if (size > this.ids.length) {
      const larger = new Int32Array(2 * size);
      larger.set(this.ids);
      this.ids = larger;
    }
    return this.ids;
  }
}
