import type { Json } from '../../../harness/history/operation.js';
import type { Model } from '../../model.js';
import { NEVER, type TimedOperation } from '../partition.js';

/**
 * Linearizability by trying every order (Wing & Gong's definition, word by word): the yardstick of all engines.
 * Shares no code with them. Unknown operations (`returnAt` NEVER) may take effect or not.
 */
export function bruteForce<State>(
  model: Model<State>,
  operations: readonly TimedOperation[],
  options: Readonly<Record<string, Json>> = {},
): boolean {
  const search = (state: State, left: readonly TimedOperation[]): boolean => {
    if (left.every((one) => one.returnAt === NEVER)) return true;
    const firstReturn = Math.min(...left.map((one) => one.returnAt));
    return left.some((one) => {
      if (one.invokeAt > firstReturn) return false;
      const after = model.step(state, one.operation);
      return (
        after !== undefined &&
        search(
          after,
          left.filter((other) => other !== one),
        )
      );
    });
  };
  return search(model.initial(options), operations);
}
