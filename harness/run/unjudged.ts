import type { Plan, Results } from './plan.js';
import { FORMAT_VERSION } from './plan.js';

/** Results of a run that came to no judging: the harness failed before it, or in it. */
export function unjudged(plan: Plan, harnessError: string): Results {
  return {
    formatVersion: FORMAT_VERSION,
    runId: plan.runId,
    outcome: 'harness-error',
    sentence: `The harness failed, and nothing was judged: ${harnessError}`,
    ...{ checks: [], faults: [], phases: [], counts: [], errors: [], notes: [], harnessError },
  };
}
