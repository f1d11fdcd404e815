import type { CreditClass } from './credits.js';
import type { Layout } from './layout.js';
import { NEVER } from './partition.js';
import { NO_VALUE, type RegisterOperations } from './registers.js';
import type { Window } from './window.js';

/**
 * Shortcuts of a pass in which credits are free. Values that an unknown write may give at any time are all alike: from
 * one of them an excursion to another and back costs nothing, meets its reads, and buries every open write.
 */
export class Relaxation {
  private readonly isFree: Uint8Array;
  private readonly freeValues: number[] = [];
  /** Latest return of an operation that expects the value. */
  private readonly lastNeed: Int32Array;
  private watched = 0;

  constructor(
    private readonly operations: RegisterOperations,
    private readonly window: Window,
    private readonly layout: Layout,
  ) {
    this.isFree = new Uint8Array(operations.values);
    this.lastNeed = new Int32Array(operations.values).fill(-1);
    const { count, from, returns } = operations;
    for (let op = 0; op < count; op++) {
      if (from[op] < 0 || returns[op] === NEVER) continue;
      this.lastNeed[from[op]] = Math.max(this.lastNeed[from[op]], returns[op]);
    }
  }

  /** True when every value that is still needed has become free. */
  grant(credit: CreditClass, event: number): boolean {
    if (credit.from !== NO_VALUE) return false;
    this.isFree[credit.to] = 1;
    this.freeValues.push(credit.to);
    const { lastNeed, isFree } = this;
    while (this.watched < lastNeed.length && (isFree[this.watched] === 1 || lastNeed[this.watched] <= event)) {
      this.watched++;
    }
    return this.watched === lastNeed.length;
  }

  /** A configuration in a free value (at `at` in `vectors`): everything is done that costs nothing. */
  apply(vectors: Int32Array, at: number, granted: number): void {
    if (this.isFree[vectors[at]] === 0) return;
    const { window, freeValues } = this;
    const { words, o } = this.layout;
    vectors[at] = freeValues[0];
    vectors[at + this.layout.old] = granted;
    for (let word = 0; word < words; word++) {
      let done = window.allWrites[word];
      for (const value of freeValues) done |= window.reads[value * words + word] | this.freeCas(value, word);
      vectors[at + 1 + word] &= ~done;
      vectors[at + o + word] = 0;
    }
  }

  /** Open cas between two free values. One to another value is kept: it may be the only way to get there. */
  private freeCas(value: number, word: number): number {
    const { window, operations, isFree } = this;
    let left = window.casFrom[value * window.words + word];
    let free = 0;
    while (left !== 0) {
      const slot = 31 - Math.clz32(left);
      left &= ~(1 << slot);
      if (isFree[operations.to[window.opIn[word * 32 + slot]]] === 1) free |= 1 << slot;
    }
    return free;
  }
}
