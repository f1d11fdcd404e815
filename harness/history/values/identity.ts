import type { Json } from '../operation.js';
import { setItems } from './literal.js';

/**
 * The text that equal values share and no others: the one meaning of "the same value", for readers, checkers and
 * reports. JSON by structure: the order of members, white space, escapes and the spelling of numbers are nothing (1, 1.0
 * and 1e0 are the same, -0 is 0); strings are no numbers. What JSON does not have (see `literal.ts`) is equal to its own
 * kind only, and sets have no order.
 *
 * For Maps and comparisons, never for people: they get {@link show}.
 */
export function identity(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(identity).join(',')}]`;
  const items = setItems(value);
  if (items !== undefined) return `{"#{}":[${[...new Set(items.map(identity))].sort().join(',')}]}`;
  const names = Object.keys(value);
  if (names.length > 1) names.sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${identity(value[name])}`).join(',')}}`;
}

/** Whether two values are the same; see {@link identity}. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  return identity(a) === identity(b);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
