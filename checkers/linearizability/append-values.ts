/** A value taken apart: what was written, and the texts that were appended to it since. */
export interface Parse {
  readonly start: string;
  readonly texts: Texts;
}

/** The first `count` of some texts: values that begin alike share the rest. */
export interface Texts {
  readonly all: readonly string[];
  readonly count: number;
  /** Texts before which none comes twice. */
  readonly distinct: number;
}

/** Takes values apart. Those that another one begins with, which came before, cost no more than comparing the two. */
export class ValueParser {
  private readonly starts: ReadonlySet<string>;
  private readonly startLengths: readonly number[];
  private readonly tokens: ReadonlySet<string>;
  private readonly tokenLengths: readonly number[];
  /** By start, values that were taken apart, with the number of texts shown by a value of each length. */
  private readonly known = new Map<string, Known[]>();

  constructor(starts: Iterable<string>, tokens: Iterable<string>) {
    this.starts = new Set(starts);
    this.tokens = new Set(tokens);
    this.startLengths = lengthsOf(this.starts);
    this.tokenLengths = lengthsOf(this.tokens);
  }

  /** Every way to take a value apart; at most one a start, otherwise it is `ambiguous`. */
  parse(value: string): readonly Parse[] | 'ambiguous' {
    const parses: Parse[] = [];
    for (const length of this.startLengths) {
      if (length > value.length) continue;
      const start = value.slice(0, length);
      if (!this.starts.has(start)) continue;
      const texts = this.textsAfter(start, value);
      if (texts === 'ambiguous') return texts;
      if (texts !== undefined) parses.push({ start, texts });
    }
    return parses;
  }

  private textsAfter(start: string, value: string): Texts | 'ambiguous' | undefined {
    const known = this.known.get(start) ?? [];
    for (const { whole, texts, countAt } of known) {
      const count = countAt.get(value.length);
      // What was taken apart without a choice is taken apart so wherever it stands.
      if (count !== undefined && whole.startsWith(value)) return { ...texts, count };
    }
    const all: string[] = [];
    const seen = new Set<string>();
    let distinct = Number.POSITIVE_INFINITY;
    const countAt = new Map([[start.length, 0]]);
    for (let at = start.length; at < value.length;) {
      let next: string | undefined;
      for (const length of this.tokenLengths) {
        if (at + length > value.length) continue;
        const token = value.slice(at, at + length);
        if (!this.tokens.has(token)) continue;
        if (next !== undefined) return 'ambiguous';
        next = token;
      }
      if (next === undefined) return undefined;
      if (seen.has(next)) distinct = Math.min(distinct, all.length);
      seen.add(next);
      all.push(next);
      at += next.length;
      countAt.set(at, all.length);
    }
    const texts = { all, count: all.length, distinct };
    if (known.length < REMEMBERED) this.known.set(start, [...known, { whole: value, texts, countAt }]);
    return texts;
  }
}

interface Known {
  readonly whole: string;
  readonly texts: Texts;
  /** Number of texts shown by a value of each length. */
  readonly countAt: ReadonlyMap<number, number>;
}

/** Of one start so many are compared: of a legal history one would do for each write of it. */
const REMEMBERED = 8;

function lengthsOf(texts: ReadonlySet<string>): readonly number[] {
  return [...new Set([...texts].map((one) => one.length))];
}
