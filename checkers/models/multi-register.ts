import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Model, ModelOperation } from '../model.js';
import { anyValue, initialOf } from './initial.js';
import { text } from './values.js';

const initialValue = anyValue(null);

/** What one part of a transaction does; `value` is undefined where a read has no answer. */
interface Micro {
  readonly f: 'read' | 'write';
  readonly key: string;
  readonly value: Json | undefined;
}

interface Registers {
  readonly first: Json;
  /** By key, what was written. */
  readonly values: Readonly<Record<string, Json>>;
}

/**
 * Several registers, read and written together. `txn` is a list of `[read key value]` and `[write key value]` (or `r` and
 * `w`), done one after the other; `read` and `write` take a map of keys to values, or one `[key value]`, or the value alone
 * where the event has a key. Option `initial` is the value of each before its first write.
 */
export const multiRegister: Model<Registers> = {
  name: 'multi-register',
  summary: 'read and write several registers at once: txn [[read x 1] [write y 2]], read and write of maps',
  operations: ['txn', 'read', 'write'],
  initial: (options) => ({ first: initialOf(initialValue, options), values: {} }),
  initialValue,
  step(state, operation) {
    let { values } = state;
    for (const { f, key, value } of microsOf(operation)) {
      if (f === 'write') values = { ...values, [key]: value ?? null };
      else if (value !== undefined && text(value) !== text(key in values ? values[key] : state.first)) return undefined;
    }
    return values === state.values ? state : { ...state, values };
  },
  key: ({ values }) => text(values),
  keysOf: (operation) => microsOf(operation).map(({ key }) => key),
  isRead: ({ f, input }) =>
    f === 'read' || (f === 'txn' && listOf(input, f).every((micro) => microOf(micro, undefined).f === 'read')),
  describe: (operation) =>
    microsOf(operation)
      .map(({ f, key, value }) => `${f} ${key} ${f === 'read' ? '→ ' : ''}${value === undefined ? '?' : text(value)}`)
      .join(', '),
  describeState: ({ values, first }) =>
    `${text(values)}${Object.keys(values).length === 0 ? `, each ${text(first)}` : ''}`,
};

const known = new WeakMap<ModelOperation, readonly Micro[]>();

function microsOf(operation: ModelOperation): readonly Micro[] {
  let micros = known.get(operation);
  if (micros === undefined) known.set(operation, (micros = parse(operation)));
  return micros;
}

function parse({ f, key, input, output }: ModelOperation): readonly Micro[] {
  if (f === 'txn') {
    const asked = listOf(input, f);
    const answered = output === undefined ? undefined : listOf(output, f);
    if (answered !== undefined && answered.length !== asked.length) {
      throw new UserError(`a txn answers ${text(output!)} to ${text(input)}: not as many operations as were asked for`);
    }
    return asked.map((micro, at) => microOf(micro, answered?.[at]));
  }
  const kind = f === 'read' ? 'read' : 'write';
  const told = kind === 'write' ? input : output;
  if (key !== undefined) return [{ f: kind, key, value: told }];
  const shape = isMap(input) || isMap(told) ? (isMap(told) ? told : (input as Fields)) : undefined;
  if (shape !== undefined) {
    return Object.keys(shape).map((name) => ({
      f: kind,
      key: name,
      value: isMap(told) ? told[name] : undefined,
    }));
  }
  const pair = Array.isArray(told) ? told : input;
  if (Array.isArray(pair) && pair.length === 2) {
    return [{ f: kind, key: nameOf(pair[0] as Json), value: told === undefined ? undefined : (pair[1] as Json) }];
  }
  // Without an answer it is not known which registers were read, and nothing is known of them.
  if (kind === 'read' && told === undefined) return [];
  throw new UserError(`a ${f} of ${text(input)} names no register: give a map, a [key value] pair, or a txn`);
}

function listOf(value: Json, f: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw new UserError(`the value of a ${f}, ${text(value)}, is no list of [read key value] and [write key value]`);
}

function microOf(asked: Json, answered: Json | undefined): Micro {
  const [name, key, value] = Array.isArray(asked) ? (asked as readonly Json[]) : [];
  const f = typeof name === 'string' ? MICROS[name.replace(/^:/, '')] : undefined;
  if (f === undefined || key === undefined) {
    throw new UserError(`${text(asked)} is no part of a transaction: [read key value] or [write key value]`);
  }
  if (f === 'write') return { f, key: nameOf(key), value: value ?? null };
  return { f, key: nameOf(key), value: Array.isArray(answered) ? ((answered[2] ?? null) as Json) : undefined };
}

const MICROS: Readonly<Record<string, Micro['f'] | undefined>> = {
  r: 'read',
  read: 'read',
  w: 'write',
  write: 'write',
};

type Fields = Readonly<Record<string, Json>>;

function isMap(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(key: Json): string {
  return typeof key === 'string' ? key : text(key);
}
