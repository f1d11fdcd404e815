import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { anyValue, initialOf } from './initial.js';
import { show, text } from './values.js';

const initialValue = anyValue(null);

/** One value that is read and written. Option `initial`: the value before the first write (default null). */
export const register: Model<Json> = {
  name: 'register',
  summary: 'read and write one value; option initial (default null)',
  operations: ['read', 'write'],
  initial: (options) => initialOf(initialValue, options),
  initialValue,
  dataType: { kind: 'register', read: 'read', write: 'write' },
  step: stepRegister,
  key: text,
  isRead: ({ f }) => f === 'read',
  describe: describeRegister,
  describeState: show,
};

/** A register with compare-and-set, value `[from, to]`. A cas that found another value is a `fail`, not evidence. */
export const casRegister: Model<Json> = {
  ...register,
  name: 'cas-register',
  summary: 'read, write and compare-and-set ([from, to]) one value; option initial (default null)',
  operations: ['read', 'write', 'cas'],
  dataType: { kind: 'register', read: 'read', write: 'write', cas: 'cas' },
};

function stepRegister(state: Json, { f, input, output }: ModelOperation): Json | undefined {
  switch (f) {
    case 'read':
      return output === undefined || text(output) === text(state) ? state : undefined;
    case 'write':
      return input;
    case 'cas': {
      const [from, to] = input as readonly [Json, Json];
      return text(from) === text(state) ? to : undefined;
    }
    default:
      return undefined;
  }
}

function describeRegister({ f, input, output }: ModelOperation): string {
  if (f === 'read') return output === undefined ? 'read' : `read → ${show(output)}`;
  if (f === 'cas' && Array.isArray(input)) return `cas ${show(input[0] as Json)}→${show(input[1] as Json)}`;
  return `${f} ${show(input)}`;
}
