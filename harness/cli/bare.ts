import type { Budget, Checker } from '../../checkers/checker.js';
import { worst } from '../../checkers/checker.js';
import { faultsOf, phasesOf } from '../history/faults-of.js';
import type { History } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { withoutNemesis } from '../history/select.js';
import { FORMAT_VERSION, type CheckerResult, type Outcome, type Results } from '../run/plan.js';
import { countErrors, countOperations } from '../run/tally.js';

export interface BareRequest {
  readonly history: History;
  readonly checkers: readonly Checker[];
  readonly options: Readonly<Record<string, Json>>;
  readonly budget: Budget;
  readonly consistency?: string;
  readonly notes: readonly string[];
  readonly signal?: AbortSignal;
  readonly progress: (checker: string) => void;
}

/**
 * Judges a history that no run of ours made. A checker that cannot make sense of the history throws, and so does this:
 * the user chose the checker, so there is a line to mend or another checker to choose, not a verdict.
 */
export async function judgeBare(request: BareRequest): Promise<Results> {
  const { history, checkers, options, budget, consistency, signal } = request;
  const clients = withoutNemesis(history);
  const checks: CheckerResult[] = [];
  for (const checker of checkers) {
    request.progress(checker.name);
    const start = performance.now();
    const verdict = await checker.check(clients, {
      budget,
      options,
      ...(consistency !== undefined && { consistency }),
      ...(signal && { signal }),
    });
    const durationMs = Math.round(performance.now() - start);
    checks.push({ checker: checker.name, required: true, verdict, durationMs });
  }
  const phases = phasesOf(history);
  const outcome = outcomeOf(checks);
  return {
    formatVersion: FORMAT_VERSION,
    runId: 'history',
    outcome,
    sentence: sentenceOf(outcome, checks),
    checks,
    faults: faultsOf(history),
    phases,
    counts: countOperations(history, phases),
    errors: countErrors(history),
    notes: request.notes,
  };
}

function outcomeOf(checks: readonly CheckerResult[]): Outcome {
  const validity = worst(checks.map(({ verdict }) => verdict.validity));
  return validity === 'unknown' ? 'inconclusive' : validity;
}

function sentenceOf(outcome: Outcome, checks: readonly CheckerResult[]): string {
  const deciding = checks.find(({ verdict }) =>
    outcome === 'invalid' ? verdict.validity === 'invalid' : verdict.validity === 'unknown',
  );
  if (!deciding) return `The history holds: ${checks.flatMap(({ verdict }) => verdict.checked).join('; ')}.`;
  const { verdict } = deciding;
  return verdict.validity === 'unknown' ? `Undecided: ${verdict.reason}.` : (verdict.anomalies[0]?.sentence ?? '');
}
