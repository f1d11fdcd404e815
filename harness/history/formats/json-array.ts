import { HistoryBuilder } from '../builder.js';
import { HistoryError } from '../history-error.js';
import type { FormatOptions, HistoryFormat, ReadResult, Source } from './format.js';
import { EventProblem, parseEvent } from './jsonl/event-fields.js';
import { LineCounter, readText } from './text.js';

/** One JSON array of events, as elle-cli reads. */
export const jsonArray: HistoryFormat = {
  name: 'json',
  summary: 'one JSON array of event objects, as elle-cli takes; without "f" a list of micro-operations is a txn',
  hasPairs: true,
  detect: (head) => /^\s*\[\s*(?:\{\s*"|\])/.test(head),
  read: readArray,
};

async function readArray(source: Source, { independent = 'auto' }: FormatOptions): Promise<ReadResult> {
  const text = await readText(source);
  const builder = new HistoryBuilder({ source: source.name, independent });
  const lines = new LineCounter(text);
  const ignored = new Set<string>();
  for (const { start, end } of elements(source.name, text)) {
    const line = lines.lineAt(start);
    try {
      const parsed = parseEvent(text.slice(start, end));
      for (const field of parsed.ignored) ignored.add(field);
      builder.append(parsed.event, line);
    } catch (error) {
      if (error instanceof EventProblem) throw new HistoryError(error.message, source.name, line);
      throw error;
    }
  }
  if (builder.store.length === 0) throw new HistoryError('no events in it', source.name);
  if (ignored.size > 0) builder.notes.push(`fields ignored: ${[...ignored].slice(0, 10).join(', ')}`);
  const history = builder.build();
  return { history, notes: builder.notes };
}

const TOKEN = /"(?:[^"\\]|\\[^])*"|[{}[\],"]/g;

/** Where the elements of a top-level array stand; each is proven to be JSON by whoever parses it. */
function* elements(source: string, text: string): IterableIterator<{ start: number; end: number }> {
  const fail = (problem: string, offset: number): never => {
    throw new HistoryError(problem, source, new LineCounter(text).lineAt(offset));
  };
  const open = /^\s*\[/.exec(text)?.[0].length ?? fail('not a JSON array', 0);
  let depth = 1;
  let start = open;
  let count = 0;
  TOKEN.lastIndex = open;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    if (token[0] === '"') fail('a string without end', token.index);
    if (token[0] === '{' || token[0] === '[') depth++;
    else if (token[0] === '}' || token[0] === ']') depth--;
    if (depth > 1 || (depth === 1 && token[0] !== ',')) continue;
    const blank = text.slice(start, token.index).trim() === '';
    if (blank && (token[0] === ',' || count > 0)) fail('an empty element', token.index);
    if (!blank) yield { start: start + leadingBlanks(text, start), end: token.index };
    count++;
    start = token.index + 1;
    if (depth > 0) continue;
    if (text.slice(start).trim() !== '') fail('more text after the end of the array', start);
    return;
  }
  fail('no "]" at the end: the history is cut short', text.length);
}

function leadingBlanks(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at])) at++;
  return at - start;
}
