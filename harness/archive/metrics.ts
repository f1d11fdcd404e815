import type { FaultRecord } from '../history/faults.js';
import { FAIL, type History, INVOKE, NEMESIS, NONE, OK } from '../history/history.js';
import type { Results } from '../run/plan.js';

/** Format of metrics.json. */
export const METRICS_VERSION = 1;

/** How clients fared in some stretches of a run. */
export interface Fare {
  /** Length of the stretches together. */
  readonly seconds: number;
  readonly operations: number;
  /** Successful completions a second. */
  readonly throughputHz: number;
  /** Share of completions that were answered: ok, or refused for a reason of the data (a cas that found another value). */
  readonly availability: number | null;
  /** Of successful operations; null where there was none. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** metrics.json: numbers of one run that are worth comparing with other nights. */
export interface RunMetrics {
  readonly version: number;
  /** From the beginning of the run to its recovery, without any fault in place. */
  readonly calm: Fare;
  /** By kind of fault, while one was in place that bit. */
  readonly faults: Readonly<Record<string, Fare & { readonly recoveryMs: readonly number[] }>>;
}

const ANSWERED = /^mismatch\b/;

interface Window {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Linear in the history, plus sorting durations. Completions count where they happened. */
export function metricsOf(history: History, results: Results): RunMetrics {
  const { types, times, pairs, processes, errors, errorTexts, length } = history.columns;
  const windows = windowsOf(results.faults);
  const endTime = results.phases.find(({ name }) => name === 'recovery')?.startTime ?? times[length - 1] ?? 0;
  const answered = errorTexts.map((text) => ANSWERED.test(text));
  const calm = new Sums();
  const perKind = new Map(windows.map(({ kind }) => [kind, new Sums()]));
  for (let at = 0; at < length && times[at] <= endTime; at++) {
    if (types[at] === INVOKE || processes[at] === NEMESIS || pairs[at] === NONE) continue;
    const time = times[at];
    const inside = windows.filter(({ start, end }) => time >= start && time < end);
    const type = types[at];
    const answer = type === OK || (type === FAIL && errors[at] !== NONE && answered[errors[at]]);
    for (const sums of inside.length > 0 ? inside.map(({ kind }) => perKind.get(kind)!) : [calm]) {
      sums.operations++;
      if (answer) sums.answers++;
      if (type === OK) sums.latencies.push(time - times[pairs[at]]);
    }
  }
  const covered = unionLength(windows, endTime);
  return {
    version: METRICS_VERSION,
    calm: calm.over(endTime - covered),
    faults: Object.fromEntries(
      [...perKind].map(([kind, sums]) => {
        const own = windows.filter((window) => window.kind === kind);
        const recoveryMs = results.faults.flatMap(({ kind: of, effective, recoveryNs }) =>
          of === kind && effective && recoveryNs !== undefined ? [recoveryNs / 1e6] : [],
        );
        return [kind, { ...sums.over(unionLength(own, endTime)), recoveryMs }];
      }),
    ),
  };
}

/** Of faults that bit: what did nothing was no fault. */
function windowsOf(faults: readonly FaultRecord[]): readonly Window[] {
  return faults.flatMap(({ kind, injectedTime, healedTime, effective }) =>
    injectedTime === undefined || !effective
      ? []
      : [{ kind, start: injectedTime, end: healedTime ?? Number.POSITIVE_INFINITY }],
  );
}

/** ns covered by at least one of the windows. */
function unionLength(windows: readonly Window[], endTime: number): number {
  let covered = 0;
  let reached = 0;
  for (const { start, end } of [...windows].sort((a, b) => a.start - b.start)) {
    const last = Math.min(end, endTime);
    covered += Math.max(0, last - Math.max(start, reached));
    reached = Math.max(reached, last);
  }
  return covered;
}

class Sums {
  operations = 0;
  answers = 0;
  readonly latencies: number[] = [];

  over(lengthNs: number): Fare {
    const seconds = Math.max(0, lengthNs) / 1e9;
    const sorted = Float64Array.from(this.latencies).sort();
    const at = (share: number) => (sorted.length === 0 ? null : sorted[Math.ceil(share * sorted.length) - 1] / 1e6);
    return {
      seconds,
      operations: this.operations,
      throughputHz: seconds === 0 ? 0 : sorted.length / seconds,
      availability: this.operations === 0 ? null : this.answers / this.operations,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
    };
  }
}
