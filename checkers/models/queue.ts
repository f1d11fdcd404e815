import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { show, text } from './values.js';

const describe = ({ f, input, output }: ModelOperation) =>
  f === 'enqueue' || f === 'push' ? `${f} ${show(input)}` : `${f} → ${output === undefined ? '?' : show(output)}`;
const describeState = (items: readonly Json[]) => `[${items.map(show).join(', ')}]`;

/**
 * First in, first out. `dequeue` answers the element, or null when the queue was empty; where null is an element, an answer
 * of null may be either.
 */
export const queue: Model<readonly Json[]> = {
  name: 'queue',
  summary: 'FIFO queue: enqueue, dequeue (null when empty)',
  operations: ['enqueue', 'dequeue'],
  initial: () => [],
  dataType: { kind: 'queue', enqueue: 'enqueue', dequeue: 'dequeue' },
  step: (items, { f, input, output }) => {
    if (f === 'enqueue') return [...items, input];
    return take(items, items[0], items.slice(1), output);
  },
  key: text,
  isRead: () => false,
  readsAmong: (operations) => foundEmpty('enqueue', 'dequeue', operations),
  describe,
  describeState,
};

/** Last in, first out. `pop` answers the element, or null when the stack was empty; or null, where null is an element. */
export const stack: Model<readonly Json[]> = {
  name: 'stack',
  summary: 'LIFO stack: push, pop (null when empty)',
  operations: ['push', 'pop'],
  initial: () => [],
  step: (items, { f, input, output }) => {
    if (f === 'push') return [...items, input];
    return take(items, items[items.length - 1], items.slice(0, -1), output);
  },
  key: text,
  isRead: () => false,
  readsAmong: (operations) => foundEmpty('push', 'pop', operations),
  describe,
  describeState,
};

/** An answer of null changes nothing where null is no element: there was nothing to take. */
function foundEmpty(
  add: string,
  remove: string,
  operations: readonly ModelOperation[],
): (operation: ModelOperation) => boolean {
  if (operations.some(({ f, input }) => f === add && input === null)) return () => false;
  return ({ f, output }) => f === remove && output === null;
}

function take(
  items: readonly Json[],
  taken: Json | undefined,
  rest: readonly Json[],
  output: Json | undefined,
): readonly Json[] | undefined {
  if (taken === undefined) return output === undefined || output === null ? items : undefined;
  return output === undefined || text(output) === text(taken) ? rest : undefined;
}
