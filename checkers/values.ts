import type { History } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
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
  throw nonsense(history, position, `${what} is ${JSON.stringify(value) ?? 'missing'}, not a whole number`);
}
