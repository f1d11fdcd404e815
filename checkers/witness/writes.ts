import type { Json, Operation } from '../../harness/history/operation.js';

/** One value that an operation asks to write, append, add or enqueue; `key` where there are several objects. */
export interface Write {
  readonly key: Json | undefined;
  readonly value: Json;
}

const WRITING = ['write', 'w', 'add', 'enqueue', 'push', 'put', 'append', 'insert', 'set', 'acquire', 'generate'];

/** Whether operations of this name, other than transactions, write. */
export function maySingleWrite(f: string): boolean {
  return f === 'cas' || WRITING.includes(f);
}

/** What an operation asks to write, whatever came of it. */
export function writesOf({ f, key, value }: Pick<Operation, 'f' | 'key' | 'value'>): readonly Write[] {
  if (isTransaction(value)) {
    return value.flatMap(([name, of, written]) =>
      name === 'r' || name === 'read' ? [] : [{ key: of, value: written }],
    );
  }
  if (f === 'cas' && Array.isArray(value)) return [{ key, value: value[1] as Json }];
  return WRITING.includes(f) ? [{ key, value }] : [];
}

export type MicroOperation = readonly [f: string, key: Json, value: Json];

/** Whether a value is a transaction: a list of [f, key, value]. */
export function isTransaction(value: Json): value is readonly MicroOperation[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part: Json) => Array.isArray(part) && part.length === 3 && typeof part[0] === 'string')
  );
}
