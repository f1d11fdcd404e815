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
    const printed = [...line.matchAll(/\b(?:at|since|from|to) (\d+\.\d+ s)/g)].map(([, time]) => time);
    const twice = printed.filter((time, i) => printed.indexOf(time) !== i);
    return twice.some((time) => !isTimed(history) || (moments.get(time)?.size ?? 0) > 1);
  });
}
