import { identity } from '../../harness/history/values/identity.js';
import type { Json } from '../../harness/history/operation.js';
import { isPlain, NULL_VALUE, type KeyIds, type ValueCodes } from './names.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const CLOSE = 0x5d;
const LETTER_N = 0x6e;

export const MOP_READ = 0;
export const MOP_WRITE = 1;
export const MOP_APPEND = 2;
export type MopName = typeof MOP_READ | typeof MOP_WRITE | typeof MOP_APPEND;

/** What is wrong with a transaction's text; the reader of the history adds which event it was. */
export class MalformedTransaction extends Error {}

/** Where the text of a list stands, without its closing bracket. */
export interface KnownList {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly elements: number;
}

const APPEND = new TextEncoder().encode('append');
const decoder = new TextDecoder();

/**
 * Walks over the JSON text of one transaction's micro-operations in place, so that a million transactions make no
 * object. The caller drives it: `open`, then per micro-operation `name`, `key` and a value.
 */
export class MicroOpScanner {
  /** After {@link compare}: how many elements were recognised. */
  elements = 0;
  at = 0;
  end = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly keys: KeyIds,
    private readonly codes: ValueCodes,
  ) {}

  start(offset: number, length: number): void {
    this.at = offset;
    this.end = offset + length;
    this.expect(OPEN, 'an array of micro-operations');
  }

  /** Whether another element follows in the array whose `[` was just read, or after whose element we stand. */
  more(): boolean {
    let byte = this.peek();
    if (byte === COMMA) {
      this.at++;
      byte = this.peek();
      if (byte === CLOSE) throw new MalformedTransaction('has an array that ends in a comma');
    }
    if (byte === CLOSE) {
      this.at++;
      return false;
    }
    return true;
  }

  openMop(): MopName {
    this.expect(OPEN, 'a micro-operation like ["r", key, value]');
    this.expect(QUOTE, 'the name of a micro-operation');
    const bytes = this.bytes;
    let at = this.at;
    if (bytes[at] === COLON) at++;
    let stop = at;
    while (stop < this.end && bytes[stop] !== QUOTE) stop++;
    this.at = stop + 1;
    const length = stop - at;
    if (length === 1 && bytes[at] === 0x72) return MOP_READ;
    if (length === 1 && bytes[at] === 0x77) return MOP_WRITE;
    if (length === APPEND.length && this.isAppend(at)) return MOP_APPEND;
    const name = decoder.decode(bytes.subarray(at, stop));
    throw new MalformedTransaction(`has micro-operation ${JSON.stringify(name)}`);
  }

  private isAppend(at: number): boolean {
    for (let i = 0; i < APPEND.length; i++) if (this.bytes[at + i] !== APPEND[i]) return false;
    return true;
  }

  comma(): void {
    this.expect(COMMA, 'a micro-operation of three parts: ["r", key, value]');
  }

  closeMop(): void {
    this.expect(CLOSE, 'the end of a micro-operation of three parts');
  }

  /** After the outermost `]`. */
  finish(): void {
    this.skipSpace();
    if (this.at < this.end) throw new MalformedTransaction('has text after its micro-operations');
  }

  key(): number {
    const byte = this.peek();
    if (byte === MINUS || (byte >= ZERO && byte <= ZERO + 9)) {
      const start = this.at;
      const number = this.integer();
      return number === undefined ? this.keys.ofText(canonical(this.text(start))) : this.keys.ofInteger(number);
    }
    const scalar = this.other('key');
    if (scalar === 'null') throw new MalformedTransaction('has the key null');
    return this.keys.ofText(scalar);
  }

  /** The code of a scalar value; null is {@link NULL_VALUE}. */
  value(): number {
    const byte = this.peek();
    if (byte === MINUS || (byte >= ZERO && byte <= ZERO + 9)) {
      const start = this.at;
      const number = this.integer();
      return number === undefined ? this.codes.codeOf(canonical(this.text(start))) : number;
    }
    const text = this.other('value');
    return text === 'null' ? NULL_VALUE : this.codes.codeOf(text);
  }

  /** Enters a list; false when there is a `null` instead, which is consumed. */
  openList(): boolean {
    if (this.peek() === OPEN) {
      this.at++;
      return true;
    }
    if (this.peek() === LETTER_N && this.other('list') === 'null') return false;
    throw new MalformedTransaction('reads something else than a list');
  }

  /**
   * Compares the list that begins here with one read before, byte by byte, which is far quicker than reading its numbers.
   * Answers what it turned out to be; `same`, `prefix` (of `elements`) and `longer` are consumed, the last up to its first
   * further element.
   */
  compare(known: KnownList): 'same' | 'prefix' | 'longer' | 'other' {
    const { bytes } = this;
    if (this.peek() !== OPEN) return 'other';
    const start = this.at;
    const limit = Math.min(known.sizeBytes, this.end - start);
    let agreed = 1;
    let commas = 0;
    while (agreed < limit && bytes[start + agreed] === bytes[known.offset + agreed]) {
      if (bytes[start + agreed] === COMMA) commas++;
      agreed++;
    }
    const next = bytes[start + agreed];
    if (agreed === known.sizeBytes) {
      this.elements = known.elements;
      if (next === COMMA) {
        this.at = start + agreed;
        return 'longer';
      }
      if (next !== CLOSE) return 'other';
      this.at = start + agreed + 1;
      return 'same';
    }
    if (next !== CLOSE || (agreed > 1 && bytes[known.offset + agreed] !== COMMA)) return 'other';
    this.elements = agreed === 1 ? 0 : commas + 1;
    this.at = start + agreed + 1;
    return 'prefix';
  }

  /** Whether the text of a list that ended just now may be compared by bytes: commas must part elements only. */
  comparable(start: number): boolean {
    if (this.bytes[start] !== OPEN) return false;
    const list = this.bytes.subarray(start + 1, this.at);
    return !list.includes(QUOTE) && !list.includes(OPEN);
  }

  private peek(): number {
    const byte = this.bytes[this.at];
    if (this.at < this.end && byte > 0x20) return byte;
    this.skipSpace();
    return this.at < this.end ? this.bytes[this.at] : -1;
  }

  private skipSpace(): void {
    while (this.at < this.end && this.bytes[this.at] <= 0x20) this.at++;
  }

  private expect(byte: number, what: string): void {
    if (this.peek() !== byte) throw new MalformedTransaction(`is not ${what}`);
    this.at++;
  }

  /** A plain integer, or undefined (having skipped the number) when it is a fraction or too big to be its own code. */
  private integer(): number | undefined {
    const bytes = this.bytes;
    let at = this.at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let number = 0;
    let byte = bytes[at];
    while (byte >= ZERO && byte <= ZERO + 9 && at < this.end) {
      number = number * 10 + (byte - ZERO);
      byte = bytes[++at];
    }
    if (at === first) throw new MalformedTransaction('has a number without digits');
    const fraction = at < this.end && (byte === 0x2e || byte === 0x65 || byte === 0x45);
    if (fraction) while (at < this.end && /[-+.eE0-9]/.test(String.fromCharCode(bytes[at]))) at++;
    this.at = at;
    if (fraction || at - first > 10) return undefined;
    const signed = negative ? 0 - number : number;
    return isPlain(signed) ? signed : undefined;
  }

  private text(start: number): string {
    return decoder.decode(this.bytes.subarray(start, this.at));
  }

  /** The identity of anything that is no number. */
  private other(what: string): string {
    const start = this.at;
    if (this.peek() === QUOTE) {
      let at = this.at + 1;
      while (at < this.end && this.bytes[at] !== QUOTE) at += this.bytes[at] === BACKSLASH ? 2 : 1;
      this.at = at + 1;
      return JSON.stringify(JSON.parse(this.text(start)));
    }
    if (this.bytes[this.at] === OPEN || this.bytes[this.at] === OPEN_BRACE) {
      this.skipStructure();
      return identity(JSON.parse(this.text(start)) as Json);
    }
    while (this.at < this.end && this.bytes[this.at] >= 0x61 && this.bytes[this.at] <= 0x7a) this.at++;
    const text = this.text(start).trim();
    if (text === 'null' || text === 'true' || text === 'false') return text;
    throw new MalformedTransaction(`has a ${what} that is no value`);
  }

  /** Passes an array or object; its text is known to be JSON. */
  private skipStructure(): void {
    let depth = 0;
    for (; this.at < this.end; this.at++) {
      const byte = this.bytes[this.at];
      if (byte === QUOTE) {
        for (this.at++; this.at < this.end && this.bytes[this.at] !== QUOTE; this.at++) {
          if (this.bytes[this.at] === BACKSLASH) this.at++;
        }
      } else if (byte === OPEN || byte === OPEN_BRACE) depth++;
      else if ((byte === CLOSE || byte === CLOSE_BRACE) && --depth === 0) {
        this.at++;
        return;
      }
    }
  }
}

/** One text for every spelling of a number; integers beyond 2^53 keep their digits. */
function canonical(text: string): string {
  return /^-?\d+$/.test(text) ? text : JSON.stringify(Number(text));
}
