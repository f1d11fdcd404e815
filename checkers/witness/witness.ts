import type { History } from '../../harness/history/history.js';
import type { Anomaly, Verdict } from '../checker.js';
import type { Options } from './facts.js';
import { families } from './families.js';
import { fewest } from './fewer.js';
import { NO_TIME, verify } from './verify.js';

export interface ProvingRequest {
  readonly history: History;
  /** Name of the checker whose verdict it is. */
  readonly checker: string;
  readonly options: Options;
  /** For all anomalies of the verdict together; what is left then is said to be unproven. */
  readonly timeMs?: number;
}

/** Proving anew is worth so much time a verdict. */
const TIME_MS = 2_000;

/**
 * A verdict whose anomalies say whether they were proven anew, each with no premise more than its proof needs. The verdict
 * itself stays the checker's: that an anomaly could not be proven here is a defect of ours, and our tests treat it as one.
 */
export function withProofs(verdict: Verdict, { history, checker, options, timeMs = TIME_MS }: ProvingRequest): Verdict {
  if (verdict.anomalies.length === 0 || families[checker] === undefined) return verdict;
  const end = performance.now() + timeMs;
  const hasTime = () => performance.now() <= end;
  const request = { history, checker, options, timeMs };
  const proofs = verify(verdict.anomalies, request);
  const anomalies = verdict.anomalies.map((anomaly, at): Anomaly => {
    const proof = proofs[at];
    if (proof.proven) return { ...fewest(anomaly, request, hasTime), proven: true };
    const why = hasTime() ? proof.why : NO_TIME;
    return { ...anomaly, proven: false, unproven: why };
  });
  return { ...verdict, anomalies } as Verdict;
}
