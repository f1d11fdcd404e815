import { type Budget, WITNESS_BUDGET_MS } from '../../checkers/checker.js';
import { UserError } from '../kit/errors.js';

/** The flag by which every command that judges bounds the making of small witnesses. */
export const WITNESS_BUDGET = {
  type: 'number',
  default: WITNESS_BUDGET_MS / 1000,
  describe: 'seconds for making the witnesses of a violation small, of each checker',
} as const;

/** @throws UserError for what is no amount */
export function budgetOf(args: { readonly timeBudget?: number; readonly memoryBudget?: number }): Budget {
  const { timeBudget = 300, memoryBudget = 4096 } = args;
  if (!(timeBudget > 0)) throw new UserError(`--time-budget ${timeBudget}: expected seconds, more than 0`);
  if (!(memoryBudget > 0)) throw new UserError(`--memory-budget ${memoryBudget}: expected MiB, more than 0`);
  return { timeMs: timeBudget * 1000, memoryBytes: memoryBudget * 1024 * 1024 };
}

/** @throws UserError for what is no amount */
export function witnessBudgetOf({ witnessBudget }: { readonly witnessBudget?: number }): number {
  if (witnessBudget === undefined) return WITNESS_BUDGET_MS;
  if (!(witnessBudget >= 0)) throw new UserError(`--witness-budget ${witnessBudget}: expected seconds, 0 or more`);
  return witnessBudget * 1000;
}
