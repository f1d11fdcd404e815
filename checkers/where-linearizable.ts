import { isForbidden, modelOf } from './against.js';
import type { Checker } from './checker.js';
import { verdictOf } from './verdict.js';

/** It may not hold up the verdict of the others. */
const LONGEST_MS = 5_000;

/**
 * The same judge where the model asked for or claimed promises linearizability. Elsewhere it has nothing to say, and says
 * so: the judge stands beside others that decide what every model promises.
 */
export function whereLinearizable(checker: Checker): Checker {
  return {
    ...checker,
    decidesUnder: promisesLinearizability,
    check(history, context) {
      const model = modelOf(context);
      if (promisesLinearizability(model)) {
        const { budget } = context;
        return checker.check(history, {
          ...context,
          budget: { ...budget, timeMs: Math.min(budget.timeMs, LONGEST_MS) },
        });
      }
      const notChecked = [`linearizability: ${model === undefined ? 'not asked for' : `${model} does not promise it`}`];
      return verdictOf({ anomalies: [], details: {}, checked: [], notChecked });
    },
  };
}

function promisesLinearizability(model: string | undefined): boolean {
  return model !== undefined && isForbidden(model, 'stale-read');
}
