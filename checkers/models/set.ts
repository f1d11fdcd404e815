import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { show, text } from './values.js';

/**
 * A set of elements. `add` and `remove` answer true or false (whether they changed the set), or something else that
 * says nothing; `contains` answers true or false. `value` is the element in the invocation; an answer `[element, bool]`
 * or `bool`. Independent per element, so it is judged element by element.
 */
export const set: Model<boolean> = {
  name: 'set',
  summary: 'add, remove and contains of elements, judged element by element',
  operations: ['add', 'remove', 'contains'],
  elsewhere: { read: '--workload set-full, for reads of the whole set' },
  initial: () => false,
  step: (present, operation) => {
    const answer = answerOf(operation);
    switch (operation.f) {
      case 'add':
        return answer === undefined || answer === !present ? true : undefined;
      case 'remove':
        return answer === undefined || answer === present ? false : undefined;
      default:
        return answer === undefined || answer === present ? present : undefined;
    }
  },
  key: String,
  partition: ({ input }) => text(input),
  isRead: ({ f }) => f === 'contains',
  describe: (operation) => {
    const answer = answerOf(operation);
    return `${operation.f} ${show(operation.input)}${answer === undefined ? '' : ` → ${answer}`}`;
  },
  describeState: (present) => (present ? 'present' : 'absent'),
};

function answerOf({ output }: ModelOperation): boolean | undefined {
  const answer: Json | undefined = Array.isArray(output) ? (output[output.length - 1] as Json) : output;
  return typeof answer === 'boolean' ? answer : undefined;
}
