import { type EventInput, MAX_INT32 } from '../../event-writer.js';
import { HistoryError } from '../../history-error.js';
import { keyNameOf } from '../../key-names.js';
import type { EventType, Json } from '../../operation.js';
import { literalText, nameOf, nameOfMember, taggedForm } from '../../values/literal.js';
import { integerOf } from '../../values/numbers.js';
import { show } from '../../values/show.js';
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
  // Printed records: #jepsen.history.Op{:process 0, …}.
  const record = taggedForm(form)?.[1] ?? form;
  if (typeof record !== 'object' || record === null || Array.isArray(record) || literalText(record) !== undefined) {
    return reject('an operation must be a map: {:process 0, :type :invoke, :f :read, :value nil}');
  }
  const fields = named(record as Fields);
  const misspelt = misspelling(fields, Object.keys(fields));
  if (misspelt !== undefined) reject(misspelt);
  const process = processOf(fields['process'], reject);
  const index = natural(fields, 'index', reject);
  if (typeof index === 'bigint' || Number(index) > MAX_INT32) reject(`:index must be at most ${MAX_INT32}`);
  const time = natural(fields, 'time', reject);
  const { key, node } = fields;
  const error = errorText(fields['error'] ?? null);
  const f = functionName(fields, process, reject);
  const nodeName = nameOf(node);
  return {
    type: typeOf(fields['type'], reject),
    f,
    value: f === 'txn' ? microOperations(fields['value'] ?? null) : (fields['value'] ?? null),
    ...(process !== undefined && { process }),
    ...(index !== undefined && { index: Number(index) }),
    ...(time !== undefined && { time }),
    ...(key !== undefined && key !== null && { key: keyNameOf(key) }),
    ...(nodeName !== undefined && { node: nodeName }),
    ...(error !== undefined && { error }),
  };
}

/** The fields of an operation by their names, which are keywords and, where JSON was converted, text. */
function named(fields: Fields): Fields {
  const names = Object.keys(fields);
  if (!names.some((name) => nameOfMember(name) !== name)) return fields;
  return Object.fromEntries(names.map((name) => [nameOfMember(name), fields[name]]));
}

/** What a micro-operation does is a name and no value: `[:append 1 2]` and `["append" 1 2]` are the same. */
function microOperations(value: Json): Json {
  const list = taggedForm(value)?.[1] ?? value;
  if (!Array.isArray(list)) return value;
  return (list as readonly Json[]).map((entry) => {
    const operation = taggedForm(entry)?.[1] ?? entry;
    if (!Array.isArray(operation)) return entry;
    const [name, ...rest] = operation as readonly Json[];
    return [nameOf(name) ?? name, ...rest];
  });
}

function processOf(process: Json | undefined, reject: (problem: string) => never): number | string | undefined {
  if (process === undefined || typeof process === 'number') return process;
  const name = nameOf(process);
  return name === undefined || name === ''
    ? reject(`:process must be :nemesis, a number or a name, not ${shown(process)}`)
    : name;
}

function typeOf(value: Json | undefined, reject: (problem: string) => never): EventType {
  const type = nameOf(value);
  if (type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info') return type;
  return reject(`:type must be :invoke, :ok, :fail or :info, not ${shown(value)}`);
}

/** The nemesis may have any structure as its `:f`, or none. */
function functionName(
  fields: Fields,
  process: number | string | undefined,
  reject: (problem: string) => never,
): string {
  const f = fields['f'];
  const name = nameOf(f);
  if (name !== undefined && name !== '') return name;
  if (process === 'nemesis') return show(f ?? null);
  const { value } = fields;
  if (f === undefined && Array.isArray(value) && value.every((entry) => Array.isArray(entry))) return 'txn';
  return reject(':f missing: the name of the operation');
}

function natural(fields: Fields, name: string, reject: (problem: string) => never): number | bigint | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const integer = integerOf(value);
  return integer !== undefined && integer >= 0
    ? integer
    : reject(`:${name} must be an integer from 0, not ${shown(value)}`);
}

/** `[:not-found "no such lease"]` → `not-found: no such lease`. */
function errorText(error: Json): string | undefined {
  if (error === null) return undefined;
  const text = (value: Json) => nameOf(value) ?? show(value);
  if (!Array.isArray(error)) return text(error);
  const [first, ...rest] = (error as readonly Json[]).filter((entry, at) => at === 0 || entry !== null);
  const code = nameOf(first);
  if (code === undefined) return show(error);
  return rest.length === 0 ? code : `${code}: ${rest.map(text).join(' ')}`;
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'missing' : show(value).slice(0, 60);
}
