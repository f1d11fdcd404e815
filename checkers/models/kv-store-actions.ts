import type { Json } from '../../harness/history/operation.js';
import { UserError } from '../../harness/kit/errors.js';
import type { ModelOperation } from '../model.js';
import { text } from './values.js';

/** Keys from `from` on, before `to` where that is given. */
export interface StoreRange {
  readonly from: string;
  readonly to?: string;
}

export interface Comparison {
  readonly key: string;
  readonly operator: '=' | '!=' | '<' | '>' | 'exists';
  readonly value: Json;
}

/** One step of a store, with its answer where one is known. */
export type Step =
  | { readonly kind: 'get'; readonly key: string; readonly answer: Json | undefined }
  | { readonly kind: 'put'; readonly key: string; readonly value: Json; readonly lease?: string }
  | { readonly kind: 'delete'; readonly key: string; readonly deleted: boolean | undefined }
  | { readonly kind: 'range'; readonly range: StoreRange; readonly answer: Json | undefined };

/** What a transaction does in one of its cases. `other`: the answers are not of this case. */
export interface Branch {
  readonly steps: readonly Step[];
  readonly answered: 'this' | 'other' | 'unknown';
}

/** What an operation asks of the store, taken apart once. */
export type Action =
  | Step
  | {
      readonly kind: 'cas';
      readonly key: string;
      readonly from: Json;
      readonly to: Json;
      readonly succeeded: boolean | undefined;
    }
  | { readonly kind: 'grant' | 'revoke'; readonly lease: string }
  | {
      readonly kind: 'txn';
      readonly comparisons: readonly Comparison[];
      readonly then: Branch;
      readonly otherwise: Branch;
      readonly succeeded: boolean | undefined;
    };

type Fields = Readonly<Record<string, Json>>;

const known = new WeakMap<ModelOperation, Action>();

/** @throws UserError where the value is none that such an operation takes */
export function actionOf(operation: ModelOperation): Action {
  let action = known.get(operation);
  if (action === undefined) known.set(operation, (action = parse(operation)));
  return action;
}

function parse(operation: ModelOperation): Action {
  const { f, key, input, output } = operation;
  switch (f) {
    case 'get': {
      const pair = listOf(input);
      const name = key ?? nameOf(pair === undefined ? input : pair[0], f);
      return { kind: f, key: name, answer: key === undefined ? answerOf(output, name) : output };
    }
    case 'put': {
      const fields = fieldsOf(input);
      if (fields !== undefined && 'value' in fields && (key !== undefined || 'key' in fields)) {
        const lease = fields['lease'];
        return {
          kind: f,
          key: key ?? nameOf(fields['key'], f),
          value: fields['value'],
          ...(lease !== undefined && lease !== null && { lease: nameOf(lease, f) }),
        };
      }
      if (key !== undefined) return { kind: f, key, value: input };
      const [name, value] = listOf(input) ?? [];
      if (value === undefined) throw wrong(operation, '[key value], or {key, value, lease}');
      return { kind: f, key: nameOf(name, f), value };
    }
    case 'delete': {
      const pair = listOf(input);
      const told = key === undefined ? answerOf(output, undefined) : output;
      return { kind: f, key: key ?? nameOf(pair === undefined ? input : pair[0], f), deleted: countOf(told) };
    }
    case 'cas': {
      const list = listOf(input) ?? [];
      const [from, to] = key !== undefined ? list : list.length === 2 ? (listOf(list[1]) ?? []) : list.slice(1);
      if (from === undefined || to === undefined)
        throw wrong(operation, '[key from to], or [from to] of the event’s key');
      const succeeded = typeof output === 'boolean' ? output : undefined;
      return { kind: f, key: key ?? nameOf(list[0], f), from, to, succeeded };
    }
    case 'range':
      return {
        kind: f,
        range: rangeOf(operation, input),
        answer: output === undefined ? undefined : entriesOf(output),
      };
    case 'txn':
      return transactionOf(operation);
    case 'grant':
      return { kind: 'grant', lease: nameOf(input, f) };
    default:
      return { kind: 'revoke', lease: nameOf(input, f) };
  }
}

function transactionOf(operation: ModelOperation): Action {
  const { input, output } = operation;
  const asked = Array.isArray(input) ? { then: input as Json } : fieldsOf(input);
  if (asked === undefined) throw wrong(operation, '{if, then, else}, or a list of operations');
  const told = Array.isArray(output)
    ? { succeeded: true, responses: (output as readonly Json[]).map(lastOf) }
    : fieldsOf(output);
  const succeeded = typeof told?.['succeeded'] === 'boolean' ? told['succeeded'] : undefined;
  const responses = listOf(told?.['responses']);
  const branch = (steps: Json | undefined, isThis: boolean): Branch => {
    const list = listOf(steps ?? []);
    if (list === undefined) throw wrong(operation, 'then and else as lists of operations');
    const isAnswered = responses !== undefined && (succeeded === undefined || succeeded === isThis);
    const fits = isAnswered && responses.length === list.length;
    return {
      steps: list.map((step, at) => stepOf(operation, step, fits ? responses[at] : undefined)),
      answered: !isAnswered ? 'unknown' : fits ? 'this' : 'other',
    };
  };
  const comparisons = listOf(asked['if'] ?? []);
  if (comparisons === undefined) throw wrong(operation, 'if as a list of [key "=" value]');
  return {
    kind: 'txn',
    comparisons: comparisons.map((one) => comparisonOf(operation, one)),
    then: branch(asked['then'], true),
    otherwise: branch(asked['else'], false),
    succeeded,
  };
}

function comparisonOf(operation: ModelOperation, comparison: Json): Comparison {
  const [key, operator, value] = listOf(comparison) ?? [];
  for (const known of ['=', '!=', '<', '>', 'exists'] as const) {
    if (operator === known && key !== undefined) return { key: nameOf(key, 'txn'), operator, value: value ?? null };
  }
  throw wrong(operation, 'comparisons [key "=" value], with =, !=, <, > or exists');
}

function stepOf(operation: ModelOperation, step: Json, answer: Json | undefined): Step {
  const [name, first, second, third] = listOf(step) ?? [];
  switch (typeof name === 'string' ? name.replace(/^:/, '') : undefined) {
    case 'get':
    case 'r':
    case 'read':
      return { kind: 'get', key: nameOf(first, 'txn'), answer };
    case 'put':
    case 'w':
    case 'write': {
      const lease = third === undefined || third === null ? {} : { lease: nameOf(third, 'txn') };
      return { kind: 'put', key: nameOf(first, 'txn'), value: second ?? null, ...lease };
    }
    case 'delete':
      return { kind: 'delete', key: nameOf(first, 'txn'), deleted: countOf(answer) };
    case 'range':
      return {
        kind: 'range',
        range: rangeOf(operation, first ?? null),
        answer: answer === undefined ? undefined : entriesOf(answer),
      };
    default:
      throw wrong(operation, `operations [get key], [put key value], [delete key] or [range …], not ${text(step)}`);
  }
}

function rangeOf(operation: ModelOperation, asked: Json): StoreRange {
  if (asked === null) return { from: '' };
  const list = listOf(asked);
  if (list !== undefined) {
    const [from, to] = list;
    return { from: from === undefined || from === null ? '' : nameOf(from, 'range'), ...bound(to) };
  }
  const fields = fieldsOf(asked);
  if (typeof fields?.['prefix'] === 'string') return { from: fields['prefix'], to: `${fields['prefix']}\uffff` };
  if (fields !== undefined)
    return { from: fields['from'] === undefined ? '' : nameOf(fields['from'], 'range'), ...bound(fields['to']) };
  throw wrong(operation, '[from to], {prefix}, or null for all keys');
}

function bound(to: Json | undefined): { readonly to?: string } {
  return to === undefined || to === null ? {} : { to: nameOf(to, 'range') };
}

/** A map of keys to values, whichever way the answer is written. */
function entriesOf(output: Json): Json {
  const list = listOf(output);
  if (list === undefined) return output;
  const pairs = list.map((pair) => listOf(pair));
  if (!pairs.every((pair) => pair?.length === 2)) return output;
  return Object.fromEntries(pairs.map((pair) => [nameOf(pair![0], 'range'), pair![1]]));
}

/** The value of an answer that repeats its key, or the answer itself. */
function answerOf(output: Json | undefined, key: string | undefined): Json | undefined {
  const pair = listOf(output);
  if (pair?.length !== 2) return output;
  return key === undefined || (pair[0] !== null && nameOf(pair[0], 'get') === key) ? pair[1] : output;
}

function lastOf(answer: Json): Json {
  const list = listOf(answer);
  return list?.length === 3 ? list[2] : null;
}

/** Whether something was deleted, where the answer says so. */
function countOf(output: Json | undefined): boolean | undefined {
  return typeof output === 'boolean' ? output : typeof output === 'number' ? output > 0 : undefined;
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
}

function fieldsOf(value: Json | undefined): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function nameOf(key: Json | undefined, f: string): string {
  if (key === undefined || key === null)
    throw new UserError(`a ${f} names no key; give the event a key, or say it in the value`);
  return typeof key === 'string' ? key : text(key);
}

function wrong({ f, input }: ModelOperation, expected: string): UserError {
  return new UserError(`the value of a ${f}, ${text(input)}, is not ${expected}`);
}
