import type { Json } from '../operation.js';
import { literal, literalText } from './literal.js';

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const EXACT_INTEGER = /^-?\d+$/;
/** Longest integer that is written out digit by digit. */
const MAX_DIGITS = 400;

/**
 * The value of a JSON number by its text: a double where that is the very number, and a literal of all its digits where it
 * is an integer past 2^53, however it is spelled. Undefined where no double is as large.
 */
export function numberOf(text: string): Json | undefined {
  const number = Number(text);
  if (Number.isSafeInteger(number) && isExact(text, number)) return number + 0;
  if (!Number.isFinite(number))
    return text.length <= MAX_DIGITS && EXACT_INTEGER.test(text) ? literal(text) : undefined;
  const digits = integerDigits(text);
  if (digits !== undefined) return integer(digits);
  // A fraction that a double rounds to an integer is not that integer.
  return Number.isInteger(number) && number !== 0 ? literal(text) : number;
}

/** The value of an integer by its digits. */
export function integer(digits: string | bigint): Json {
  const exact = typeof digits === 'bigint' ? digits : BigInt(digits);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : literal(String(exact));
}

/** An integer as a value: a literal past 2^53. */
export function exactly(value: number | bigint): Json {
  return typeof value === 'number' ? value : integer(value);
}

/** The exact sum: a bigint where a double would round. */
export function plus(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
    if (!Number.isInteger(a) || !Number.isInteger(b)) return sum;
  }
  const exact = BigInt(a) + BigInt(b);
  const sum = Number(exact);
  return Number.isSafeInteger(sum) ? sum : exact;
}

/** The exact integer that a value is (also one spelled `100.0` or `100M`); undefined when it is none. */
export function integerOf(value: Json | undefined): number | bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : undefined;
  const text = literalText(value)?.replace(/[MN]$/, '');
  if (text === undefined || !NUMBER.test(text)) return undefined;
  const digits = integerDigits(text);
  if (digits === undefined) return undefined;
  const exact = BigInt(digits);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

function isExact(text: string, number: number): boolean {
  // Sixteen digits may be more than a double holds.
  return text.length < 16 || integerDigits(text) === String(number + 0);
}

/** All digits of a number without a fraction, in whatever way it is written. */
function integerDigits(text: string): string | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const places = Number(exponent) - fraction.length;
  const digits = whole + fraction;
  if (/^0*$/.test(digits)) return '0';
  if (Math.abs(places) > MAX_DIGITS) return undefined;
  const shift = Math.min(0, places);
  if (shift < 0 && !/^0*$/.test(digits.slice(shift))) return undefined;
  const exact = BigInt((shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(places)) || '0');
  return String(sign === '-' ? -exact : exact);
}
