import { FAIL, INFO, INVOKE, NEMESIS, NONE, OK, VALUE_RAW, type History } from '../../harness/history/history.js';
import { UserError } from '../../harness/kit/errors.js';
import { Int32Buffer, Uint8Buffer } from './buffers.js';
import { Lists } from './lists.js';
import { KeyIds, NULL_VALUE, ValueCodes } from './names.js';
import {
  MalformedTransaction,
  MicroOpScanner,
  MOP_APPEND,
  MOP_READ,
  MOP_WRITE,
  type KnownList,
  type MopName,
} from './scanner.js';

/** Bits of {@link Transactions.mops}. A micro-operation without WRITE is a read. */
export const WRITE = 1;
/** A write that the same transaction overwrites (or appends after) later. */
export const INTERMEDIATE = 2;
/** A read that is the transaction's first access of its key. */
export const EXTERNAL = 4;
/** The transaction's first read of its key, when a write of that key follows it. */
export const REWRITTEN = 8;

export type Family = 'list-append' | 'rw-register';

/**
 * The transactions of a history by columns, in order of invocation. Of transactions that did not return ok only the
 * writes are kept: what they would have read is unknown.
 */
export interface Transactions {
  readonly history: History;
  readonly family: Family;
  readonly length: number;
  /** Positions of the events; `completions` is NONE for a transaction still open at the end. */
  readonly invokes: Int32Array;
  readonly completions: Int32Array;
  /** OK, FAIL or INFO (open ones too). */
  readonly statuses: Uint8Array;
  /** Where each transaction's micro-operations begin; one entry more than transactions. */
  readonly starts: Int32Array;
  /** By micro-operation: flags WRITE, INTERMEDIATE, EXTERNAL, REWRITTEN. */
  readonly mops: Uint8Array;
  /** Index into `keyNames`. */
  readonly keys: Int32Array;
  /** A value's code; of a list read its branch in `lists`. */
  readonly values: Int32Array;
  /** Of a list read: how many elements; -1 otherwise. */
  readonly lengths: Int32Array;
  readonly lists: Lists;
  /** JSON texts. */
  readonly keyNames: readonly string[];
  readonly codes: ValueCodes;
}

/** Called now and then; throws when a budget is met. */
export interface Pace {
  tick(stage: string): void;
}

const UNPACED: Pace = { tick: () => undefined };

/** Reads every client transaction of a history. Throws a UserError naming the event that is not one. */
export function readTransactions(history: History, family: Family, pace: Pace = UNPACED): Transactions {
  const { types, processes, pairs, length } = history.columns;
  const reader = new Reader(history, family);
  for (let position = 0; position < length; position++) {
    pace.tick('reading transactions');
    if (processes[position] === NEMESIS) continue;
    const partner = pairs[position];
    if (types[position] === INVOKE) {
      const status = partner === NONE ? INFO : types[partner];
      reader.read(position, partner, status, status === OK ? partner : position);
    } else if (partner === NONE) {
      reader.read(position, position, types[position], position);
    }
  }
  return reader.finish();
}

class Reader {
  private readonly keyIds = new KeyIds();
  private readonly codes = new ValueCodes();
  private readonly lists = new Lists();
  private readonly scanner: MicroOpScanner;
  private readonly writeName: MopName;
  private readonly invokes: Int32Buffer;
  private readonly completions: Int32Buffer;
  private readonly statuses: Uint8Buffer;
  private readonly starts: Int32Buffer;
  private readonly mops: Uint8Buffer;
  private readonly keys: Int32Buffer;
  private readonly values: Int32Buffer;
  private readonly lengths: Int32Buffer;
  /** By key: 1 + the transaction that touched it last, and there its first read and last write (micro-operations). */
  private touched = new Int32Array(1024);
  private firstRead = new Int32Array(1024);
  private lastWrite = new Int32Array(1024);
  /** By key: the text of its longest list so far. */
  private readonly longest: (KnownList | undefined)[] = [];

  constructor(
    private readonly history: History,
    private readonly family: Family,
  ) {
    const transactions = (history.length >> 1) + 1;
    this.scanner = new MicroOpScanner(history.columns.slab, this.keyIds, this.codes);
    this.writeName = family === 'list-append' ? MOP_APPEND : MOP_WRITE;
    this.invokes = new Int32Buffer(transactions);
    this.completions = new Int32Buffer(transactions);
    this.statuses = new Uint8Buffer(transactions);
    this.starts = new Int32Buffer(transactions + 1);
    this.mops = new Uint8Buffer(transactions * 2);
    this.keys = new Int32Buffer(transactions * 2);
    this.values = new Int32Buffer(transactions * 2);
    this.lengths = new Int32Buffer(family === 'list-append' ? transactions * 2 : 0);
  }

  read(invoke: number, completion: number, status: number, position: number): void {
    const { valueKinds, valuesA, valuesB } = this.history.columns;
    this.invokes.push(invoke);
    this.completions.push(completion);
    this.statuses.push(status);
    this.starts.push(this.mops.length);
    try {
      if (valueKinds[position] !== VALUE_RAW) throw new MalformedTransaction('is not an array of micro-operations');
      this.scan(valuesA[position], valuesB[position], status === OK);
    } catch (error) {
      if (!(error instanceof MalformedTransaction || error instanceof SyntaxError)) throw error;
      throw this.complaint(position, error.message);
    }
  }

  finish(): Transactions {
    this.starts.push(this.mops.length);
    const { history, family, lists, codes } = this;
    return {
      history,
      family,
      length: this.invokes.length,
      invokes: this.invokes.view(),
      completions: this.completions.view(),
      statuses: this.statuses.view(),
      starts: this.starts.view(),
      mops: this.mops.view(),
      keys: this.keys.view(),
      values: this.values.view(),
      lengths: this.lengths.view(),
      lists,
      keyNames: this.keyIds.names,
      codes,
    };
  }

  private scan(offset: number, length: number, committed: boolean): void {
    const scanner = this.scanner;
    scanner.start(offset, length);
    while (scanner.more()) {
      const name = scanner.openMop();
      if (name !== MOP_READ && name !== this.writeName) {
        throw new MalformedTransaction(`has micro-operation "${name === MOP_APPEND ? 'append' : 'w'}"`);
      }
      scanner.comma();
      const key = scanner.key();
      scanner.comma();
      if (key >= this.touched.length) this.growScratch(key);
      if (name !== MOP_READ) this.write(key);
      else if (committed) this.readMop(key);
      else this.skipRead();
      scanner.closeMop();
    }
    scanner.finish();
  }

  private write(key: number): void {
    const value = this.scanner.value();
    if (value === NULL_VALUE) throw new MalformedTransaction('writes null, the initial state');
    const mop = this.mops.length;
    const stamp = this.invokes.length;
    if (this.touched[key] !== stamp) {
      this.touched[key] = stamp;
      this.firstRead[key] = NONE;
    } else {
      if (this.lastWrite[key] >= 0) this.mops.data[this.lastWrite[key]] |= INTERMEDIATE;
      if (this.firstRead[key] >= 0) this.mops.data[this.firstRead[key]] |= REWRITTEN;
    }
    this.lastWrite[key] = mop;
    this.mops.push(WRITE);
    this.keys.push(key);
    this.values.push(value);
    if (this.family === 'list-append') this.lengths.push(-1);
  }

  private readMop(key: number): void {
    const mop = this.mops.length;
    const stamp = this.invokes.length;
    let flags = 0;
    if (this.touched[key] !== stamp) {
      this.touched[key] = stamp;
      this.firstRead[key] = mop;
      this.lastWrite[key] = NONE;
      flags = EXTERNAL;
    } else if (this.firstRead[key] < 0) {
      this.firstRead[key] = mop;
    }
    this.mops.push(flags);
    this.keys.push(key);
    if (this.family === 'list-append') this.list(key);
    else this.values.push(this.scanner.value());
  }

  /** Reads a list, comparing it with the key's main branch; nothing is stored that is known. */
  private list(key: number): void {
    const { scanner, lists } = this;
    const main = lists.main(key);
    const known = this.longest[key];
    const kind = known === undefined ? 'other' : scanner.compare(known);
    if (kind === 'same' || kind === 'prefix') {
      this.values.push(main);
      this.lengths.push(scanner.elements);
    } else this.elements(key, main, kind === 'longer' ? known : undefined);
  }

  /** Reads a list element by element, from `known` elements on. */
  private elements(key: number, main: number, known: KnownList | undefined): void {
    const { scanner, lists } = this;
    let extent = lists.length(main);
    let length = known?.elements ?? 0;
    let deviant: number[] | undefined;
    const sizeBefore = known?.sizeBytes ?? 0;
    const start = scanner.at - sizeBefore;
    if (known !== undefined || scanner.openList()) {
      while (scanner.more()) {
        const value = scanner.value();
        if (value === NULL_VALUE) throw new MalformedTransaction('reads null as an element of a list');
        if (deviant) deviant.push(value);
        else if (length === extent) {
          lists.extend(main, value);
          extent++;
        } else if (!lists.has(main, length, value)) {
          deviant = [...lists.elements(main).subarray(0, length), value];
        }
        length++;
      }
    }
    if (!deviant && length === extent && length > 0 && scanner.comparable(start)) {
      this.longest[key] = { offset: start, sizeBytes: scanner.at - 1 - start, elements: length };
    }
    this.values.push(deviant ? lists.deviant(key, deviant) : main);
    this.lengths.push(length);
  }

  /** The read of a transaction that did not commit: checked for shape, not kept. */
  private skipRead(): void {
    if (this.family === 'rw-register') this.scanner.value();
    else if (this.scanner.openList()) while (this.scanner.more()) this.scanner.value();
  }

  private growScratch(key: number): void {
    const grow = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(Math.max(key + 1, old.length * 2));
      grown.set(old);
      return grown;
    };
    this.touched = grow(this.touched);
    this.firstRead = grow(this.firstRead);
    this.lastWrite = grow(this.lastWrite);
  }

  private complaint(position: number, message: string): UserError {
    const index = this.history.columns.indices[position];
    const wanted = this.family === 'list-append' ? '["append", key, value]' : '["w", key, value]';
    return new UserError(
      `event ${String(index)}: its value ${message}; ${this.family} takes an array of ["r", key, value] and ${wanted}`,
    );
  }
}

/** Whether a transaction can have taken effect. */
export function possible(transactions: Transactions, transaction: number): boolean {
  return transactions.statuses[transaction] !== FAIL;
}

/** The transaction that a micro-operation belongs to, by binary search. */
export function ownerOf(transactions: Transactions, mop: number): number {
  const { starts } = transactions;
  let low = 0;
  let high = transactions.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= mop) low = middle;
    else high = middle;
  }
  return low;
}
