import type { Json } from '../operation.js';

/**
 * How values that JSON does not have are kept, so that they survive in JSON text:
 *
 * - `{"#": ":a"}`: a scalar by its EDN text, in one spelling each: a keyword `:a`, a symbol `a`, a character `\a`, an
 *   integer past 2^53, a ratio `1/2`, a decimal `1.5M`, a double without a fraction `1.0` (EDN tells it from `1`), an instant
 *   `#inst "2020-01-01T00:00:00Z"`.
 * - `{"#{}": [1, 2]}`: a set, in order and without repeats.
 * - `{"#tag": form}`: any other tagged form.
 *
 * A journal may use the same notation.
 */
const SCALAR = '#';
const SET = '#{}';

const keywords = new Map<string, Json>();

/** A scalar by its EDN text, in its one spelling. */
export function literal(text: string): Json {
  if (text[0] !== ':') return { [SCALAR]: text };
  // A few keywords make up most of a file: one object each.
  let known = keywords.get(text);
  if (known === undefined) {
    known = Object.freeze({ [SCALAR]: text });
    if (keywords.size < 10_000) keywords.set(text, known);
  }
  return known;
}

/** The EDN text of a scalar that JSON does not have; undefined for everything else. */
export function literalText(value: Json | undefined): string | undefined {
  const only = onlyMember(value);
  return only?.[0] === SCALAR && typeof only[1] === 'string' ? only[1] : undefined;
}

/** A set of distinct items, which must be in their order. */
export function setOf(items: readonly Json[]): Json {
  return { [SET]: items };
}

/** The items of a set; undefined for everything else, arrays too. */
export function setItems(value: Json | undefined): readonly Json[] | undefined {
  const only = onlyMember(value);
  return only?.[0] === SET && Array.isArray(only[1]) ? (only[1] as readonly Json[]) : undefined;
}

export function tagged(tag: string, form: Json): Json {
  return { [`#${tag}`]: form };
}

/** Tag and form of a tagged form. */
export function taggedForm(value: Json | undefined): readonly [tag: string, form: Json] | undefined {
  const only = onlyMember(value);
  if (only === undefined || only[0][0] !== '#' || only[0] === SET || literalText(value) !== undefined) return undefined;
  return [only[0].slice(1), only[1]];
}

/** The elements of an array, a set, or either behind a tag; undefined for everything else. */
export function elementsOf(value: Json | undefined): readonly Json[] | undefined {
  if (Array.isArray(value)) return value as readonly Json[];
  const items = setItems(value);
  if (items !== undefined) return items;
  const form = taggedForm(value);
  return form === undefined ? undefined : elementsOf(form[1]);
}

/** Text, a number or a word (keyword, symbol), as a name: `"a"`, `:a` and `a` name the same thing, and so do 1 and "1". */
export function nameOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  const text = literalText(value);
  return text === undefined ? undefined : text[0] === ':' ? text.slice(1) : text;
}

/**
 * The name of a map's key among the members of an object: keywords as they are, `"a"` for text, `1`, and so on, so that
 * keys of different types stay apart.
 */
export function memberName(key: Json, identityOf: (value: Json) => string): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (key === null) return 'nil';
  const text = literalText(key);
  if (text === undefined) return identityOf(key);
  if (text[0] === ':') return keywordMember(text.slice(1));
  return /^[#\\\d+-]/.test(text) && text.length > 1 ? text : `'${text}`;
}

/** The member of a keyword: its name, unless that could be taken for something else. */
export function keywordMember(name: string): string {
  return /^[\d"\\#:'([{+-]/.test(name) || name === 'nil' || name === 'true' || name === 'false' ? `:${name}` : name;
}

/** What a member names, without the marks of its type. */
export function nameOfMember(member: string): string {
  if (member[0] === '"' && member.length > 1 && member.endsWith('"')) {
    try {
      return JSON.parse(member) as string;
    } catch {
      return member;
    }
  }
  return (member[0] === ':' || member[0] === "'") && member.length > 1 ? member.slice(1) : member;
}

function onlyMember(value: Json | undefined): readonly [string, Json] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as Readonly<Record<string, Json>>;
  let name: string | undefined;
  for (const member in record) {
    if (name !== undefined) return undefined;
    name = member;
  }
  return name?.[0] === '#' ? [name, record[name]] : undefined;
}
