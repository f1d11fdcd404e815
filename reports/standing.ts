import type { Verdict } from '../checkers/checker.js';
import type { Json } from '../harness/history/operation.js';
import { inline } from './text.js';

const MAX_NOTES = 10;
export const STRONGEST = 'strongest that still holds';

/** What a verdict on transactions says of other models: what still holds, what is lost, and what falls with that. */
export function standingOf({ validity, details }: Verdict): string[] {
  if (validity === 'unknown') return [];
  const line = (words: string, told: Json | undefined) =>
    Array.isArray(told) && told.length > 0 ? [inline(`${words}: ${told.join(', ')}`, 400)] : [];
  return [
    ...line(STRONGEST, details['strongest']),
    ...line('ruled out', details['not']),
    ...line('and with it', details['alsoNot']),
  ];
}

/** What was left open, or excused, beside what decided: a reader of "valid" has to know. */
export function openOf(verdict: Verdict): string[] {
  const reason = verdict.validity === 'unknown' ? verdict.reason : undefined;
  return verdict.notChecked
    .filter((line) => line !== reason)
    .slice(0, MAX_NOTES)
    .map((line) => inline(`not checked: ${line}`, 400));
}
