import type { History } from '../../harness/history/history.js';
import type { Anomaly } from '../checker.js';
import { indicesOf, whoAndWhen } from '../verdict.js';
import type { Invalid } from './objects.js';

/** The anomaly of an object found illegal while it is not known which operations prove it. @param why in words */
export function unexplained(history: History, name: string | undefined, { until }: Invalid, why: string): Anomaly {
  const { pairs, length, functionNames, functions } = history.columns;
  const position = Math.min(until, length - 1);
  const partner = pairs[position];
  const invocation = partner >= 0 && partner < position ? partner : position;
  const f = functionNames[functions[invocation]];
  const of = name === undefined ? '' : ` of ${name}`;
  return {
    kind: 'nonlinearizable',
    sentence: `The ${f}${of} by ${whoAndWhen(history, invocation)} completes what no order of operations explains; ${why}.`,
    operations: indicesOf(history, [invocation, position]),
    rulesOut: ['linearizable', 'strict-serializable'],
    details: { cause: 'no-order', ...(name !== undefined && { key: name }), minimal: false },
  };
}
