import type { Json } from '../../harness/history/operation.js';
import type { Model } from '../model.js';
import { NEVER, type TimedOperation } from './partition.js';

/** Why an order is no linearization, or undefined when it is one. Knows nothing of how the order was found. */
export function validateOrder<State>(
  model: Model<State>,
  operations: readonly TimedOperation[],
  order: readonly number[],
  options: Readonly<Record<string, Json>> = {},
): string | undefined {
  const placed = new Set(order);
  if (placed.size !== order.length) return 'an operation is placed twice';
  const missing = operations.findIndex((one, op) => one.returnAt !== NEVER && !placed.has(op));
  if (missing !== -1) return `operation ${missing} returned and is not placed`;
  let state = model.initial(options);
  let latestInvocation = -1;
  for (const op of order) {
    if (operations[op] === undefined) return `there is no operation ${op}`;
    const { operation, invokeAt, returnAt } = operations[op];
    if (returnAt < latestInvocation) return `operation ${op} is placed after one that was invoked after it returned`;
    latestInvocation = Math.max(latestInvocation, invokeAt);
    const after = model.step(state, operation);
    if (after === undefined) return `${model.describe(operation)} is not legal in ${model.describeState(state)}`;
    state = after;
  }
  return undefined;
}
