import type { Anomaly } from './checker.js';
import { SHOWN_ANOMALIES } from './verdict.js';

/** Anomalies as they are found: all of them counted, the first of each kind kept. */
export class Findings {
  readonly anomalies: Anomaly[] = [];
  readonly counts: Record<string, number> = {};

  add(anomaly: Anomaly): void {
    const count = (this.counts[anomaly.kind] ?? 0) + 1;
    this.counts[anomaly.kind] = count;
    if (count <= SHOWN_ANOMALIES) this.anomalies.push(anomaly);
  }
}
