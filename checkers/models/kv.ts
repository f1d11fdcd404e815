import type { Json } from '../../harness/history/operation.js';
import type { Model } from '../model.js';
import { anyValue, initialOf } from './initial.js';
import { show, text } from './values.js';

const initialValue = anyValue('');

/** A store of strings by key: get, put, append; a key that was never put is the empty string. Judged key by key. */
export const kv: Model<Json> = {
  name: 'kv',
  summary: 'keyed strings: get, put, append; judged key by key; option initial (default "")',
  operations: ['get', 'put', 'append'],
  initial: (options) => initialOf(initialValue, options),
  initialValue,
  dataType: { kind: 'register', read: 'get', write: 'put', append: 'append' },
  step: (state, { f, input, output }) => {
    if (f === 'get') return output === undefined || text(output) === text(state) ? state : undefined;
    if (f === 'put') return input;
    return `${typeof state === 'string' ? state : text(state)}${typeof input === 'string' ? input : text(input)}`;
  },
  key: text,
  isRead: ({ f }) => f === 'get',
  describe: ({ f, input, output }) =>
    f === 'get' ? `get → ${output === undefined ? '?' : show(output)}` : `${f} ${show(input)}`,
  describeState: show,
};
