import type { Json } from './operation.js';
import { identity } from './values/identity.js';
import { show } from './values/show.js';

/** Marks the name of a key that is no text while a history is being read: the key 1 and the key "1" are two. */
const NO_TEXT = '\u0000';

/** The name under which a key is interned while reading. */
export function keyNameOf(key: Json): string {
  if (typeof key !== 'string') return NO_TEXT + show(JSON.parse(identity(key)) as Json);
  return key.startsWith(NO_TEXT) || key === '' ? NO_TEXT + JSON.stringify(key) : key;
}

/** The names that people see: text as it is, and in quotes only where another key is spelled like it. */
export function settledKeyNames(names: readonly string[]): readonly string[] {
  if (!names.some((name) => name.startsWith(NO_TEXT))) return names;
  const others = new Set(names.filter((name) => name.startsWith(NO_TEXT)).map((name) => name.slice(1)));
  return names.map((name) => {
    if (name.startsWith(NO_TEXT)) return name.slice(1);
    return others.has(name) ? JSON.stringify(name) : name;
  });
}
