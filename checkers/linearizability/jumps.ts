import type { Json } from '../../harness/history/operation.js';
import { integerOf } from '../../harness/history/values/numbers.js';
import type { DataType, Model, ModelOperation } from '../model.js';
import { NEVER, type TimedOperation } from './partition.js';

export type CounterType = Extract<DataType, { readonly kind: 'counter' }>;

/**
 * A counter that others may increase by any amount at any time: what is left of one when increments are left out. So a
 * sub-history that is illegal even for this one proves the whole history illegal, however many increments it lacks;
 * "7, and later 5" needs none of those that made it 7. Undefined where something decreases the counter.
 *
 * The state is the least that the number can be. Keeping it low is best, since nothing is refused for being too low.
 */
export function withJumps<State>(model: Model<State>, operations: readonly TimedOperation[]): Model<State> | undefined {
  const { dataType } = model;
  if (dataType?.kind !== 'counter') return undefined;
  if (operations.some((one) => !isSmall(dataType, one.operation))) return undefined;
  const counter = model as Model<unknown> as Model<Json>;
  const jumping: Model<Json> = {
    ...counter,
    step: (least, operation) => {
      const { output } = operation;
      const isTold = dataType.tells === 'every operation' || operation.f === dataType.read;
      if (!isTold || output === undefined) return counter.step(least, { ...operation, output: undefined });
      if (typeof output !== 'number' || output < Number(least)) return undefined;
      return counter.step(output, operation);
    },
    describeState: (least) => `at least ${String(least)}`,
  };
  return jumping as Model<unknown> as Model<State>;
}

/** Whether it increases the number, by an amount and to an answer that doubles hold: sums of them are then exact enough. */
function isSmall(type: CounterType, operation: ModelOperation): boolean {
  const { output = 0 } = operation;
  const added = amountAdded(type, operation);
  if (typeof added !== 'number' || added >= 2 ** 50) return false;
  return typeof output === 'number' ? output < 2 ** 50 : integerOf(output) === undefined;
}

/** What an operation adds to a number; undefined where it may take something away. */
export function amountAdded(
  { read, decrease }: CounterType,
  { f, input }: ModelOperation,
): number | bigint | undefined {
  if (f === read) return 0;
  const amount = integerOf(input) ?? (typeof input === 'number' ? input : 1);
  const added = f === decrease ? -amount : amount;
  return added < 0 ? undefined : added;
}

/** First window, in operations before the violation. */
const FIRST_WINDOW = 16;

/** The latest operations that are illegal by themselves, as few as doubling finds; undefined where not even all are. */
export function illegalTail(
  operations: readonly TimedOperation[],
  isIllegal: (operations: readonly TimedOperation[]) => boolean,
): TimedOperation[] | undefined {
  const ordered = operations.filter((one) => one.returnAt !== NEVER).sort((a, b) => a.returnAt - b.returnAt);
  for (let size = FIRST_WINDOW; ; size *= 4) {
    const tail = ordered.slice(-size);
    if (isIllegal(tail)) return tail;
    if (size >= ordered.length) return undefined;
  }
}
