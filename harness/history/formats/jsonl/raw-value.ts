/** Nesting that a value may have; a history has no use for more and recursion none either. */
export const MAX_DEPTH = 100;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const UNDERSCORE = 0x5f;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Digits that certainly stay exact in a double. */
const SAFE_DIGITS = 15;

/**
 * The end of the compact JSON value at `at`, or -1 when it is anything that needs a second look: malformed, white space,
 * escapes, fractions, numbers past 15 digits, `__proto__`, nested too deep. Whatever it accepts is valid JSON that
 * `JSON.stringify` would write the same. `bytes` must end in a line feed, which no accepted value contains.
 */
export function endOfValue(bytes: Uint8Array, at: number, depth = 0): number {
  switch (bytes[at]) {
    case QUOTE:
      return endOfString(bytes, at);
    case OPEN_BRACKET:
      return depth === MAX_DEPTH ? -1 : endOfArray(bytes, at, depth + 1);
    case OPEN_BRACE:
      return depth === MAX_DEPTH ? -1 : endOfObject(bytes, at, depth + 1);
    case 0x6e:
      return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : -1;
    case 0x74:
      return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65 ? at + 4 : -1;
    case 0x66:
      return bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65
        ? at + 5
        : -1;
    default:
      return endOfInteger(bytes, at);
  }
}

/** The position after the closing quote of a string without escapes, or -1. `at` is its opening quote. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (at++; ; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    // Control characters end here too, among them the line feed that closes the buffer.
    if (byte === BACKSLASH || byte < 0x20) return -1;
  }
}

function endOfInteger(bytes: Uint8Array, at: number): number {
  if (bytes[at] === MINUS && bytes[++at] === ZERO) return -1;
  const start = at;
  while (bytes[at] >= ZERO && bytes[at] <= NINE) at++;
  const digits = at - start;
  if (digits === 0 || digits > SAFE_DIGITS || (bytes[start] === ZERO && digits > 1)) return -1;
  const after = bytes[at];
  return after === COMMA || after === CLOSE_BRACKET || after === CLOSE_BRACE ? at : -1;
}

function endOfArray(bytes: Uint8Array, at: number, depth: number): number {
  if (bytes[at + 1] === CLOSE_BRACKET) return at + 2;
  do {
    at = endOfValue(bytes, at + 1, depth);
    if (at === -1) return -1;
  } while (bytes[at] === COMMA);
  return bytes[at] === CLOSE_BRACKET ? at + 1 : -1;
}

function endOfObject(bytes: Uint8Array, at: number, depth: number): number {
  if (bytes[at + 1] === CLOSE_BRACE) return at + 2;
  do {
    if (bytes[at + 1] !== QUOTE) return -1;
    if (bytes[at + 2] === UNDERSCORE && bytes[at + 3] === UNDERSCORE) return -1;
    at = endOfString(bytes, at + 1);
    if (at === -1 || bytes[at] !== COLON) return -1;
    at = endOfValue(bytes, at + 1, depth);
    if (at === -1) return -1;
  } while (bytes[at] === COMMA);
  return bytes[at] === CLOSE_BRACE ? at + 1 : -1;
}
