import type { Json } from '../../harness/history/operation.js';
import type { InitialValue, Model } from '../model.js';
import { initialOf } from './initial.js';
import { text } from './values.js';

const amount = (input: Json) => (typeof input === 'number' ? input : 1);
const initialValue: InitialValue = {
  default: 0,
  what: 'a whole number',
  accepts: (value) => typeof value === 'number' && Number.isSafeInteger(value),
};
const start = (options: Readonly<Record<string, Json>>) => Number(initialOf(initialValue, options));

/** A number that is added to and read. `add`, `inc` and `dec` default to 1. Option `initial` (default 0). */
export const counter: Model<number> = {
  name: 'counter',
  summary: 'add to a number (add, inc, dec) and read it; option initial (default 0)',
  operations: ['read', 'add', 'inc', 'dec'],
  initial: start,
  initialValue,
  dataType: { kind: 'counter', read: 'read', decrease: 'dec', tells: 'reads' },
  step: (value, { f, input, output }) => {
    if (f === 'read') return output === undefined || output === value ? value : undefined;
    return value + (f === 'dec' ? -amount(input) : amount(input));
  },
  key: String,
  isRead: ({ f }) => f === 'read',
  describe: ({ f, input, output }) =>
    f === 'read' ? `read → ${output === undefined ? '?' : text(output)}` : `${f} ${amount(input)}`,
  describeState: String,
};

/** Fetch-and-add: adds and answers the number before. `read` too. Option `initial` (default 0). */
export const fetchAndAdd: Model<number> = {
  name: 'fetch-and-add',
  summary: 'add to a number and answer what it was before; option initial (default 0)',
  operations: ['fetch-and-add', 'read'],
  initial: start,
  initialValue,
  dataType: { kind: 'counter', read: 'read', tells: 'every operation' },
  step: (value, { f, input, output }) => {
    if (output !== undefined && output !== value) return undefined;
    return f === 'read' ? value : value + amount(input);
  },
  key: String,
  isRead: ({ f }) => f === 'read',
  describe: ({ f, input, output }) =>
    `${f === 'read' ? 'read' : `fetch-and-add ${amount(input)}`} → ${output === undefined ? '?' : text(output)}`,
  describeState: String,
};
