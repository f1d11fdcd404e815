import type { ColumnStore } from '../../columns.js';
import { ABSENT, MAX_INT32, MAX_PROCESS } from '../../event-writer.js';
import type { MicroOperations } from '../../micro-operations/micro-operations.js';
import { FAIL, INFO, INVOKE, NEMESIS, NONE, OK } from '../../history.js';
import type { ByteNames } from './byte-names.js';
import { endOfString } from './raw-value.js';
import type { ScannedNames } from './scanned-names.js';
import { ValueScanner } from './value-scanner.js';
import * as words from './words.js';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Digits of nanoseconds since 1970, and of the seconds among them. */
const EPOCH_DIGITS = 19;
const SECONDS_DIGITS = 10;

/** Longest name that is read without a second look. */
const MAX_NAME = 1024;

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
/** What must be known of an event to read what its transaction did. */
const KNOWN = SEEN.process | SEEN.type;

/**
 * Reads journal lines of the usual shape straight from bytes into columns: flat, no escapes, white space at most one
 * blank after a colon or comma, fields in any order. It never complains: anything else is left to the careful parser,
 * which either reads it or tells what is wrong. So this file decides about speed and never about what is a history.
 */
export class LineScanner {
  private bytes: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
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
  /** The history's own epoch, where its times are since another; 0 where they are not. */
  private epochSeconds = 0;
  private epochNanoseconds = 0;
  private readonly value: ValueScanner;

  /** @param operations where transactions go; without it they stay text. */
  constructor(
    private readonly names: ScannedNames,
    operations?: MicroOperations,
  ) {
    this.value = new ValueScanner(operations);
  }

  /** Bytes to scan; they must hold a line feed after everything scanned, and sixteen more bytes of anything. */
  use(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.value.forget();
  }

  /**
   * Reads the line at `start` into `store`, which must have room for one more event.
   *
   * @returns the start of the next line, or -1 when the line needs the careful parser; then nothing was written.
   */
  scanLine(start: number, store: ColumnStore): number {
    const next = this.tryLine(start, store);
    if (next === -1) this.value.takeBack();
    return next;
  }

  /** An event was read by the careful parser. */
  missed(): void {
    this.value.missed();
  }

  private tryLine(start: number, store: ColumnStore): number {
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
    this.write(store);
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
    this.value.reset();
  }

  /** Reads `"name":value` at the cursor, which stands on its first quote. */
  private scanField(): boolean {
    const { view, at } = this;
    switch (view.getInt32(at + 1, true)) {
      case words.VALU:
        return view.getInt32(at + 4, true) === words.UE && this.enter(at + 8, SEEN.value) && this.scanValue();
      case words.TYPE:
        return view.getInt32(at + 3, true) === words.PE && this.enter(at + 7, SEEN.type) && this.scanType();
      case words.PROC:
        return (
          view.getInt32(at + 3, true) === words.OCES &&
          view.getInt32(at + 6, true) === words.SS &&
          this.enter(at + 10, SEEN.process) &&
          this.scanProcess()
        );
      case words.F:
      case words.F_BLANK:
        return this.enter(at + 4, SEEN.f) && (this.f = this.scanName(this.names.functions)) !== NONE;
      case words.INDE:
        return view.getInt32(at + 4, true) === words.EX && this.enter(at + 8, SEEN.index) && this.scanIndex();
      case words.TIME:
        return view.getInt32(at + 3, true) === words.ME && this.enter(at + 7, SEEN.time) && this.scanTime();
      default:
        return this.scanOptionalField();
    }
  }

  private scanOptionalField(): boolean {
    const { view, at, names } = this;
    switch (view.getInt32(at + 1, true)) {
      case words.KEY:
        if (view.getInt32(at + 2, true) !== words.EY || !this.enter(at + 6, SEEN.key)) return false;
        return (this.key = this.scanName(names.keys)) !== NONE;
      case words.NODE:
        if (view.getInt32(at + 3, true) !== words.DE || !this.enter(at + 7, SEEN.node)) return false;
        return (this.node = this.scanName(names.nodes)) !== NONE;
      case words.WORK:
        if (view.getInt32(at + 5, true) !== words.LOAD || view.getInt32(at + 7, true) !== words.AD) return false;
        return this.enter(at + 11, SEEN.workload) && (this.workload = this.scanName(names.workloads)) !== NONE;
      case words.ERRO:
        if (view.getInt32(at + 4, true) !== words.OR || !this.enter(at + 8, SEEN.error)) return false;
        return (this.error = this.scanName(names.errors)) !== NONE;
      default:
        return false;
    }
  }

  /** Goes to a field's value, past an optional blank; false when the line had this field already. */
  private enter(value: number, bit: number): boolean {
    if ((this.seen & bit) !== 0) return false;
    this.seen |= bit;
    this.at = this.bytes[value] === SPACE ? value + 1 : value;
    return true;
  }

  private scanIndex(): boolean {
    if (!this.scanNumber() || this.number > MAX_INT32) return false;
    this.index = this.number;
    return true;
  }

  private scanTime(): boolean {
    if (this.epochSeconds !== 0) return this.scanEpochTime();
    if (!this.scanNumber()) return false;
    this.time = this.number;
    return true;
  }

  /** A time of nineteen digits since an epoch, as one since the history's own. */
  private scanEpochTime(): boolean {
    const { bytes, at } = this;
    let seconds = 0;
    let nanoseconds = 0;
    for (let i = 0; i < EPOCH_DIGITS; i++) {
      const digit = bytes[at + i] - ZERO;
      if (!(digit >= 0 && digit <= 9)) return false;
      if (i < SECONDS_DIGITS) seconds = seconds * 10 + digit;
      else nanoseconds = (nanoseconds * 10 + digit) | 0;
    }
    this.at = at + EPOCH_DIGITS;
    const after = bytes[this.at];
    if (bytes[at] === ZERO || (after !== COMMA && after !== CLOSE_BRACE)) return false;
    this.time = (seconds - this.epochSeconds) * 1e9 + (nanoseconds - this.epochNanoseconds);
    return this.time >= 0 && this.time <= Number.MAX_SAFE_INTEGER;
  }

  /** Tells what is taken from times that are since an epoch. */
  useEpoch(epoch: bigint): void {
    this.epochSeconds = Number(epoch / 1_000_000_000n);
    this.epochNanoseconds = Number(epoch % 1_000_000_000n);
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
      const { view, at } = this;
      if (view.getInt32(at, true) !== words.NEME || view.getInt32(at + 4, true) !== words.ESIS) return false;
      this.at = at + 9;
      this.process = NEMESIS;
      return view.getInt32(at + 5, true) === words.SIS;
    }
    if (!this.scanNumber() || this.number > MAX_PROCESS) return false;
    this.process = this.number;
    return true;
  }

  private scanType(): boolean {
    const { view, at } = this;
    switch (view.getInt32(at, true)) {
      case words.OK_TYPE:
        return this.pass(OK, 4);
      case words.INVO:
        return view.getInt32(at + 4, true) === words.OKE && this.pass(INVOKE, 8);
      case words.FAIL_TYPE:
        return view.getInt32(at + 2, true) === words.AIL && this.pass(FAIL, 6);
      case words.INFO_TYPE:
        return view.getInt32(at + 2, true) === words.NFO && this.pass(INFO, 6);
      default:
        return false;
    }
  }

  private pass(type: number, length: number): boolean {
    this.type = type;
    this.at += length;
    return true;
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
    const known = (this.seen & KNOWN) === KNOWN ? this.type : -1;
    this.at = this.value.scan(this.bytes, this.view, this.at, known, this.process);
    return this.at !== -1;
  }

  private write(store: ColumnStore): void {
    const row = store.length;
    store.types[row] = this.type;
    store.processes[row] = this.process;
    store.times[row] = this.time;
    store.indices[row] = this.index;
    store.functions[row] = this.f;
    store.keys[row] = this.key;
    store.nodes[row] = this.node;
    store.workloads[row] = this.workload;
    store.errors[row] = this.error;
    this.value.write(this.bytes, store, row);
    store.length = row + 1;
  }
}
