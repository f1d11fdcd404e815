import type { Json } from '../../operation.js';
import { numberOf } from '../../values/numbers.js';
import { MAX_DEPTH } from './raw-value.js';

/** Strings, numbers and punctuation of JSON text; white space and words between them are passed over. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],]/g;

/**
 * JSON text as `JSON.parse` may read it, or what makes it unfit for a history although it parses. `JSON.parse` would turn
 * 1e999 into Infinity and 9007199254740993 into its even neighbour, so that two different values compare as equal: such
 * integers are put down as literals. It would keep the last of two fields of one name, and be content with any depth.
 *
 * @param text JSON, not necessarily well-formed: what it says then does not matter, `JSON.parse` comes next.
 */
export function fitText(text: string): { readonly text: string } | { readonly unfit: string } {
  let depth = 0;
  let nameFollows = false;
  const containers: boolean[] = [];
  const fields = new Set<string>();
  let exact = '';
  let copied = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    switch (token[0]) {
      case '{':
      case '[':
        if (++depth > MAX_DEPTH + 1) return { unfit: `values nested deeper than ${MAX_DEPTH}` };
        containers[depth] = nameFollows = token === '{';
        break;
      case '}':
      case ']':
        if (depth > 0) depth--;
        nameFollows = false;
        break;
      case ',':
        nameFollows = containers[depth] === true;
        break;
      case '"': {
        if (!nameFollows) break;
        nameFollows = false;
        const name = unescaped(token);
        if (name === '__proto__') return { unfit: 'a field named "__proto__"' };
        if (depth > 1) break;
        if (fields.has(name)) return { unfit: `field ${token.slice(0, 60)} twice` };
        fields.add(name);
        break;
      }
      default: {
        // Sixteen digits, or a power of ten, may be more than a double holds.
        if (token.length < 16 && !/[eE]/.test(token)) break;
        const number: Json | undefined = numberOf(token);
        if (number === undefined) return { unfit: `the number ${token.slice(0, 40)} is too large` };
        if (typeof number === 'number') break;
        exact += text.slice(copied, index) + JSON.stringify(number);
        copied = index + token.length;
      }
    }
  }
  return { text: copied === 0 ? text : exact + text.slice(copied) };
}

function unescaped(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return token;
  }
}
