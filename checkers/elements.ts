import { type History, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { identity } from '../harness/history/values/identity.js';
import { show } from '../harness/history/values/show.js';
import { elementsOf } from '../harness/history/values/literal.js';
import { nonsense } from './verdict.js';

const NOT_SEEN = -1;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
/** A list's beginning is compared with the list before by pieces of so many elements. */
const PIECE = 512;

/** What stands before the list of a set's elements, and how much around it. */
const SET_START = new TextEncoder().encode('{"#{}":');
const SET_BYTES = SET_START.length + 1;

interface Scanned {
  readonly start: number;
}

/**
 * Interns the elements of a set, queue or log to dense ids, from single values and from lists. Lists of integers are
 * read straight from the history's bytes: a million elements a read would not survive JSON.parse.
 */
export class Elements {
  /** Id of small integers, by value: an array as long as there are about as many elements as values. */
  #dense = new Int32Array(1024).fill(NOT_SEEN);
  readonly #sparse = new Map<string, number>();
  readonly #names: Json[] = [];
  readonly #listed = new IdBuffer();
  /** The list whose ids are in place, if of integers: where it begins among the bytes, and where in it each piece. */
  #scanned: Scanned | undefined;
  readonly #pieces = new IdBuffer();

  constructor(private readonly history: History) {}

  get count(): number {
    return this.#names.length;
  }

  /** The element itself. */
  value(id: number): Json {
    return this.#names[id];
  }

  name(id: number): string {
    return show(this.#names[id]);
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
    return this.#idOfText(identity(value), value);
  }

  /**
   * The ids of the list at a position, in order; to be read until the next call, and never written to.
   * @returns undefined where the value is null. Throws where it is no list.
   */
  list(position: number): Readonly<IdBuffer> | undefined {
    const { valueKinds, valuesA, valuesB } = this.history.columns;
    const buffer = this.#listed;
    const previous = this.#scanned;
    this.#scanned = undefined;
    buffer.length = 0;
    switch (valueKinds[position]) {
      case VALUE_NULL:
        this.#scanned = previous;
        return undefined;
      case VALUE_PAIR:
        buffer.push(this.#idOfInteger(valuesA[position]));
        buffer.push(this.#idOfInteger(valuesB[position]));
        return buffer;
      case VALUE_RAW:
        if (!this.#scan(valuesA[position], valuesB[position], previous)) this.#parse(position, buffer);
        return buffer;
      case VALUE_INT:
        throw nonsense(this.history, position, 'expected a list of elements, found a number');
      default:
        this.#parse(position, buffer);
        return buffer;
    }
  }

  /** Reads a list of integers, or a set of them. */
  #scan(start: number, length: number, previous: Scanned | undefined): boolean {
    const bytes = this.history.columns.slab;
    if (length <= SET_BYTES || bytes[start] !== SET_START[0]) return this.#scanIntegers(start, length, previous);
    for (let i = 0; i < SET_START.length; i++) if (bytes[start + i] !== SET_START[i]) return false;
    return this.#scanIntegers(start + SET_START.length, length - SET_BYTES, previous);
  }

  /** Reads `[1,-2,3]`; answers false at anything else, to be parsed in full. */
  #scanIntegers(start: number, length: number, previous: Scanned | undefined): boolean {
    const bytes = this.history.columns.slab;
    const last = start + length - 1;
    if (bytes[start] !== OPEN || bytes[last] !== CLOSE) return false;
    // Every element takes two bytes at least.
    const ids = this.#listed.reserve((length >> 1) + 1);
    const known = this.#knownPieces(start, length, previous);
    const pieces = this.#pieces.reserve(known + 2 + Math.floor(length / 2 / PIECE));
    let dense = this.#dense;
    let count = known * PIECE;
    let at = known > 0 ? start + pieces[known] : start + 1;
    while (at < last) {
      if (count % PIECE === 0) pieces[count / PIECE] = at - start;
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
    this.#listed.length = count;
    this.#pieces.length = Math.ceil(count / PIECE);
    this.#scanned = { start };
    return true;
  }

  /**
   * How many pieces at the front are byte for byte those of the list before, whose ids are still in place: sets are
   * read again and again in the same order, and comparing is many times quicker than reading.
   */
  #knownPieces(start: number, length: number, previous: Scanned | undefined): number {
    if (previous === undefined) return 0;
    const { slab } = this.history.columns;
    const bytes = Buffer.from(slab.buffer, slab.byteOffset, slab.byteLength);
    const pieces = this.#pieces.ids;
    let known = 0;
    while (known + 1 < this.#pieces.length && pieces[known + 1] < length - 1) {
      const from = pieces[known];
      const to = pieces[known + 1];
      if (bytes.compare(bytes, start + from, start + to, previous.start + from, previous.start + to) !== 0) break;
      known++;
    }
    return known;
  }

  #parse(position: number, buffer: IdBuffer): void {
    const elements = elementsOf(this.history.value(position));
    if (elements === undefined) throw nonsense(this.history, position, 'expected a list of elements');
    buffer.length = 0;
    for (const element of elements) buffer.push(this.idOf(element));
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
