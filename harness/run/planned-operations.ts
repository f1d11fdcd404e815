import { clients, recorded } from '../generator/combinators.js';
import type { Generator } from '../generator/generator.js';
import { UserError } from '../kit/errors.js';
import type { Plan, PlannedOperation } from './plan.js';

/** Issues the operations that a plan prescribes, on the clients' threads. */
export function plannedOperations(operations: readonly PlannedOperation[], plan: Plan): Generator {
  const threads = plan.workloads.reduce((sum, { concurrency }) => sum + concurrency, 0);
  const invocations = operations.map(({ thread, atMs, f, value, key, workload }) => {
    if (!Number.isInteger(thread) || thread < 0 || thread >= threads) {
      throw new UserError(
        `the plan has an operation on thread ${thread}, and ${threads} threads from 0; mend the plan`,
      );
    }
    const of = workload === undefined ? {} : { workload };
    return { invocation: { f, value, ...(key !== undefined && { key }), ...of }, thread, time: Math.round(atMs * 1e6) };
  });
  return clients(recorded(invocations));
}
