import type { Json } from '../operation.js';
import { literalText, setItems, taggedForm } from './literal.js';

/** A value as its file spells it: JSON, or EDN where JSON has no such thing (`:a`, `\a`, `#{1 2}`). */
export function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.includes('"#') ? edn(value) : text;
}

function edn(value: Json): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(edn).join(' ')}]`;
  const text = literalText(value);
  if (text !== undefined) return text;
  const items = setItems(value);
  if (items !== undefined) return `#{${items.map(edn).join(' ')}}`;
  const form = taggedForm(value);
  if (form !== undefined) return `#${form[0]} ${edn(form[1])}`;
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  return `{${members.map(([name, member]) => `${keyText(name)} ${edn(member)}`).join(', ')}}`;
}

/** See `memberName`. */
function keyText(name: string): string {
  if (name[0] === "'") return name.slice(1);
  return /^(?:[\d"\\#:([{+-]|nil$|true$|false$)/.test(name) ? name : `:${name}`;
}
