import type { Json } from '../../operation.js';
import { literal } from '../../values/literal.js';

const NAMED: Readonly<Record<string, string>> = {
  newline: '\n',
  return: '\r',
  space: ' ',
  tab: '\t',
  formfeed: '\f',
  backspace: '\b',
};
const INSTANT =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?)?)?)?(?:[Zz]|([+-])(\d\d):?(\d\d))?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A character's one spelling, by the token after its backslash: `\a`, `\newline`, `\u0001`; undefined when it is none. */
export function canonicalCharacter(token: string): string | undefined {
  const character = characterOf(token);
  if (character === undefined) return undefined;
  const name = Object.keys(NAMED).find((candidate) => NAMED[candidate] === character);
  if (name !== undefined) return `\\${name}`;
  const code = character.charCodeAt(0);
  const plain = code > 0x20 && code !== 0x7f && !(code >= 0xd800 && code <= 0xdfff);
  return plain || character.length > 1 ? `\\${character}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function characterOf(token: string): string | undefined {
  if ([...token].length === 1) return token;
  const unicode = /^u([0-9a-fA-F]{4})$/.exec(token);
  if (unicode !== null) return String.fromCharCode(Number.parseInt(unicode[1], 16));
  const octal = /^o([0-3]?[0-7]{1,2})$/.exec(token);
  if (octal !== null) return String.fromCharCode(Number.parseInt(octal[1], 8));
  return NAMED[token];
}

/**
 * An instant or UUID in its one spelling; undefined for other tags. Instants are equal by time, whatever the time zone.
 *
 * @throws Error where the text is no instant or UUID
 */
export function canonicalTag(tag: string, form: Json): Json | undefined {
  if (tag === 'inst') return literal(`#inst "${instant(form)}"`);
  if (tag !== 'uuid') return undefined;
  const uuid = typeof form === 'string' ? form.toLowerCase() : '';
  if (!UUID.test(uuid)) throw new Error(`#uuid ${JSON.stringify(form).slice(0, 60)} is no UUID`);
  return literal(`#uuid "${uuid}"`);
}

function instant(form: Json): string {
  const found = typeof form === 'string' ? INSTANT.exec(form) : null;
  if (found === null) throw new Error(`#inst ${JSON.stringify(form).slice(0, 60)} is no instant`);
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = ''] = found;
  const [sign = '+', hours = '00', minutes = '00'] = found.slice(8);
  const offsetMinutes = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const utcMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - offsetMinutes * 60_000;
  if (Number.isNaN(utcMs)) throw new Error(`#inst ${JSON.stringify(form).slice(0, 60)} is no instant`);
  const rest = fraction.replace(/0+$/, '');
  const text = new Date(utcMs).toISOString();
  return `${text.slice(0, 19)}${rest === '' ? '' : `.${rest}`}Z`;
}
