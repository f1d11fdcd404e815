import { distance } from 'fastest-levenshtein';
import type { Json } from '../operation.js';

/** Fields that an event may lack, but whose loss would change a verdict. */
const DECISIVE = ['value', 'key'];

/** Says which decisive field is missing while another is spelled nearly like it: damage rather than an extra. */
export function misspelling(fields: Readonly<Record<string, Json>>, candidates: readonly string[]): string | undefined {
  for (const field of DECISIVE) {
    if (Object.hasOwn(fields, field)) continue;
    const near = candidates.find((candidate) => isNear(candidate, field));
    if (near !== undefined) return `unknown field "${near}"; did you mean "${field}"?`;
  }
  return undefined;
}

/** One letter more, less or other, or letters swapped. */
function isNear(word: string, field: string): boolean {
  if (Math.abs(word.length - field.length) > 1) return false;
  return distance(word, field) <= 1 || (distance(word, field) === 2 && sorted(word) === sorted(field));
}

function sorted(word: string): string {
  return [...word].sort().join('');
}
