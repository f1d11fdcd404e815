import { MAX_DEPTH } from './raw-value.js';

/** Strings, numbers and punctuation of JSON text; white space and words between them are passed over. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],]/g;

/**
 * What makes JSON text unfit for a history although it parses, or undefined. `JSON.parse` would turn 1e999 into
 * Infinity and 9007199254740993 into its even neighbour, so that two different values compare as equal; it keeps the
 * last of two fields of one name; and it is content with any depth.
 *
 * @param text JSON, not necessarily well-formed: what it says then does not matter, `JSON.parse` comes next.
 */
export function unfitness(text: string): string | undefined {
  let depth = 0;
  let nameFollows = false;
  const containers: boolean[] = [];
  const fields = new Set<string>();
  for (const [token] of text.matchAll(TOKEN)) {
    switch (token[0]) {
      case '{':
      case '[':
        if (++depth > MAX_DEPTH + 1) return `values nested deeper than ${MAX_DEPTH}`;
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
        if (name === '__proto__') return 'a field named "__proto__"';
        if (depth > 1) break;
        if (fields.has(name)) return `field ${token.slice(0, 60)} twice`;
        fields.add(name);
        break;
      }
      default: {
        const problem = unfitNumber(token);
        if (problem !== undefined) return problem;
      }
    }
  }
  return undefined;
}

function unfitNumber(token: string): string | undefined {
  const number = Number(token);
  if (Number.isSafeInteger(number)) return undefined;
  const shown = token.slice(0, 40);
  if (!Number.isFinite(number)) return `the number ${shown} is too large`;
  // Written as a fraction or power it never claimed to be exact.
  if (/[.eE]/.test(token)) return undefined;
  return `the integer ${shown} is past 2^53 and would be rounded; write it as a string`;
}

function unescaped(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return token;
  }
}
