import type { History } from '../../harness/history/history.js';
import { Int32Buffer, Uint8Buffer } from '../../harness/history/micro-operations/buffers.js';
import { Lists } from '../../harness/history/micro-operations/lists.js';
import { Accesses } from './accesses.js';
import { KeyIds, ValueCodes } from './names.js';
import type { Family, Transactions } from './transactions.js';

/** Puts transactions into columns, whatever they were recorded as. */
export class Collector {
  readonly keyIds = new KeyIds();
  readonly codes = new ValueCodes();
  readonly lists = new Lists();
  private readonly accesses = new Accesses();
  private readonly invokes: Int32Buffer;
  private readonly completions: Int32Buffer;
  private readonly statuses: Uint8Buffer;
  private readonly starts: Int32Buffer;
  private readonly mops: Uint8Buffer;
  private readonly keys: Int32Buffer;
  private readonly values: Int32Buffer;
  private readonly deviants = new Map<number, number>();

  constructor(
    private readonly history: History,
    private readonly family: Family,
  ) {
    const transactions = (history.length >> 1) + 1;
    this.invokes = new Int32Buffer(transactions);
    this.completions = new Int32Buffer(transactions);
    this.statuses = new Uint8Buffer(transactions);
    this.starts = new Int32Buffer(transactions + 1);
    this.mops = new Uint8Buffer(transactions * 2);
    this.keys = new Int32Buffer(transactions * 2);
    this.values = new Int32Buffer(transactions * 2);
  }

  begin(invoke: number, completion: number, status: number): void {
    this.invokes.push(invoke);
    this.completions.push(completion);
    this.statuses.push(status);
    this.starts.push(this.mops.length);
  }

  write(key: number, value: number): void {
    const mop = this.push(key, value);
    this.accesses.write(this.mops.data, mop, this.invokes.length, key);
  }

  /** @param value a code, or of a list how many elements. */
  read(key: number, value: number): void {
    const mop = this.push(key, value);
    this.accesses.read(this.mops.data, mop, this.invokes.length, key);
  }

  /** The read of a list that contradicts the key's main one. */
  readDeviant(key: number, elements: readonly number[]): void {
    this.deviants.set(this.mops.length, this.lists.deviant(key, elements));
    this.read(key, elements.length);
  }

  finish(): Transactions {
    this.starts.push(this.mops.length);
    const { history, family, lists, codes, deviants } = this;
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
      deviants,
      lists,
      keyNames: this.keyIds.names,
      codes,
    };
  }

  private push(key: number, value: number): number {
    this.mops.push(0);
    this.keys.push(key);
    this.values.push(value);
    return this.mops.length - 1;
  }
}
