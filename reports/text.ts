/**
 * Text from a database is shown, never obeyed: control characters (a terminal would act on them, XML forbids them),
 * bidirectional controls (they reorder what a person reads) and lone surrogates become visible `\uXXXX` escapes.
 * Line breaks and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** At most `maxLength` characters, for a place where there is no room to say what was cut. Splits no surrogate pair. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, safeEnd(text, maxLength - 1))}…`;
}

function safeEnd(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** At most `maxLength` characters, with the length of the whole where something was cut. Never splits a surrogate pair. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = safeEnd(text, maxLength);
  return `${text.slice(0, end)}… (${count(text.length)} characters)`;
}

/** On one line, harmless and bounded: what any value from outside becomes before it is shown inside a sentence or cell. */
export function inline(text: string, maxLength = 300): string {
  return visible(clip(text, maxLength).replace(/[\r\n\t]+/g, ' '));
}

/** With a capital letter first, as sentences begin. */
export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const integers = new Intl.NumberFormat('en');

/** `1,000,000`. */
export function count(value: number): string {
  return integers.format(value);
}

/** `1 operation`, `2 operations`. */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`;
}

/** A moment of the run: `12.410 s`. */
export function seconds(ns: number, digits = 3): string {
  return `${(ns / 1e9).toFixed(digits)} s`;
}

/** A moment of a run that lasts `spanNs`, as precise as the run is short. */
export function moment(ns: number, spanNs: number): string {
  return spanNs < 1e9 ? duration(ns) : seconds(ns);
}

/** A length of time with three significant digits in the unit that suits it: `1.24 ms`, `870 µs`, `2 min 5 s`. */
export function duration(ns: number): string {
  if (ns >= 120e9) return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
  for (const [unit, size] of UNITS) if (ns >= size) return `${significant(ns / size)} ${unit}`;
  return `${Math.round(ns)} ns`;
}
const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
] as const;

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `97.5 %`; never rounds an imperfect share up to 100 %, nor a share that is there down to 0 %. */
export function percent(share: number): string {
  const rounded = (share * 100).toFixed(1);
  if (rounded === '100.0') return share < 1 ? '99.9 %' : '100 %';
  if (rounded === '0.0') return share > 0 ? '< 0.1 %' : '0 %';
  return `${rounded} %`;
}
