import type { History } from '../../harness/history/history.js';
import type { Anomaly } from '../checker.js';
import { indicesOf, whoAndWhen } from '../verdict.js';
import type { Invalid } from './objects.js';

/** The anomaly of an object found illegal when there was no time left to find out which operations prove it. */
export function unexplained(history: History, name: string | undefined, { until }: Invalid): Anomaly {
  const { pairs, length, functionNames, functions } = history.columns;
  const position = Math.min(until, length - 1);
  const partner = pairs[position];
  const invocation = partner >= 0 && partner < position ? partner : position;
  const f = functionNames[functions[invocation]];
  const of = name === undefined ? '' : ` of ${name}`;
  return {
    kind: 'nonlinearizable',
    sentence:
      `The ${f}${of} by ${whoAndWhen(history, invocation)} completes what no order of operations explains; ` +
      'there was no time left to find out which of those before it prove that.',
    operations: indicesOf(history, [invocation, position]),
    rulesOut: ['linearizable', 'strict-serializable'],
    details: { cause: 'no-order', ...(name !== undefined && { key: name }), minimal: false },
  };
}
