import { type EventInput, MAX_INT32, MAX_PROCESS } from '../../event-writer.js';
import { keyNameOf } from '../../key-names.js';
import type { EventType, Json } from '../../operation.js';
import { quote } from '../../pairing.js';
import { integerOf } from '../../values/numbers.js';
import { show } from '../../values/show.js';
import { misspelling } from '../misspelling.js';
import { fitText } from './json-text.js';

const FIELDS = ['index', 'time', 'process', 'type', 'f', 'value', 'key', 'node', 'workload', 'error'];
/** Longest name of an operation, key, node or workload. */
const MAX_NAME = 4096;
const NOT_WELL_FORMED = /\p{Surrogate}/u;

/** Thrown by {@link parseEvent}; whoever knows file and line makes a HistoryError of it. */
export class EventProblem extends Error {
  constructor(
    message: string,
    /** `syntax`: not JSON at all, as a line is that was cut short. */
    readonly kind: 'syntax' | 'meaning' = 'meaning',
  ) {
    super(message);
  }
}

export interface ParsedEvent {
  readonly event: EventInput;
  /** Fields that mean nothing here. */
  readonly ignored: readonly string[];
}

/**
 * Reads the JSON text of one event with all care: the reference for what an event is.
 *
 * @throws EventProblem saying what is wrong.
 */
export function parseEvent(text: string): ParsedEvent {
  const fit = fitText(text);
  if ('unfit' in fit) throw new EventProblem(fit.unfit);
  let json: Json;
  try {
    json = JSON.parse(fit.text) as Json;
  } catch (error) {
    throw new EventProblem(`not JSON: ${(error as Error).message.slice(0, 120)}`, 'syntax');
  }
  return eventOf(json);
}

/** The event that an object describes; the object comes from JSON that {@link fitText} has found fit. */
export function eventOf(json: Json): ParsedEvent {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new EventProblem('an event must be an object: {"process":0,"type":"invoke","f":"read","value":null}');
  }
  const object = json as Readonly<Record<string, Json>>;
  const ignored = Object.keys(object).filter((name) => !FIELDS.includes(name));
  const misspelt = misspelling(object, ignored);
  if (misspelt !== undefined) throw new EventProblem(misspelt);
  const value = object['value'] ?? null;
  const index = integer(object, 'index', MAX_INT32);
  const time = integer(object, 'time');
  const key = keyName(object);
  const node = name(object, 'node');
  const workload = name(object, 'workload');
  const error = errorText(object['error']);
  const event: EventInput = {
    process: process(object['process']),
    type: type(object['type']),
    f: functionName(object, value),
    value,
    ...(index !== undefined && { index: Number(index) }),
    ...(time !== undefined && { time }),
    ...(key !== undefined && { key }),
    ...(node !== undefined && { node }),
    ...(workload !== undefined && { workload }),
    ...(error !== undefined && { error }),
  };
  return { event, ignored };
}

function process(value: Json | undefined): number | string {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_NAME && !NOT_WELL_FORMED.test(value))
    return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PROCESS) return value;
  const shown = value === undefined ? 'missing' : `not ${quote(show(value))}`;
  throw new EventProblem(`process must be "nemesis", a name, or an integer from 0 to ${MAX_PROCESS}, ${shown}`);
}

function type(value: Json | undefined): EventType {
  if (value === 'invoke' || value === 'ok' || value === 'fail' || value === 'info') return value;
  const shown = value === undefined ? 'missing' : `not ${quote(show(value))}`;
  throw new EventProblem(`type must be "invoke", "ok", "fail" or "info", ${shown}`);
}

/** Logs of bare transactions leave `f` out: a list of micro-operations is a transaction. */
function functionName(object: Readonly<Record<string, Json>>, value: Json): string {
  const f = name(object, 'f');
  if (f !== undefined) return f;
  if (Array.isArray(value) && value.every((operation) => Array.isArray(operation))) return 'txn';
  throw new EventProblem('f missing: the name of the operation');
}

function name(object: Readonly<Record<string, Json>>, field: string): string | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text === '') throw new EventProblem(`${field} must be a string that is not empty`);
  if (text.length > MAX_NAME) throw new EventProblem(`${field} is longer than ${MAX_NAME} characters`);
  if (NOT_WELL_FORMED.test(text)) throw new EventProblem(`${field} holds half a surrogate pair`);
  return text;
}

/** Other tools' errors are structures; their JSON text is the error. */
function errorText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'string' ? value : show(value);
  return NOT_WELL_FORMED.test(text) ? JSON.stringify(text) : text;
}

function keyName(object: Readonly<Record<string, Json>>): string | undefined {
  const { key } = object;
  if (key === undefined || key === null) return undefined;
  if (typeof key === 'string') {
    const text = name(object, 'key');
    return text === undefined ? undefined : keyNameOf(text);
  }
  const text = keyNameOf(key);
  if (text.length > MAX_NAME) throw new EventProblem(`key is longer than ${MAX_NAME} characters`);
  return text;
}

function integer(
  object: Readonly<Record<string, Json>>,
  field: string,
  largest = Number.POSITIVE_INFINITY,
): number | bigint | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  const exact = integerOf(value);
  if (exact !== undefined && exact >= 0 && exact <= largest) return exact;
  const bound = Number.isFinite(largest) ? ` to ${largest}` : '';
  throw new EventProblem(`${field} must be an integer from 0${bound}, not ${quote(show(value))}`);
}
