import type { z } from 'zod';
import { UserError } from '../kit/errors.js';

/**
 * A stored file's text as what its schema says, or a {@link UserError} of one line with file and place: the line where it
 * is no JSON, the JSON path where it is other JSON. `onLine` is where the text stands in a file of many. What the schema does not name is kept: it may be a later version's.
 */
export function parseStored<T>(text: string, path: string, schema: z.ZodType, onLine?: number): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const line = onLine ?? lineOfError(text, error as Error);
    throw new UserError(`${path}:${line} is damaged: it is not JSON; restore it or run the test again`, undefined, {
      cause: error,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return value as T;
  throw new UserError(
    `${path}${onLine === undefined ? '' : `:${onLine}`} is damaged: ${complaint(parsed.error.issues[0], value)}; restore it or run the test again`,
  );
}

/** What is wrong first, in words: `checks[2].verdict: expected …` or `"workloads" is missing`. */
function complaint(issue: z.core.$ZodIssue, value: unknown): string {
  const place = placeOf(issue.path);
  const missing = issue.path.length > 0 && at(value, issue.path) === undefined;
  if (missing) return `"${place}" is missing`;
  const reason = issue.message.replace(/\s+/g, ' ').slice(0, 200);
  return place === '' ? reason : `${place}: ${reason}`;
}

export function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step).slice(0, 60)}`))
    .join('')
    .replace(/^\./, '')
    .replace(/\s+/g, ' ');
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<PropertyKey, unknown>>)[step] : undefined,
    value,
  );
}

/** The line, from 1, at which JSON.parse gave up. */
export function lineOfError(text: string, error: Error): number {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  const read = position === undefined ? text.trimEnd() : text.slice(0, Number(position));
  return read.split('\n').length;
}
