import type { Json } from '../../operation.js';
import { literal } from '../../values/literal.js';
import { integer } from '../../values/numbers.js';

const INTEGER = /^[+-]?(?:0|[1-9]\d*)N?$/;
const FLOAT = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?M$/;
const RATIO = /^([+-]?\d+)\/(\d+)$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]+)N?$/;
const OCTAL = /^([+-]?)0([0-7]+)N?$/;
const RADIX = /^([+-]?)(\d{1,2})[rR]([0-9a-zA-Z]+)$/;

/**
 * The value of a number as Clojure reads it: integers of any size are one kind (`1` equals `1N`), doubles, decimals
 * and ratios others, and a ratio that comes out even is an integer.
 */
export function numberLiteral(token: string): Json | 'no number' | 'too large' {
  if (INTEGER.test(token)) return integer(token.replace(/^\+|N$/g, ''));
  if (FLOAT.test(token)) return double(Number(token));
  const decimal = DECIMAL.exec(token);
  if (decimal !== null) return literal(`${decimalText(decimal)}M`);
  const ratio = RATIO.exec(token);
  if (ratio !== null) return ratioOf(BigInt(ratio[1].replace('+', '')), BigInt(ratio[2]));
  return otherRadix(token);
}

/** JSON writes a double without a fraction as an integer, which it is not here. */
function double(number: number): Json | 'too large' {
  if (!Number.isFinite(number)) return 'too large';
  if (!Number.isInteger(number)) return number;
  const text = String(number + 0);
  return literal(/[.e]/.test(text) ? text : `${text}.0`);
}

/** Digits without zeros that mean nothing: `1.50M` equals `1.5M`. */
function decimalText([, sign, whole, fraction = '', exponent = '0']: RegExpExecArray): string {
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  const places = Number(exponent) - fraction.length + digits.length - trimmed.length;
  const minus = sign === '-' ? '-' : '';
  if (places >= 0 && places < 40) return `${minus}${trimmed}${'0'.repeat(places)}`;
  if (places < 0 && places > -40) {
    const padded = trimmed.padStart(1 - places, '0');
    return `${minus}${padded.slice(0, places)}.${padded.slice(places)}`;
  }
  return `${minus}${trimmed}E${places}`;
}

function ratioOf(above: bigint, below: bigint): Json | 'no number' {
  if (below === 0n) return 'no number';
  const divisor = greatestCommonDivisor(above < 0n ? -above : above, below);
  return below === divisor ? integer(above / divisor) : literal(`${above / divisor}/${below / divisor}`);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

function otherRadix(token: string): Json | 'no number' {
  const hexadecimal = HEXADECIMAL.exec(token);
  if (hexadecimal !== null) return signed(hexadecimal[1], BigInt(`0x${hexadecimal[2]}`));
  const octal = OCTAL.exec(token);
  if (octal !== null) return signed(octal[1], BigInt(`0o${octal[2]}`));
  const radix = RADIX.exec(token);
  if (radix === null) return 'no number';
  const base = Number(radix[2]);
  let number = 0n;
  for (const letter of radix[3]) {
    const digit = Number.parseInt(letter, 36);
    if (base < 2 || base > 36 || digit >= base) return 'no number';
    number = number * BigInt(base) + BigInt(digit);
  }
  return signed(radix[1], number);
}

function signed(sign: string, number: bigint): Json {
  return integer(sign === '-' ? -number : number);
}
