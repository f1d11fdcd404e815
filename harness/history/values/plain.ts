import type { Json } from '../operation.js';
import { literalText, nameOfMember, setItems, taggedForm } from './literal.js';
import { integerOf } from './numbers.js';

/**
 * A record (a transfer, an order, the balances of all accounts) as JSON would spell it: keywords and symbols become
 * text, members the names of their keys, sets arrays, `100.0` and `100M` the integer 100; integers past 2^53 stay what they
 * are. For values whose parts have a meaning of their own; never for those that are compared.
 */
export function plain(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain);
  const text = literalText(value);
  if (text !== undefined) {
    const integer = integerOf(value);
    if (integer !== undefined) return typeof integer === 'number' ? integer : value;
    return text[0] === ':' ? text.slice(1) : text;
  }
  const items = setItems(value);
  if (items !== undefined) return items.map(plain);
  const form = taggedForm(value);
  return form === undefined ? record(value as Readonly<Record<string, Json>>) : plain(form[1]);
}

function record(value: Readonly<Record<string, Json>>): Json {
  const members: Record<string, Json> = {};
  for (const [member, part] of Object.entries(value)) {
    const name = nameOfMember(member);
    // The keys 1 and "1" would be one name: then the second keeps its marks, and is no name that anybody knows.
    members[Object.hasOwn(members, name) ? member : name] = plain(part);
  }
  return members;
}
