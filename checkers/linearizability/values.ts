import { type History, VALUE_INT, VALUE_NULL, VALUE_PAIR } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { text } from '../models/values.js';
import type { Deadline } from './budget.js';

/**
 * Numbers the values of one register after the other from 0, in order of appearance. Small integers, the usual case,
 * go through a table that all registers of a history share: an entry below `base` belongs to an earlier register.
 */
export class ValueNumbers {
  /** Values numbered so far in this register. */
  count = 0;
  private base = 0;
  private readonly low: number;
  private readonly table: Int32Array | undefined;
  private readonly others = new Map<string, number>();
  private nothing = -1;

  /**
   * @param nullIsInitial whether a null that was never written is another name of the initial value
   * @param how `all`: with a table for all values of the history; `few` of them are numbered without one
   */
  constructor(
    private readonly history: History,
    private readonly nullIsInitial: boolean,
    how: 'all' | 'few' = 'all',
    deadline?: Deadline,
  ) {
    this.low = 0;
    if (how === 'few') return;
    const { length, valueKinds, valuesA, valuesB } = history.columns;
    let low = 0;
    let high = 0;
    for (let at = 0; at < length; at++) {
      if ((at & 0xffff) === 0) deadline?.check();
      const kind = valueKinds[at];
      if (kind !== VALUE_INT && kind !== VALUE_PAIR) continue;
      const a = valuesA[at];
      if (a < low) low = a;
      else if (a > high) high = a;
      if (kind === VALUE_INT) continue;
      const b = valuesB[at];
      if (b < low) low = b;
      else if (b > high) high = b;
    }
    this.low = low;
    if (high - low < 4 * length + 1_000_000) this.table = new Int32Array(high - low + 1).fill(-1);
  }

  /** Starts the next register, whose initial value gets number 0. */
  begin(initial: Json): void {
    this.base += this.count;
    this.count = 0;
    this.nothing = -1;
    this.others.clear();
    this.of(initial);
    if (this.nullIsInitial) this.nothing = 0;
  }

  /** The number of the whole value at a position. */
  at(position: number): number {
    const { valueKinds, valuesA } = this.history.columns;
    const kind = valueKinds[position];
    if (kind === VALUE_INT) return this.ofInt(valuesA[position]);
    return kind === VALUE_NULL ? this.ofNull() : this.of(this.history.value(position));
  }

  ofInt(value: number): number {
    const { table, low } = this;
    if (table === undefined || value < low || value - low >= table.length) return this.ofText(String(value));
    const known = table[value - low];
    if (known >= this.base) return known - this.base;
    table[value - low] = this.base + this.count;
    return this.count++;
  }

  of(value: Json): number {
    if (value === null) return this.ofNull();
    if (typeof value === 'number' && (value | 0) === value) return this.ofInt(value);
    return this.ofText(text(value));
  }

  private ofNull(): number {
    return this.nothing === -1 ? (this.nothing = this.count++) : this.nothing;
  }

  private ofText(key: string): number {
    let number = this.others.get(key);
    if (number === undefined) this.others.set(key, (number = this.count++));
    return number;
  }
}
