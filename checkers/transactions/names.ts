import { show } from '../../harness/history/values/show.js';
import type { Json } from '../../harness/history/operation.js';

/** A key or value as people wrote it. */
export type Scalar = string | number | boolean;

/** The value column's code of `null`: the initial state of a register. */
export const NULL_VALUE = -0x80000000;
/** Codes below this (and above {@link NULL_VALUE}) stand for interned texts; all others are the integer itself. */
const FIRST_PLAIN = -0x7f000000;

/** Whether an integer is its own code. */
export function isPlain(value: number): boolean {
  return value >= FIRST_PLAIN && value <= 0x7fffffff;
}

/** Gives every value that is not a plain int32 (text, fraction, big integer, boolean) an int32 code, and its name back. */
export class ValueCodes {
  private readonly codes = new Map<string, number>();
  private readonly names: string[] = [];

  /** The code of a value by its identity. */
  codeOf(text: string): number {
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    if (this.names.length >= FIRST_PLAIN - NULL_VALUE - 1)
      throw new RangeError('too many distinct texts in one history');
    const code = NULL_VALUE + 1 + this.names.length;
    this.codes.set(text, code);
    this.names.push(text);
    return code;
  }

  /** A coded value as its file spells it. */
  nameOf(code: number): string {
    return shown(this.jsonOf(code));
  }

  /** The identity of a coded value, which is its JSON text. */
  jsonOf(code: number): string {
    if (code === NULL_VALUE) return 'null';
    return code >= FIRST_PLAIN ? String(code) : this.names[code - NULL_VALUE - 1];
  }
}

/** Dense ids of keys, in order of appearance. Small non-negative integers take the fast way. */
export class KeyIds {
  /** As the file spells them. */
  readonly names: string[] = [];
  private small = new Int32Array(1024).fill(-1);
  private readonly others = new Map<string, number>();

  ofInteger(key: number): number {
    if (key < 0 || key >= 0x400000) return this.ofText(String(key));
    if (key >= this.small.length) this.grow(key);
    const known = this.small[key];
    if (known >= 0) return known;
    this.small[key] = this.names.length;
    return this.names.push(String(key)) - 1;
  }

  /** By identity, so that the key `1` and the key `"1"` stay apart. */
  ofText(text: string): number {
    const known = this.others.get(text);
    if (known !== undefined) return known;
    this.others.set(text, this.names.length);
    return this.names.push(shown(text)) - 1;
  }

  private grow(key: number): void {
    const grown = new Int32Array(Math.min(0x400000, Math.max(key + 1, this.small.length * 2))).fill(-1);
    grown.set(this.small);
    this.small = grown;
  }
}

/** An identity as people write it. */
function shown(text: string): string {
  return text.includes('"#') ? show(JSON.parse(text) as Json) : text;
}
