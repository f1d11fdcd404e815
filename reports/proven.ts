import type { Anomaly } from '../checkers/checker.js';

/** A line that says why an anomaly could not be proven anew from its premises; none where it was, or nobody tried. */
export function notProven({ proven, unproven }: Anomaly): readonly string[] {
  return proven === false ? [`not re-proven: ${unproven ?? 'no reason is known'}`] : [];
}
