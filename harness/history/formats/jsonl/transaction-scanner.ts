import { INVOKE, OK } from '../../history.js';
import {
  APPENDED,
  type MicroOperations,
  READ_LIST,
  READ_NOTHING,
  READ_VALUE,
  WROTE,
} from '../../micro-operations/micro-operations.js';
import { APPE, END, NULL } from './words.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LETTER_R = 0x72;
const LETTER_W = 0x77;

/** Sessions whose open transaction is remembered; a power of two. */
const REMEMBERED = 1024;

/**
 * Reads the micro-operations of transactions, `[["append",7,1],["r",7,null]]`, from bytes straight into columns. Keys and
 * values must be integers of at most nine digits, reads open in the invocation, and the completion must repeat what was
 * asked, its lists being prefixes of each other. Anything else is answered by -1 and stays text: so this decides about
 * memory and speed and never about what is a transaction.
 */
export class TransactionScanner {
  /** Of the transaction scanned last: its first micro-operation, and how many they are. */
  first = 0;
  count = 0;
  private number = 0;
  private kind = READ_NOTHING;
  private key = 0;
  /** By session, in `process & (REMEMBERED - 1)`: its process, and its transaction if that is in the columns and open. */
  private readonly processes = new Int32Array(REMEMBERED).fill(-1);
  private readonly firsts = new Int32Array(REMEMBERED);
  private readonly counts = new Int32Array(REMEMBERED);
  /** What the current line changed: lists made longer, and their former lengths. */
  private readonly extended: number[] = [];
  private state: 'unchanged' | 'asked' | 'answered' = 'unchanged';

  constructor(private readonly operations: MicroOperations) {}

  /** Reads the array at `at` of an event; answers its end, or -1 when it is unusual (and then changed nothing). */
  scan(bytes: Uint8Array, view: DataView, at: number, type: number, process: number): number {
    if (bytes[at + 1] !== OPEN_BRACKET || bytes[at + 2] !== QUOTE) return -1;
    const end = type === INVOKE ? this.ask(bytes, view, at) : this.answer(bytes, view, at, type, process);
    if (end === -1) this.takeBack();
    return end;
  }

  /** The line became an event: `coded` if by what was scanned. Its session then has this transaction open, or none. */
  keep(type: number, process: number, coded: boolean): void {
    const session = process & (REMEMBERED - 1);
    this.processes[session] = type === INVOKE && coded ? process : -1;
    this.firsts[session] = this.first;
    this.counts[session] = this.count;
    this.state = 'unchanged';
    if (this.extended.length > 0) this.extended.length = 0;
  }

  /** Whatever sessions have open is not known any more. */
  forget(): void {
    this.processes.fill(-1);
  }

  /** The line turned out to be none: what was scanned of it is forgotten. */
  takeBack(): void {
    const { operations, extended } = this;
    if (this.state === 'unchanged') return;
    while (extended.length > 0) operations.lists.truncate(extended.pop()!, extended.pop()!);
    if (this.state === 'asked') operations.length = this.first;
    else {
      for (let i = this.first; i < this.first + this.count; i++) {
        if (operations.kinds[i] < WROTE) operations.kinds[i] = READ_NOTHING;
      }
    }
    this.state = 'unchanged';
  }

  private ask(bytes: Uint8Array, view: DataView, at: number): number {
    const { operations } = this;
    this.first = operations.length;
    this.state = 'asked';
    do {
      at = this.head(bytes, view, at + 1);
      if (at === -1) return -1;
      if (this.kind === READ_NOTHING) {
        if (view.getInt32(at, true) !== NULL) return -1;
        this.number = 0;
        at += 4;
      } else if ((at = this.integer(bytes, at)) === -1) return -1;
      operations.push(this.kind, this.key, this.number);
      if (bytes[at] !== CLOSE_BRACKET) return -1;
    } while (bytes[++at] === COMMA);
    this.count = operations.length - this.first;
    return bytes[at] === CLOSE_BRACKET ? at + 1 : -1;
  }

  private answer(bytes: Uint8Array, view: DataView, at: number, type: number, process: number): number {
    const session = process & (REMEMBERED - 1);
    if (this.processes[session] !== process) return -1;
    const { kinds, keys, values } = this.operations;
    this.first = this.firsts[session];
    this.count = this.counts[session];
    this.state = 'answered';
    const end = this.first + this.count;
    let operation = this.first;
    do {
      at = this.head(bytes, view, at + 1);
      if (at === -1 || operation === end) return -1;
      if (kinds[operation] !== this.kind || keys[operation] !== this.key) return -1;
      if (this.kind === READ_NOTHING) at = this.read(bytes, view, at, operation, type);
      else if ((at = this.integer(bytes, at)) === -1 || values[operation] !== this.number) return -1;
      if (at === -1 || bytes[at] !== CLOSE_BRACKET) return -1;
      operation++;
    } while (bytes[++at] === COMMA);
    return operation === end && bytes[at] === CLOSE_BRACKET ? at + 1 : -1;
  }

  /** What a read answered. Only where the transaction succeeded an answer may differ from the question. */
  private read(bytes: Uint8Array, view: DataView, at: number, operation: number, type: number): number {
    if (view.getInt32(at, true) === NULL) return at + 4;
    if (type !== OK) return -1;
    const { kinds, values } = this.operations;
    const isList = bytes[at] === OPEN_BRACKET;
    at = isList ? this.list(bytes, at) : this.integer(bytes, at);
    if (at === -1) return -1;
    kinds[operation] = isList ? READ_LIST : READ_VALUE;
    values[operation] = this.number;
    return at;
  }

  /** Compares a list with what is known of its key's; its length becomes `number`. */
  private list(bytes: Uint8Array, at: number): number {
    const { lists } = this.operations;
    const branch = lists.main(this.key);
    const known = lists.length(branch);
    const pool = lists.pool;
    const offset = lists.offset(branch);
    let length = 0;
    if (bytes[at + 1] === CLOSE_BRACKET) at += 2;
    else {
      do {
        const start = ++at;
        let value = bytes[at] - ZERO;
        if (value > 0 && value <= 9) {
          for (let digit; (digit = bytes[++at] - ZERO) >= 0 && digit <= 9;) value = (value * 10 + digit) | 0;
          if (at - start > 9) return -1;
        } else {
          at = this.integer(bytes, start);
          if (at === -1) return -1;
          value = this.number;
        }
        if (length < known) {
          if (pool[offset + length] !== value) return -1;
        } else {
          if (length === known) this.extended.push(known, branch);
          lists.extend(branch, value);
        }
        length++;
      } while (bytes[at] === COMMA);
      if (bytes[at++] !== CLOSE_BRACKET) return -1;
    }
    this.number = length;
    return at;
  }

  /** Reads `["name",key,` and answers where the value begins, or -1. */
  private head(bytes: Uint8Array, view: DataView, at: number): number {
    if (bytes[at] !== OPEN_BRACKET || bytes[at + 1] !== QUOTE) return -1;
    const letter = bytes[at + 2];
    if (bytes[at + 3] === QUOTE && (letter === LETTER_R || letter === LETTER_W)) {
      this.kind = letter === LETTER_R ? READ_NOTHING : WROTE;
      at += 4;
    } else {
      if (view.getInt32(at + 2, true) !== APPE || view.getInt32(at + 5, true) !== END) return -1;
      this.kind = APPENDED;
      at += 9;
    }
    if (bytes[at] !== COMMA) return -1;
    at = this.integer(bytes, at + 1);
    if (at === -1 || bytes[at] !== COMMA) return -1;
    this.key = this.operations.keyOf(this.number);
    return at + 1;
  }

  /** Reads an integer of at most nine digits into `number`; answers its end, or -1. */
  private integer(bytes: Uint8Array, at: number): number {
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const start = at;
    let value = 0;
    let byte = bytes[at];
    while (byte >= ZERO && byte <= NINE && at < start + 10) {
      value = (value * 10 + byte - ZERO) | 0;
      byte = bytes[++at];
    }
    const digits = at - start;
    if (digits === 0 || digits > 9 || (bytes[start] === ZERO && (negative || digits > 1))) return -1;
    this.number = negative ? -value : value;
    return at;
  }
}
