import { MASKS } from './minimal.js';

/** Where a configuration being explored is: on the main line, past a write shown on it, or (value + 1) on an excursion from a value. */
export const MAIN_LINE = 0;
export const AFTER_WRITE = -1;

/**
 * Where things stand in a configuration, a vector of words: the register's value; then three masks over the open
 * operations: N, those that still must take effect; U, the updates that were used; O, those opened since the last write
 * that was shown, hence too new for an excursion before it. Then where it is (see above), the interned vector of unknown
 * updates spent, how many unknown updates are old enough for an excursion, and a node of `effects`. An open write in
 * neither N nor U is *free*: it may have taken effect unseen, and may still be used.
 */
export class Layout {
  /** First word of U and of O; that of N is 1. */
  readonly u: number;
  readonly o: number;
  readonly place: number;
  readonly spent: number;
  readonly old: number;
  readonly trace: number;
  readonly width: number;

  /** @param words of a mask */
  constructor(
    readonly words: number,
    { unknown, effects }: { readonly unknown: 'some' | 'none'; readonly effects: 'recorded' | 'forgotten' },
  ) {
    this.u = 1 + words;
    this.o = 1 + 2 * words;
    this.place = 1 + MASKS * words;
    this.spent = this.place + 1;
    // Without unknown updates both stay 0, and need one word.
    this.old = unknown === 'some' ? this.spent + 1 : this.spent;
    this.trace = this.old + 1;
    this.width = effects === 'recorded' ? this.trace + 1 : this.trace;
  }
}
