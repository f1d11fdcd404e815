import type { Checker, CheckContext, Rests, Verdict } from '../../checkers/checker.js';
import { restsOf } from '../../checkers/observations.js';
import { withProofs } from '../../checkers/witness/witness.js';
import { type History, NEMESIS, OK } from '../history/history.js';
import type { Restore } from '../history/restores.js';

/**
 * Asks a checker and builds the verdict from its answer: what rests on no observation is `unknown`, whichever checker,
 * specification or model says otherwise, and so is a verdict by which nothing was decided.
 *
 * @param restores where the cluster was destroyed and restored in the midst of the history
 * @throws whatever the checker throws
 */
export async function buildVerdict(
  checker: Checker,
  history: History,
  context: CheckContext,
  restores: readonly Restore[],
): Promise<Verdict> {
  const verdict =
    restores.length === 0
      ? await checker.check(history, context)
      : await (checker.acrossRestores?.(history, context, restores) ?? cannotJudgeRestores());
  return checker.observes === 'run' ? verdict : resting(verdict, restsOf(checker, history), history);
}

/** Proving anew is worth so much time a check, on top of the check's own. */
export const PROVING_MS = 5_000;

/**
 * The verdict whose anomalies say whether they were proven anew, and list no more than that takes. Validity and reason
 * stay the checker's: what cannot be proven here may be true all the same.
 */
export function proveAnew(
  verdict: Verdict,
  { name }: Checker,
  history: History,
  { options }: CheckContext,
  restores: readonly Restore[],
): Verdict {
  if (verdict.anomalies.length === 0) return verdict;
  // A proof takes what was acknowledged to have happened for good, and a restore undoes it.
  if (restores.length > 0) return withoutProofs(verdict, 'the cluster was restored from a backup in between');
  return withProofs(verdict, { history, checker: name, options, timeMs: PROVING_MS });
}

/** None of the anomalies was proven anew, for this reason. */
export function withoutProofs(verdict: Verdict, unproven: string): Verdict {
  const anomalies = verdict.anomalies.map((anomaly) => ({ ...anomaly, proven: false, unproven }));
  return { ...verdict, anomalies } as Verdict;
}

/** A verdict of nothing but a reason. */
export function undecided(reason: string): Extract<Verdict, { readonly validity: 'unknown' }> {
  return { validity: 'unknown', reason, anomalies: [], details: {}, checked: [], notChecked: [reason] };
}

function cannotJudgeRestores(): Verdict {
  return undecided('the cluster was restored from a backup, and this checker cannot tell what a restore may lose');
}

function resting(verdict: Verdict, rests: Rests, history: History): Verdict {
  // A violation has its witness, and that is an observation, whatever was counted.
  if (verdict.validity === 'invalid') return { ...verdict, rests };
  const { anomalies, details, checked, notChecked } = verdict;
  if (rests.observations === 0) {
    const reason = `nothing was observed: ${nothingObserved(history, rests)}`;
    const conditions = [...new Set([reason, ...checked, ...notChecked])];
    return { validity: 'unknown', reason, anomalies, details, checked: [], notChecked: conditions, rests };
  }
  if (verdict.validity === 'valid' && checked.length === 0) {
    const reason = notChecked[0] ?? 'the checker decided nothing';
    return { validity: 'unknown', reason, anomalies, details, checked, notChecked, rests };
  }
  return { ...verdict, rests };
}

/** Why there is nothing that a checker could contradict. */
function nothingObserved({ columns, length }: History, { operations }: Rests): string {
  if (operations === 0) return 'there is no operation of a client';
  const { types, processes, functions, functionNames } = columns;
  const acknowledged = new Set<string>();
  for (let position = 0; position < length; position++) {
    if (processes[position] !== NEMESIS && types[position] === OK) acknowledged.add(functionNames[functions[position]]);
  }
  const count = operations.toLocaleString('en-US');
  if (acknowledged.size === 0) {
    return operations === 1 ? 'the only operation did not succeed' : `none of ${count} operations succeeded`;
  }
  const names = [...acknowledged].sort().join(', ');
  return `of ${count} operations only ${names} succeeded, and no answer tells what the state was`;
}
