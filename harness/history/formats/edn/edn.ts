import type { Json } from '../../operation.js';

/** Nesting that a form may have. */
const MAX_DEPTH = 100;
const DELIMITER = /[\s,;"()[\]{}]/;
const TOKEN_END = /[\s,;"()[\]{}]|$/g;
const BLANK = /(?:[\s,]+|;[^\n]*(?:\n|$))+/y;
const STRING = /"(?:[^"\\]|\\[^])*"/y;
const INTEGER = /^[+-]?(?:0|[1-9]\d*)N?$/;
const FLOAT = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?$/;
const HEXADECIMAL = /^[+-]?0[xX][0-9a-fA-F]+$/;
const RATIO = /^[+-]?\d+\/\d+$/;
const CHARACTERS: Readonly<Record<string, string>> = {
  newline: '\n',
  return: '\r',
  space: ' ',
  tab: '\t',
  formfeed: '\f',
  backspace: '\b',
};
const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** Thrown where text is no EDN, with the offset. `cut` when it ended too early. */
export class EdnProblem extends Error {
  constructor(
    message: string,
    readonly offset: number,
    readonly kind: 'cut' | 'malformed' = 'malformed',
  ) {
    super(message);
  }
}

/**
 * Reads EDN forms one by one as JSON values: keywords, symbols and characters become strings, nil null, sets and lists
 * arrays, maps objects whose keys are the keys' text, tags are dropped. Integers past 2^53 and ratios become strings, so
 * that different numbers stay different.
 *
 * Our own and not a library's: the EDN parser at hand takes a cut map, trailing garbage and an odd number of map entries
 * without a word and rounds large integers, which makes verdicts of damage; and it reads 12 MB a second.
 */
export class EdnReader {
  /** Two-element vectors tagged as a key with its value. */
  readonly tuples = new WeakSet<object>();
  private depth = 0;

  constructor(
    private readonly text: string,
    public at = 0,
  ) {}

  /** Passes blanks, comments and discarded forms; tells whether anything is left. */
  more(): boolean {
    for (;;) {
      BLANK.lastIndex = this.at;
      if (BLANK.test(this.text)) this.at = BLANK.lastIndex;
      if (!this.text.startsWith('#_', this.at)) return this.at < this.text.length;
      this.at += 2;
      this.form();
    }
  }

  /** Whether the next character is this one; if so it is passed. */
  accept(character: string): boolean {
    if (!this.more() || this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  /** The next form. @throws EdnProblem */
  form(): Json {
    if (!this.more()) throw new EdnProblem('it ends in the middle of a form', this.at, 'cut');
    const first = this.text[this.at];
    switch (first) {
      case '{':
        return this.map();
      case '[':
      case '(':
        return this.sequence(CLOSING[first]);
      case '"':
        return this.string();
      case '#':
        return this.dispatch();
      case '\\':
        return this.character();
      case '^':
        this.at++;
        this.form();
        return this.form();
      case '}':
      case ']':
      case ')':
        throw new EdnProblem(`unexpected "${first}"`, this.at);
      default:
        return this.atom();
    }
  }

  private sequence(closing: string): readonly Json[] {
    this.enter();
    const items: Json[] = [];
    while (!this.accept(closing)) items.push(this.form());
    this.depth--;
    return items;
  }

  private map(): Json {
    this.enter();
    const entries: Record<string, Json> = {};
    while (!this.accept('}')) {
      const start = this.at;
      const key = this.form();
      const name = typeof key === 'string' ? key : JSON.stringify(key);
      if (name === '__proto__') throw new EdnProblem('a field named "__proto__"', start);
      if (Object.hasOwn(entries, name)) throw new EdnProblem(`key ${name.slice(0, 60)} twice in a map`, start);
      if (this.more() && this.text[this.at] === '}') throw new EdnProblem(`no value for ${name.slice(0, 60)}`, this.at);
      entries[name] = this.form();
    }
    this.depth--;
    return entries;
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) throw new EdnProblem(`forms nested deeper than ${MAX_DEPTH}`, this.at);
    this.at++;
  }

  private string(): string {
    STRING.lastIndex = this.at;
    const found = STRING.exec(this.text);
    if (found === null) throw new EdnProblem('a string without end', this.at, 'cut');
    this.at = STRING.lastIndex;
    const body = found[0].slice(1, -1);
    if (!body.includes('\\')) return body;
    return body.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, escape: string) =>
      code === undefined ? unescape(escape) : String.fromCharCode(Number.parseInt(code, 16)),
    );
  }

  private dispatch(): Json {
    const second = this.text[this.at + 1];
    if (second === '{') {
      this.at++;
      return this.sequence('}');
    }
    if (second === '"') {
      this.at++;
      return this.string();
    }
    if (second === '#') throw new EdnProblem('not a number that can be compared', this.at);
    const tag = this.token().slice(1);
    const form = this.form();
    if (/(?:Tuple|MapEntry)$/.test(tag)) return this.tuple(form);
    return form;
  }

  private tuple(form: Json): Json {
    const fields = typeof form === 'object' && form !== null && !Array.isArray(form) ? form : undefined;
    const map = fields as Readonly<Record<string, Json>> | undefined;
    const pair = map === undefined ? form : [map['key'] ?? null, map['value'] ?? map['val'] ?? null];
    if (!Array.isArray(pair) || pair.length !== 2) return form;
    this.tuples.add(pair);
    return pair;
  }

  private character(): string {
    this.at++;
    // The character itself may be a delimiter: `\[`.
    const start = this.at;
    const token = this.text[start] + this.token(start + 1);
    if (token.length === 1) return token;
    const unicode = /^u([0-9a-fA-F]{4})$/.exec(token);
    if (unicode !== null) return String.fromCharCode(Number.parseInt(unicode[1], 16));
    const named = CHARACTERS[token];
    if (named === undefined) throw new EdnProblem(`unknown character \\${token.slice(0, 40)}`, start);
    return named;
  }

  private atom(): Json {
    const start = this.at;
    const token = this.token();
    if (token === 'nil') return null;
    if (token === 'true') return true;
    if (token === 'false') return false;
    if (token[0] === ':') {
      if (token.length === 1) throw new EdnProblem('an empty keyword', start);
      return token.slice(1);
    }
    if (INTEGER.test(token)) {
      const number = Number(token.replace('N', ''));
      return Number.isSafeInteger(number) ? number + 0 : token.replace(/[+N]/g, '');
    }
    if (FLOAT.test(token)) {
      const number = Number(token.replace('M', ''));
      if (!Number.isFinite(number)) throw new EdnProblem(`the number ${token.slice(0, 40)} is too large`, start);
      return number;
    }
    if (RATIO.test(token) || HEXADECIMAL.test(token)) return token;
    if (/^[+-]?\d/.test(token)) throw new EdnProblem(`${JSON.stringify(token.slice(0, 40))} is no number`, start);
    return token;
  }

  /** Everything up to the next delimiter. */
  private token(from = this.at): string {
    TOKEN_END.lastIndex = from;
    const end = TOKEN_END.exec(this.text)?.index ?? this.text.length;
    this.at = end;
    if (end === from && from < this.text.length && !DELIMITER.test(this.text[from])) {
      throw new EdnProblem('not EDN', from);
    }
    return this.text.slice(from, end);
  }
}

function unescape(escape: string): string {
  return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[escape] ?? escape;
}
