import { type EventInput, MAX_INT32 } from '../../event-writer.js';
import { HistoryError } from '../../history-error.js';
import type { EventType, Json, Process } from '../../operation.js';
import { misspelling } from '../misspelling.js';
import { LineCounter } from '../text.js';
import { EdnProblem, EdnReader } from './edn.js';

type Fields = Readonly<Record<string, Json>>;

export interface EdnOperation {
  readonly event: EventInput;
  readonly line: number;
  /** Its value was tagged as a key with its value. */
  readonly tagged: boolean;
}

/**
 * The operations of a history in EDN: maps one after the other, or one vector or list of maps.
 *
 * @throws HistoryError with the line of the first form that is no operation. A last form that is cut short ends a
 * history of single maps; `onTorn` is told its line.
 */
export function* ednOperations(
  source: string,
  text: string,
  onTorn: (line: number) => void,
): IterableIterator<EdnOperation> {
  const reader = new EdnReader(text);
  const lines = new LineCounter(text);
  const closing = reader.accept('[') ? ']' : reader.accept('(') ? ')' : undefined;
  let line = 1;
  try {
    while (reader.more()) {
      if (closing !== undefined && reader.accept(closing)) {
        if (reader.more()) throw new EdnProblem('more text after the end of the history', reader.at);
        return;
      }
      line = lines.lineAt(reader.at);
      const event = operationOf(reader.form(), (problem) => {
        throw new HistoryError(problem, source, line);
      });
      const { value } = event;
      yield { event, line, tagged: typeof value === 'object' && value !== null && reader.tuples.has(value) };
    }
    if (closing !== undefined)
      throw new EdnProblem(`no "${closing}" at the end: the history is cut short`, text.length);
  } catch (error) {
    if (!(error instanceof EdnProblem)) throw error;
    if (closing === undefined && error.kind === 'cut' && !text.endsWith('\n')) return onTorn(line);
    throw new HistoryError(error.message, source, new LineCounter(text).lineAt(error.offset));
  }
}

function operationOf(form: Json, reject: (problem: string) => never): EventInput {
  if (typeof form !== 'object' || form === null || Array.isArray(form)) {
    return reject('an operation must be a map: {:process 0, :type :invoke, :f :read, :value nil}');
  }
  const fields = form as Fields;
  const misspelt = misspelling(fields, Object.keys(fields));
  if (misspelt !== undefined) reject(misspelt);
  const value = fields['value'] ?? null;
  const process = processOf(fields['process'], reject);
  const index = natural(fields['index'], MAX_INT32);
  const time = natural(fields['time'], Number.MAX_SAFE_INTEGER);
  const { key, node } = fields;
  const error = errorText(fields['error'] ?? null);
  return {
    type: typeOf(fields['type'], reject),
    f: functionName(fields, process, reject),
    value,
    ...(process !== undefined && { process }),
    ...(index !== undefined && { index }),
    ...(time !== undefined && { time }),
    ...(key !== undefined && key !== null && { key: typeof key === 'string' ? key : JSON.stringify(key) }),
    ...(typeof node === 'string' && { node }),
    ...(error !== undefined && { error }),
  };
}

function processOf(process: Json | undefined, reject: (problem: string) => never): Process | undefined {
  if (process === undefined || process === 'nemesis') return process;
  if (typeof process === 'number' && Number.isInteger(process) && process >= 0 && process <= MAX_INT32) return process;
  return reject(`:process must be :nemesis or an integer from 0 to ${MAX_INT32}, not ${shown(process)}`);
}

function typeOf(type: Json | undefined, reject: (problem: string) => never): EventType {
  if (type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info') return type;
  return reject(`:type must be :invoke, :ok, :fail or :info, not ${shown(type)}`);
}

/** The nemesis may have any structure as its `:f`, or none. */
function functionName(fields: Fields, process: Process | undefined, reject: (problem: string) => never): string {
  const f = fields['f'];
  if (typeof f === 'string' && f !== '') return f;
  if (process === 'nemesis') return JSON.stringify(f ?? null);
  const { value } = fields;
  if (f === undefined && Array.isArray(value) && value.every((entry) => Array.isArray(entry))) return 'txn';
  return reject(':f missing: the name of the operation');
}

function natural(value: Json | undefined, largest: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest ? value : undefined;
}

/** `[:not-found "no such lease"]` → `not-found: no such lease`. */
function errorText(error: Json): string | undefined {
  if (error === null) return undefined;
  if (typeof error === 'string') return error;
  if (!Array.isArray(error) || typeof error[0] !== 'string') return JSON.stringify(error);
  const rest = error.slice(1).filter((entry) => entry !== null);
  const texts = rest.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)));
  return texts.length === 0 ? error[0] : `${error[0]}: ${texts.join(' ')}`;
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
}
