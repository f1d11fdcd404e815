import type { Json } from '../../harness/history/operation.js';

/** JSON text with the names of objects in order: equal texts mean equal values. */
export function text(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => text(item as Json)).join(',')}]`;
  const record = value as Readonly<Record<string, Json>>;
  const fields = Object.keys(record).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${text(record[name])}`).join(',')}}`;
}
