import type { Json } from '../../harness/history/operation.js';
import { isPlain, NULL_VALUE } from '../transactions/names.js';
import { EXTERNAL, WRITE, type Transactions } from '../transactions/transactions.js';
import { groupByKey } from './by-key.js';
import { ValueIndex } from './value-index.js';

/** What every register holds before anybody writes; not known of a recording that may begin in the middle of its life. */
export type Beginning = { readonly kind: 'known'; readonly value: Json } | { readonly kind: 'unknown' };

/** By options `initial` (a value) and `initialState` (`empty` for null, `unknown`, or a value). */
export function beginningOf(options: Readonly<Record<string, Json>>): Beginning {
  const { initial, initialState } = options;
  if (initial !== undefined) return { kind: 'known', value: initial };
  if (initialState === undefined || initialState === 'unknown') return { kind: 'unknown' };
  return { kind: 'known', value: initialState === 'empty' ? null : initialState };
}

/** Registers whose initial state has the code of null, whatever value it was. */
export interface Begun {
  readonly transactions: Transactions;
  /** Reads of values that nobody wrote and that were taken for initial ones, key by key. */
  readonly excused: readonly { readonly key: number; readonly reads: number }[];
  /** Reads (micro-operations) that show the initial state or a write of the same value, and the code of that write. */
  readonly ambiguous: readonly { readonly mop: number; readonly written: number }[];
}

/**
 * Gives the initial state of every register the one code NULL_VALUE, and null the code of an ordinary value where it is
 * none. Where the initial state is not known, one value of a key that nobody wrote may be it: null if somebody read that,
 * else the one that was read first. Any other that nobody wrote came out of thin air.
 */
export function begin(transactions: Transactions, beginning: Beginning): Begun {
  if (transactions.family !== 'rw-register') return { transactions, excused: [], ambiguous: [] };
  return new Renaming(transactions, beginning).run();
}

/** The transactions if each ambiguous read saw what `isInitial` says. */
export function resolved({ transactions, ambiguous }: Begun, isInitial: (i: number) => boolean): Transactions {
  const values = transactions.values.slice();
  ambiguous.forEach(({ mop, written }, i) => (values[mop] = isInitial(i) ? NULL_VALUE : written));
  return { ...transactions, values };
}

class Renaming {
  private readonly values: Int32Array;
  private readonly initialNames = new Map<number, string>();
  private readonly excused: { readonly key: number; readonly reads: number }[] = [];
  private readonly ambiguous: { readonly mop: number; readonly written: number }[] = [];
  private changed = false;

  constructor(
    private readonly transactions: Transactions,
    private readonly beginning: Beginning,
  ) {
    this.values = transactions.values.slice();
  }

  run(): Begun {
    const { offsets, mops } = groupByKey(this.transactions);
    const index = new ValueIndex();
    for (let key = 0; key + 1 < offsets.length; key++) {
      const own = mops.subarray(offsets[key], offsets[key + 1]);
      index.fillWith(this.transactions, own);
      this.rename(key, own, index);
    }
    const { transactions, excused, ambiguous, initialNames, values } = this;
    return {
      transactions: this.changed ? { ...transactions, values, initialNames } : transactions,
      excused,
      ambiguous,
    };
  }

  private rename(key: number, own: Int32Array, index: ValueIndex): void {
    const initial = this.beginning.kind === 'known' ? this.codeOf(this.beginning.value) : this.guess(own, index);
    const isWritten = index.get(initial) >= 0;
    if (initial === NULL_VALUE && !isWritten) return;
    this.changed = true;
    if (initial !== NULL_VALUE) this.initialNames.set(key, this.transactions.codes.nameOf(initial));
    const nullCode = this.transactions.codes.codeOf('null');
    const alias = initial === NULL_VALUE ? nullCode : initial;
    let reads = 0;
    for (const mop of own) {
      const value = this.transactions.values[mop];
      if (value === NULL_VALUE && initial !== NULL_VALUE) this.values[mop] = nullCode;
      if (value !== initial) continue;
      const isWrite = (this.transactions.mops[mop] & WRITE) !== 0;
      if (isWrite) this.values[mop] = alias;
      else if (!isWritten) this.values[mop] = NULL_VALUE;
      else if (this.followsOwn(mop, key, initial)) this.values[mop] = alias;
      else this.ambiguous.push({ mop, written: alias });
      if (!isWrite) reads++;
    }
    if (this.beginning.kind === 'unknown' && initial !== NULL_VALUE) this.excused.push({ key, reads });
  }

  /** The code of the initial state of a key, where nobody says it. */
  private guess(own: Int32Array, index: ValueIndex): number {
    const { mops, values } = this.transactions;
    let external: number | undefined;
    let other: number | undefined;
    for (const mop of own) {
      if (mops[mop] & WRITE) continue;
      const value = values[mop];
      if (index.get(value) >= 0) continue;
      if (value === NULL_VALUE) return NULL_VALUE;
      if (mops[mop] & EXTERNAL) external ??= value;
      other ??= value;
    }
    return external ?? other ?? NULL_VALUE;
  }

  /** Whether the last access of the key before a read, by the same transaction, is a write of this value. */
  private followsOwn(read: number, key: number, value: number): boolean {
    const { mops, keys, values } = this.transactions;
    if (mops[read] & EXTERNAL) return false;
    let mop = read - 1;
    while (keys[mop] !== key) mop--;
    return values[mop] === value && (mops[mop] & WRITE) !== 0;
  }

  private codeOf(value: Json): number {
    if (value === null) return NULL_VALUE;
    if (typeof value === 'number' && isOwnCode(value)) return value;
    return this.transactions.codes.codeOf(JSON.stringify(value));
  }
}

function isOwnCode(value: number): boolean {
  return Number.isInteger(value) && isPlain(value);
}
