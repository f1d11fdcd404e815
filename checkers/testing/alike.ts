import type { History } from '../../harness/history/history.js';
import type { Anomaly } from '../checker.js';
import { isTimed, seconds } from '../verdict.js';

/** Lines of an anomaly that print one time twice although its operations have several moments that look like it. */
export function linesThatPrintAlike(history: History, { sentence, explanation = [], operations }: Anomaly): string[] {
  const { indices, times, length } = history.columns;
  const proof = new Set(operations);
  const moments = new Map<string, Set<number>>();
  for (let at = 0; at < length; at++) {
    if (!proof.has(indices[at])) continue;
    const printed = seconds(times[at]);
    moments.set(printed, (moments.get(printed) ?? new Set()).add(times[at]));
  }
  return [sentence, ...explanation].filter((line) => {
    // What is told again of the same process is the same moment.
    const told = [...line.matchAll(/(process \S+(?: on \S+)? )?\b(?:at|since|from|to) (\d+\.\d+ s)/g)];
    const twice = told
      .filter(([, who, time], i) => told.some((other, j) => j < i && other[2] === time && !(who && who === other[1])))
      .map(([, , time]) => time);
    return twice.some((time) => !isTimed(history) || (moments.get(time)?.size ?? 0) > 1);
  });
}
