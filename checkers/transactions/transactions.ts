import { FAIL, type History } from '../../harness/history/history.js';
import type { Lists } from '../../harness/history/micro-operations/lists.js';
import type { ValueCodes } from './names.js';

/** Bits of {@link Transactions.mops}. A micro-operation without WRITE is a read. */
export const WRITE = 1;
/** A write that the same transaction overwrites (or appends after) later. */
export const INTERMEDIATE = 2;
/** A read that is the transaction's first access of its key. */
export const EXTERNAL = 4;
/** A read that is the transaction's first access of its key, when a write of that key follows it. */
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
  /** A value's code; of the read of a list how many elements it showed. */
  readonly values: Int32Array;
  /** The branches (in `lists`) of those list reads that contradict their key's main branch, by micro-operation. */
  readonly deviants: ReadonlyMap<number, number>;
  readonly lists: Lists;
  /** JSON texts. */
  readonly keyNames: readonly string[];
  readonly codes: ValueCodes;
  /** By key: the name of a register's initial state, where it is not null. Its code is that of null all the same. */
  readonly initialNames?: ReadonlyMap<number, string>;
}

/** Called now and then; throws when a budget is met. */
export interface Pace {
  tick(stage: string): void;
}

/** The branch in `lists` that a list read shows the beginning of. */
export function branchOf({ deviants, lists, keys }: Transactions, mop: number): number {
  const deviant = deviants.size === 0 ? undefined : deviants.get(mop);
  return deviant ?? lists.mainIfAny(keys[mop]);
}

/** What a list read showed. */
export function elementsRead(transactions: Transactions, mop: number): Int32Array {
  const length = transactions.values[mop];
  return length === 0 ? NO_ELEMENTS : transactions.lists.elements(branchOf(transactions, mop)).subarray(0, length);
}

/** The last element that a list read showed; undefined where it showed none. */
export function lastRead(transactions: Transactions, mop: number): number | undefined {
  const { lists, values } = transactions;
  const length = values[mop];
  return length === 0 ? undefined : lists.pool[lists.offset(branchOf(transactions, mop)) + length - 1];
}

const NO_ELEMENTS = new Int32Array(0);

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
