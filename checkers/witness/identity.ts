import type { Json } from '../../harness/history/operation.js';

/** Equal texts mean equal values: the order of an object's members is nothing, and -0 is 0. */
export function identity(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => identity(item)).join(',')}]`;
  const members = Object.entries(value as Readonly<Record<string, Json>>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${identity(member)}`);
  return `{${members.join(',')}}`;
}

export function same(a: Json | undefined, b: Json | undefined): boolean {
  return identity(a) === identity(b);
}
