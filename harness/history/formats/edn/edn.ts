import type { Json } from '../../operation.js';
import { identity } from '../../values/identity.js';
import { keywordMember, literal, memberName, setOf, tagged } from '../../values/literal.js';
import { numberLiteral } from './numbers.js';
import { canonicalCharacter, canonicalTag } from './scalars.js';

/** Nesting that a form may have. */
const MAX_DEPTH = 100;
const DELIMITER = /[\s,;"()[\]{}]/;
const TOKEN_END = /[\s,;"()[\]{}]|$/g;
const BLANK = /(?:[\s,]+|;[^\n]*(?:\n|$))+/y;
const STRING = /"(?:[^"\\]|\\[^])*"/y;
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
 * Reads EDN forms one by one as values: text, nil, booleans, integers and fractions are JSON's own, vectors and lists
 * (equal in Clojure) arrays, maps objects whose members are the keys' names (`memberName`), and everything that JSON does
 * not have is kept apart from it (`literal.ts`), in one spelling each, so that equal values have one text.
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
      const name = this.memberName();
      if (name === '__proto__') throw new EdnProblem('a field named "__proto__"', start);
      if (Object.hasOwn(entries, name)) throw new EdnProblem(`key ${name.slice(0, 60)} twice in a map`, start);
      if (this.more() && this.text[this.at] === '}') throw new EdnProblem(`no value for ${name.slice(0, 60)}`, this.at);
      entries[name] = this.form();
    }
    this.depth--;
    return entries;
  }

  /** The key of a map's entry, where blanks have been passed. */
  private memberName(): string {
    return this.text[this.at] === ':' ? keywordMember(this.keyword()) : memberName(this.form(), identity);
  }

  private set(): Json {
    const start = this.at;
    const items = this.sequence('}').map((item) => ({ item, text: identity(item) }));
    if (items.every(({ item }) => typeof item === 'number')) items.sort((a, b) => Number(a.item) - Number(b.item));
    else items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    items.forEach(({ text }, at) => {
      if (at > 0 && text === items[at - 1].text) {
        throw new EdnProblem(`element ${text.slice(0, 60)} twice in a set`, start);
      }
    });
    return setOf(items.map(({ item }) => item));
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
      return this.set();
    }
    if (second === '"') {
      // A regular expression: equal to nothing, but its text is all that can be told of it.
      this.at++;
      return this.string();
    }
    if (second === '#') {
      const symbol = this.token();
      if (symbol === '##Inf' || symbol === '##-Inf') return literal(symbol);
      throw new EdnProblem(`${symbol.slice(0, 40)} is not a value that can be compared`, this.at);
    }
    const start = this.at;
    const tag = this.token().slice(1);
    const form = this.form();
    if (/(?:Tuple|MapEntry|\/tuple)$/.test(tag)) return this.tuple(form);
    try {
      return canonicalTag(tag, form) ?? tagged(tag, form);
    } catch (error) {
      throw new EdnProblem((error as Error).message, start);
    }
  }

  private tuple(form: Json): Json {
    const fields = typeof form === 'object' && form !== null && !Array.isArray(form) ? form : undefined;
    const map = fields as Readonly<Record<string, Json>> | undefined;
    const pair = map === undefined ? form : [map['key'] ?? null, map['value'] ?? map['val'] ?? null];
    if (!Array.isArray(pair) || pair.length !== 2) return form;
    this.tuples.add(pair);
    return pair;
  }

  private character(): Json {
    this.at++;
    // The character itself may be a delimiter: `\[`.
    const start = this.at;
    const token = this.text[start] + this.token(start + 1);
    const text = canonicalCharacter(token);
    if (text === undefined) throw new EdnProblem(`unknown character \\${token.slice(0, 40)}`, start);
    return literal(text);
  }

  /** The name of the keyword that begins here. */
  private keyword(): string {
    const start = this.at;
    const token = this.token();
    if (token.length === 1) throw new EdnProblem('an empty keyword', start);
    return token.slice(1);
  }

  private atom(): Json {
    const start = this.at;
    if (this.text[start] === ':') return literal(`:${this.keyword()}`);
    const token = this.token();
    if (token === 'nil') return null;
    if (token === 'true') return true;
    if (token === 'false') return false;
    if (!/^[+-]?\d/.test(token)) return literal(token);
    const number = numberLiteral(token);
    if (number === 'no number') throw new EdnProblem(`${JSON.stringify(token.slice(0, 40))} is no number`, start);
    if (number === 'too large') throw new EdnProblem(`the number ${token.slice(0, 40)} is too large`, start);
    return number;
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
