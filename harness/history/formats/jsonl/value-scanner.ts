import type { ColumnStore } from '../../columns.js';
import { INVOKE, VALUE_INT, VALUE_NULL, VALUE_PAIR, VALUE_RAW, VALUE_TRANSACTION } from '../../history.js';
import type { MicroOperations } from '../../micro-operations/micro-operations.js';
import { endOfValue } from './raw-value.js';
import { TransactionScanner } from './transaction-scanner.js';
import { NULL } from './words.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** From this length on a native copy is quicker than a loop. */
const LONG_BYTES = 96;

/** Sessions whose last invocation is remembered; a power of two. */
const REMEMBERED = 1024;

/** Reads the value of an event from bytes; part of the line scanner, and as reticent. */
export class ValueScanner {
  private kind = VALUE_NULL;
  private a = 0;
  private b = 0;
  private int = 0;
  /** Where in the slab the value of a session's last invocation is. */
  private readonly askedAt = new Int32Array(REMEMBERED).fill(-1);
  private readonly askedLength = new Int32Array(REMEMBERED);
  private readonly transactions: TransactionScanner | undefined;

  /** @param operations where transactions go; without it they stay text. */
  constructor(operations?: MicroOperations) {
    this.transactions = operations && new TransactionScanner(operations);
  }

  /** Makes other bytes the ones that are scanned: what is in the slab may go elsewhere. */
  forget(): void {
    this.askedAt.fill(-1);
  }

  /** An event was read by somebody else. */
  missed(): void {
    this.transactions?.forget();
  }

  /** What was scanned did not become an event. */
  takeBack(): void {
    this.transactions?.takeBack();
  }

  /** Makes it the value of an event that has none. */
  reset(): void {
    this.kind = VALUE_NULL;
    this.a = 0;
    this.b = 0;
  }

  /**
   * The end of the value at `at`, or -1 when it is unusual. Where type and process of the event are known already (`type`
   * is -1 otherwise), transactions go to their columns.
   */
  scan(bytes: Uint8Array, view: DataView, at: number, type: number, process: number): number {
    if (view.getInt32(at, true) === NULL) return at + 4;
    const first = bytes[at];
    if (first === OPEN_BRACKET) {
      const end = this.scanPair(bytes, at);
      if (end !== -1) return end;
      const last = type === -1 ? -1 : this.scanTransaction(bytes, view, at, type, process);
      if (last !== -1) return last;
    } else if (first !== QUOTE && first !== OPEN_BRACE) {
      const end = this.scanInt(bytes, at);
      const after = end === -1 ? 0 : bytes[end];
      if (after === COMMA || after === CLOSE_BRACE) {
        this.kind = VALUE_INT;
        this.a = this.int;
        return end;
      }
    }
    const end = endOfValue(bytes, at);
    this.kind = VALUE_RAW;
    this.a = at;
    this.b = end - at;
    return end;
  }

  /** Puts the value into a row, of which process and type are there already; text goes to the slab. */
  write(bytes: Uint8Array, store: ColumnStore, row: number): void {
    this.transactions?.keep(store.types[row], store.processes[row], this.kind === VALUE_TRANSACTION);
    store.valueKinds[row] = this.kind;
    store.valuesA[row] = this.kind === VALUE_RAW ? this.placeText(bytes, store, row) : this.a;
    store.valuesB[row] = this.b;
  }

  /** A completion mostly repeats what was asked: then both share one text. */
  private placeText(bytes: Uint8Array, store: ColumnStore, row: number): number {
    const session = store.processes[row] & (REMEMBERED - 1);
    const asked = this.askedAt[session];
    if (store.types[row] !== INVOKE && asked !== -1 && this.repeats(bytes, store.slab, asked, session)) return asked;
    const place = this.copy(bytes, store);
    if (store.types[row] === INVOKE) {
      this.askedAt[session] = place;
      this.askedLength[session] = this.b;
    }
    return place;
  }

  private repeats(bytes: Uint8Array, slab: Uint8Array, asked: number, session: number): boolean {
    const { a, b } = this;
    if (this.askedLength[session] !== b) return false;
    for (let i = 0; i < b; i++) if (bytes[a + i] !== slab[asked + i]) return false;
    return true;
  }

  private copy(bytes: Uint8Array, store: ColumnStore): number {
    const { a, b } = this;
    store.reserveSlab(b);
    const { slab, slabLength } = store;
    if (b < LONG_BYTES) for (let i = 0; i < b; i++) slab[slabLength + i] = bytes[a + i];
    else slab.set(bytes.subarray(a, a + b), slabLength);
    store.slabLength = slabLength + b;
    return slabLength;
  }

  private scanTransaction(bytes: Uint8Array, view: DataView, at: number, type: number, process: number): number {
    const { transactions } = this;
    if (transactions === undefined) return -1;
    const end = transactions.scan(bytes, view, at, type, process);
    if (end === -1) return -1;
    this.kind = VALUE_TRANSACTION;
    this.a = transactions.first;
    this.b = transactions.count;
    return end;
  }

  /** Reads a small integer into `int`; answers its end, or -1. */
  private scanInt(bytes: Uint8Array, at: number): number {
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const start = at;
    let value = 0;
    while (at < start + 9 && bytes[at] >= ZERO && bytes[at] <= NINE) value = (value * 10 + bytes[at++] - ZERO) | 0;
    // Ten digits may or may not fit 32 bits and "-0" is a value of its own to some: both are rare.
    if (at === start || (bytes[at] >= ZERO && bytes[at] <= NINE)) return -1;
    if (bytes[start] === ZERO && (negative || at > start + 1)) return -1;
    this.int = negative ? -value : value;
    return at;
  }

  /** Reads an array of two small integers; answers its end, or -1. */
  private scanPair(bytes: Uint8Array, start: number): number {
    let at = this.scanInt(bytes, start + 1);
    if (at === -1 || bytes[at] !== COMMA) return -1;
    const first = this.int;
    at++;
    if (bytes[at] === SPACE) at++;
    at = this.scanInt(bytes, at);
    if (at === -1 || bytes[at] !== CLOSE_BRACKET) return -1;
    this.kind = VALUE_PAIR;
    this.a = first;
    this.b = this.int;
    return at + 1;
  }
}
