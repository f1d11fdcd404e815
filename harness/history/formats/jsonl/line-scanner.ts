import type { ColumnStore } from '../../columns.js';
import { ABSENT, type EventNames, MAX_INT32 } from '../../event-writer.js';
import { FAIL, INFO, INVOKE, NEMESIS, NONE, OK, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW } from '../../history.js';
import { ByteNames } from './byte-names.js';
import { endOfString, endOfValue } from './raw-value.js';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const word = (text: string): Uint8Array => new TextEncoder().encode(text);
const INDEX = word('index"');
const TIME = word('time"');
const PROCESS = word('process"');
const TYPE = word('type"');
const FUNCTION = word('f"');
const VALUE = word('value"');
const KEY = word('key"');
const NODE = word('node"');
const WORKLOAD = word('workload"');
const ERROR = word('error"');
const NEMESIS_NAME = word('"nemesis"');
const INVOKE_NAME = word('invoke"');
const OK_NAME = word('ok"');
const FAIL_NAME = word('fail"');
const INFO_NAME = word('info"');

/** Longest name that is read without a second look. */
const MAX_NAME = 1024;

/** The string tables that the ids in a scanned store point into. */
export class ScannedNames implements EventNames {
  readonly functions = new ByteNames();
  readonly keys = new ByteNames();
  readonly nodes = new ByteNames();
  readonly workloads = new ByteNames();
  readonly errors = new ByteNames();
}

/** One bit a field, to notice doubled and missing ones. */
const SEEN = {
  process: 1,
  type: 2,
  f: 4,
  index: 8,
  time: 16,
  value: 32,
  key: 64,
  node: 128,
  workload: 256,
  error: 512,
};
const REQUIRED = SEEN.process | SEEN.type | SEEN.f;

/**
 * Reads journal lines of the usual shape straight from bytes into columns: flat, no escapes, white space at most one
 * blank after a colon or comma, fields in any order. It never complains: anything else is left to the careful parser,
 * which either reads it or tells what is wrong. So this file decides about speed and never about what is a history.
 */
export class LineScanner {
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private seen = 0;
  private type = 0;
  private process = 0;
  private index = 0;
  private time = 0;
  private f = 0;
  private key = 0;
  private node = 0;
  private workload = 0;
  private error = 0;
  private valueKind = 0;
  private valueA = 0;
  private valueB = 0;

  constructor(private readonly names: ScannedNames) {}

  /** Bytes to scan; they must hold a line feed after everything scanned, and four more bytes of anything. */
  use(bytes: Uint8Array): void {
    this.bytes = bytes;
  }

  /**
   * Reads the line at `start` into `store`, which must have room for one more event.
   *
   * @returns the start of the next line, or -1 when the line needs the careful parser; then nothing was written.
   */
  scanLine(start: number, store: ColumnStore): number {
    const { bytes } = this;
    if (bytes[start] !== OPEN_BRACE) return -1;
    this.at = start + 1;
    this.reset();
    for (;;) {
      if (bytes[this.at] !== QUOTE || !this.scanField()) return -1;
      const after = bytes[this.at++];
      if (after === CLOSE_BRACE) break;
      if (after !== COMMA) return -1;
      if (bytes[this.at] === SPACE) this.at++;
    }
    if (bytes[this.at] === RETURN) this.at++;
    if (bytes[this.at] !== LINE_FEED) return -1;
    if ((this.seen & REQUIRED) !== REQUIRED) return -1;
    if (!this.write(store)) return -1;
    return this.at + 1;
  }

  private reset(): void {
    this.seen = 0;
    this.index = ABSENT;
    this.time = ABSENT;
    this.key = NONE;
    this.node = NONE;
    this.workload = NONE;
    this.error = NONE;
    this.valueKind = VALUE_NULL;
    this.valueA = 0;
    this.valueB = 0;
  }

  /** Reads `"name":value` at the cursor, which stands on its first quote. */
  private scanField(): boolean {
    switch (this.bytes[this.at + 1]) {
      case 0x69: // index
        return this.enter(INDEX, SEEN.index) && this.scanNumber() && (this.index = this.number) <= MAX_INT32;
      case 0x74: // time, type
        return this.bytes[this.at + 2] === 0x69
          ? this.enter(TIME, SEEN.time) && this.scanNumber() && ((this.time = this.number), true)
          : this.enter(TYPE, SEEN.type) && this.scanType();
      case 0x70: // process
        return this.enter(PROCESS, SEEN.process) && this.scanProcess();
      case 0x66: // f
        return this.enter(FUNCTION, SEEN.f) && (this.f = this.scanName(this.names.functions)) !== NONE;
      case 0x76: // value
        return this.enter(VALUE, SEEN.value) && this.scanValue();
      case 0x6b: // key
        return this.enter(KEY, SEEN.key) && (this.key = this.scanName(this.names.keys)) !== NONE;
      case 0x6e: // node
        return this.enter(NODE, SEEN.node) && (this.node = this.scanName(this.names.nodes)) !== NONE;
      case 0x77: // workload
        return this.enter(WORKLOAD, SEEN.workload) && (this.workload = this.scanName(this.names.workloads)) !== NONE;
      case 0x65: // error
        return this.enter(ERROR, SEEN.error) && (this.error = this.scanName(this.names.errors)) !== NONE;
      default:
        return false;
    }
  }

  /** Passes `"name":` and an optional blank; false when it is another name or the line had this field already. */
  private enter(name: Uint8Array, bit: number): boolean {
    const { bytes } = this;
    let at = this.at + 1;
    for (let i = 0; i < name.length; i++, at++) if (bytes[at] !== name[i]) return false;
    if (bytes[at++] !== COLON || (this.seen & bit) !== 0) return false;
    this.seen |= bit;
    if (bytes[at] === SPACE) at++;
    this.at = at;
    return true;
  }

  private matches(text: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
    this.at = at + text.length;
    return true;
  }

  private number = 0;

  /** A natural number of at most 15 digits into `number`. */
  private scanNumber(): boolean {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    // Nine digits fit an integer register; the double is made once.
    let high = 0;
    let digit: number;
    for (; at < start + 9 && (digit = bytes[at] - ZERO) >= 0 && digit <= 9; at++) high = (high * 10 + digit) | 0;
    this.number = high;
    if (at === start + 9) {
      let low = 0;
      let scale = 1;
      for (; at < start + 15 && (digit = bytes[at] - ZERO) >= 0 && digit <= 9; at++) {
        low = (low * 10 + digit) | 0;
        scale = (scale * 10) | 0;
      }
      this.number = high * scale + low;
    }
    this.at = at;
    if (at === start || (bytes[start] === ZERO && at > start + 1)) return false;
    return bytes[at] === COMMA || bytes[at] === CLOSE_BRACE;
  }

  private scanProcess(): boolean {
    if (this.bytes[this.at] === QUOTE) {
      this.process = NEMESIS;
      return this.matches(NEMESIS_NAME);
    }
    if (!this.scanNumber() || this.number > MAX_INT32) return false;
    this.process = this.number;
    return true;
  }

  private scanType(): boolean {
    const { bytes } = this;
    if (bytes[this.at] !== QUOTE) return false;
    const first = bytes[++this.at];
    if (first === 0x6f) return ((this.type = OK), this.matches(OK_NAME));
    if (first === 0x66) return ((this.type = FAIL), this.matches(FAIL_NAME));
    if (bytes[this.at + 2] === 0x76) return ((this.type = INVOKE), this.matches(INVOKE_NAME));
    return ((this.type = INFO), this.matches(INFO_NAME));
  }

  /** The id of the string at the cursor; NONE when there is none, or an empty or unusual one. */
  private scanName(table: ByteNames): number {
    const start = this.at + 1;
    if (this.bytes[this.at] !== QUOTE) return NONE;
    const end = endOfString(this.bytes, this.at);
    if (end === -1 || end === start + 1 || end - start > MAX_NAME) return NONE;
    this.at = end;
    return table.internBytes(this.bytes, start, end - 1);
  }

  private scanValue(): boolean {
    const { bytes } = this;
    const first = bytes[this.at];
    if (first === 0x6e) {
      if (bytes[this.at + 1] !== 0x75 || bytes[this.at + 2] !== 0x6c || bytes[this.at + 3] !== 0x6c) return false;
      this.at += 4;
      return true;
    }
    if (first === OPEN_BRACKET && this.scanPair()) return true;
    if (first !== QUOTE && first !== OPEN_BRACE && first !== OPEN_BRACKET && this.scanInt()) {
      this.valueKind = VALUE_INT;
      this.valueA = this.int;
      const after = bytes[this.at];
      return after === COMMA || after === CLOSE_BRACE;
    }
    const end = endOfValue(bytes, this.at);
    if (end === -1) return false;
    this.valueKind = VALUE_RAW;
    this.valueA = this.at;
    this.valueB = end - this.at;
    this.at = end;
    return true;
  }

  private int = 0;

  /** A small integer into `int`; leaves the cursor where it is when there is none. */
  private scanInt(): boolean {
    const { bytes } = this;
    let at = this.at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const start = at;
    let value = 0;
    while (at < start + 9 && bytes[at] >= ZERO && bytes[at] <= NINE) value = (value * 10 + bytes[at++] - ZERO) | 0;
    // Ten digits may or may not fit 32 bits and "-0" is a value of its own to some: both are rare.
    if (at === start || (bytes[at] >= ZERO && bytes[at] <= NINE)) return false;
    if (bytes[start] === ZERO && (negative || at > start + 1)) return false;
    this.int = negative ? -value : value;
    this.at = at;
    return true;
  }

  private scanPair(): boolean {
    const { bytes } = this;
    const start = this.at++;
    if (this.scanInt() && bytes[this.at] === COMMA) {
      const first = this.int;
      this.at++;
      if (bytes[this.at] === SPACE) this.at++;
      if (this.scanInt() && bytes[this.at] === CLOSE_BRACKET) {
        this.valueKind = VALUE_PAIR;
        this.valueA = first;
        this.valueB = this.int;
        this.at++;
        return true;
      }
    }
    this.at = start;
    return false;
  }

  private write(store: ColumnStore): boolean {
    const row = store.length;
    if (this.valueKind === VALUE_RAW) this.copyValue(store);
    store.types[row] = this.type;
    store.processes[row] = this.process;
    store.times[row] = this.time;
    store.indices[row] = this.index;
    store.functions[row] = this.f;
    store.keys[row] = this.key;
    store.nodes[row] = this.node;
    store.workloads[row] = this.workload;
    store.errors[row] = this.error;
    store.valueKinds[row] = this.valueKind;
    store.valuesA[row] = this.valueA;
    store.valuesB[row] = this.valueB;
    store.length = row + 1;
    return true;
  }

  private copyValue(store: ColumnStore): void {
    const { bytes } = this;
    store.reserveSlab(this.valueB);
    const { slab } = store;
    const from = this.valueA;
    const to = store.slabLength;
    for (let i = 0; i < this.valueB; i++) slab[to + i] = bytes[from + i];
    this.valueA = to;
    store.slabLength = to + this.valueB;
  }
}
