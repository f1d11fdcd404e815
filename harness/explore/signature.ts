import type { CheckerResult, Results } from '../run/plan.js';
import type { Anomaly } from '../../checkers/checker.js';

/** What a failing run is known by: who found it, and what it was called. */
export interface Signature {
  readonly workload?: string;
  readonly checker: string;
  readonly kind: string;
}

/** The violation that the run's sentence is about; undefined when nothing was violated. */
export function signatureOf({ checks }: Results): Signature | undefined {
  const broken = checks.filter(({ verdict }) => verdict.validity === 'invalid' && verdict.anomalies.length > 0);
  const first = broken.find(({ required }) => required) ?? broken.at(0);
  if (first === undefined) return undefined;
  const { workload, checker, verdict } = first;
  return { ...(workload !== undefined && { workload }), checker, kind: verdict.anomalies[0].kind };
}

/** The anomalies of that signature in a run: none where it failed in another way, or not at all. */
export function anomaliesLike({ checks }: Results, signature: Signature): readonly Anomaly[] {
  const same = ({ checker, workload, verdict }: CheckerResult) =>
    checker === signature.checker && workload === signature.workload && verdict.validity === 'invalid';
  return checks.filter(same).flatMap(({ verdict }) => verdict.anomalies.filter(({ kind }) => kind === signature.kind));
}

export function shows(results: Results, signature: Signature): boolean {
  return anomaliesLike(results, signature).length > 0;
}

/** `lost (bank: bank)` */
export function signatureText({ workload, checker, kind }: Signature): string {
  return `${kind} (${workload === undefined ? checker : `${workload}: ${checker}`})`;
}
