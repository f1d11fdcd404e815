import type { History } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { integerOf } from '../harness/history/values/numbers.js';
import { show } from '../harness/history/values/show.js';
import type { Anomaly, Checker } from './checker.js';
import { nonsense } from './verdict.js';

export type Fields = Readonly<Record<string, Json>>;

export function isObject(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ids and names may be text or numbers; they are compared as text. */
export function isName(value: Json | undefined): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** @throws UserError naming the event, where the value is no text or number */
export function nameAt(history: History, position: number, value: Json | undefined, what: string): string {
  if (isName(value)) return String(value);
  throw nonsense(history, position, `${what} is ${JSON.stringify(value) ?? 'missing'}, not a number or text`);
}

/** NaN for null. @throws UserError naming the event, where the value is anything but a whole number */
export function wholeNumberAt(history: History, position: number, value: Json | undefined, what: string): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  refuseLarge(history, position, value, what);
  throw nonsense(history, position, `${what} is ${value === undefined ? 'missing' : show(value)}, not a whole number`);
}

/** Amounts whose sums no double holds: nothing is decided of them, rather than wrongly. */
export class TooLarge extends Error {}

/** @throws TooLarge for an integer past 2^53 */
export function refuseLarge(history: History, position: number, value: Json | undefined, what: string): void {
  if (typeof integerOf(value) !== 'bigint') return;
  throw new TooLarge(
    `${history.placeOf(position)}: ${what} is ${show(value ?? null)}, past 2^53: sums would be rounded`,
  );
}

/**
 * The checker, `unknown` with the reason where amounts are too large for it, unless `exactly` proves a violation all the
 * same.
 */
export function orTooLarge(
  checker: Checker,
  exactly?: (history: History, options: Fields) => readonly Anomaly[],
): Checker {
  return {
    ...checker,
    check: (history, context) => {
      try {
        return checker.check(history, context);
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error;
        const reason = error.message;
        const [first, ...others] = exactly?.(history, context.options) ?? [];
        const rest = { details: {}, checked: [], notChecked: [reason] };
        return first === undefined
          ? { validity: 'unknown', reason, anomalies: [], ...rest }
          : { validity: 'invalid', anomalies: [first, ...others], ...rest };
      }
    },
  };
}
