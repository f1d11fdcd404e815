import type { Json } from '../../harness/history/operation.js';
import { exactly, integerOf, plus } from '../../harness/history/values/numbers.js';
import type { InitialValue, Model } from '../model.js';
import { initialOf } from './initial.js';
import { show, text } from './values.js';

/** What a counter holds, as a value: integers past 2^53 are literals. */
const totalOf = (value: Json): Json | undefined => {
  const integer = integerOf(value);
  if (integer !== undefined) return exactly(integer);
  return typeof value === 'number' ? value : undefined;
};
const amount = (input: Json): Json => totalOf(input) ?? 1;
const initialValue: InitialValue = {
  default: 0,
  what: 'a whole number',
  accepts: (value) => integerOf(value) !== undefined,
};
const start = (options: Readonly<Record<string, Json>>): Json => totalOf(initialOf(initialValue, options)) ?? 0;

function answers(output: Json | undefined, total: Json): boolean {
  if (output === undefined) return true;
  const answer = totalOf(output);
  return answer !== undefined && text(answer) === text(total);
}

function add(total: Json, change: Json, sign: 1 | -1): Json {
  const [a, b] = [integerOf(total), integerOf(change)];
  if (a === undefined || b === undefined) return Number(total) + sign * Number(change);
  return exactly(plus(a, sign === 1 ? b : typeof b === 'number' ? 0 - b : -b));
}

/** A number that is added to and read. `add`, `inc` and `dec` default to 1. Option `initial` (default 0). */
export const counter: Model<Json> = {
  name: 'counter',
  summary: 'add to a number (add, inc, dec) and read it; option initial (default 0)',
  operations: ['read', 'add', 'inc', 'dec'],
  blind: ['add', 'inc', 'dec'],
  initial: start,
  initialValue,
  dataType: { kind: 'counter', read: 'read', decrease: 'dec', tells: 'reads' },
  step: (value, { f, input, output }) => {
    if (f === 'read') return answers(output, value) ? value : undefined;
    return add(value, amount(input), f === 'dec' ? -1 : 1);
  },
  key: text,
  isRead: ({ f }) => f === 'read',
  describe: ({ f, input, output }) =>
    f === 'read' ? `read → ${output === undefined ? '?' : show(output)}` : `${f} ${show(amount(input))}`,
  describeState: show,
};

/** Fetch-and-add: adds and answers the number before. `read` too. Option `initial` (default 0). */
export const fetchAndAdd: Model<Json> = {
  name: 'fetch-and-add',
  summary: 'add to a number and answer what it was before; option initial (default 0)',
  operations: ['fetch-and-add', 'read'],
  initial: start,
  initialValue,
  dataType: { kind: 'counter', read: 'read', tells: 'every operation' },
  step: (value, { f, input, output }) => {
    if (!answers(output, value)) return undefined;
    return f === 'read' ? value : add(value, amount(input), 1);
  },
  key: text,
  isRead: ({ f }) => f === 'read',
  describe: ({ f, input, output }) =>
    `${f === 'read' ? 'read' : `fetch-and-add ${show(amount(input))}`} → ${output === undefined ? '?' : show(output)}`,
  describeState: show,
};
