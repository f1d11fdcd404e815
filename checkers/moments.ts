import type { History } from '../harness/history/history.js';
import { gap, isTimed, seconds, when, who } from './verdict.js';

/**
 * Words for the moments of one sentence, asked for in the order in which it tells them. A moment that would print like
 * the one told last is told as the gap between them (`1.6 ms later`); one that would print like another before that,
 * with as many digits as tell them apart.
 */
export class Moments {
  /** Moments told so far, in ns, by how they were printed. */
  private readonly told = new Map<string, number>();
  private last: number | undefined;

  constructor(private readonly history: History) {}

  /** `process 3 on n2 at 12.41 s`. */
  by(position: number): string {
    return `${who(this.history, position)} ${this.at(position)}`;
  }

  /** `at 12.41 s`, `1.6 ms later`, `at event 7`. */
  at(position: number): string {
    if (!isTimed(this.history)) return `at ${when(this.history, position)}`;
    return this.atTime(this.history.columns.times[position]);
  }

  /** The same for a moment that is no event's, in ns. */
  atTime(timeNs: number): string {
    const { last } = this;
    this.last = timeNs;
    const printed = seconds(timeNs);
    const known = this.told.get(printed);
    if (last === timeNs) return 'at the same moment';
    if (known !== undefined && known !== timeNs && last !== undefined && seconds(last) === printed) {
      return `${gap(timeNs - last)} ${timeNs > last ? 'later' : 'before'}`;
    }
    for (const text of [printed, ...[3, 4, 5, 6, 7, 8].map((digits) => `${(timeNs / 1e9).toFixed(digits)} s`)]) {
      const other = this.told.get(text);
      if (other !== undefined && other !== timeNs) continue;
      this.told.set(text, timeNs);
      return `at ${text}`;
    }
    return `at ${(timeNs / 1e9).toFixed(9)} s`;
  }
}

/** `from 12.41 s to 12.43 s`, or where both would print alike `from 12.41 s on, for 1.6 ms`; in ns. */
export function span(beginNs: number, endNs: number): string {
  const begin = seconds(beginNs);
  return begin === seconds(endNs)
    ? `from ${begin} on, for ${gap(endNs - beginNs)}`
    : `from ${begin} to ${seconds(endNs)}`;
}
