import { FAIL, NONE, OK, type History } from '../../harness/history/history.js';
import { inline } from '../text.js';
import type { Aggregates, LatencySeries } from './wire.js';

/** Most buckets of a run; a short one gets fewer, so that each holds some operations. */
const MAX_BUCKETS = 120;
const OPERATIONS_A_BUCKET = 5;
/** A compare-and-set that found another value was answered; counting it against availability would be wrong. */
const ANSWERED_FAILURES = ['mismatch'];

/** Counts and latency quantiles of all operations per bucket of time. Linear in the history, plus sorting durations. */
export function aggregate(history: History, invocations: Int32Array, durationNs: number): Aggregates {
  const bucketNs = niceBucket(durationNs, invocations.length / OPERATIONS_A_BUCKET);
  const buckets = Math.max(1, Math.ceil((durationNs + 1) / bucketNs));
  const { types, times, pairs, errors, errorTexts } = history.columns;
  const answered = new Set(
    errorTexts.flatMap((text, id) => (ANSWERED_FAILURES.includes(text.split(':')[0]) ? [id] : [])),
  );
  const zeros = () => new Array<number>(buckets).fill(0);
  const [ok, fail, info, answers] = [zeros(), zeros(), zeros(), zeros()];
  for (const position of invocations) {
    const completion = pairs[position];
    if (completion === NONE) continue;
    const bucket = Math.min(buckets - 1, Math.floor(times[completion] / bucketNs));
    const counts = types[completion] === OK ? ok : types[completion] === FAIL ? fail : info;
    counts[bucket]++;
    if (counts === ok || (counts === fail && answered.has(errors[completion]))) answers[bucket]++;
  }
  const availability = answers.map((share, i) =>
    ok[i] + fail[i] + info[i] === 0 ? null : share / (ok[i] + fail[i] + info[i]),
  );
  const latency = latencySeries(history, invocations, bucketNs, buckets);
  return { bucketNs, buckets, ok, fail, info, availability, latency };
}

/** 1, 2 or 5 times a power of ten, so that tables have round times. */
function niceBucket(durationNs: number, wanted: number): number {
  const raw = Math.max(1, durationNs / Math.min(MAX_BUCKETS, Math.max(5, wanted)));
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5].find((step) => step * power >= raw) ?? 10);
}

function latencySeries(history: History, invocations: Int32Array, bucketNs: number, buckets: number): LatencySeries[] {
  const { workloadNames, functionNames, times, pairs } = history.columns;
  const groups = groupByKind(history, invocations);
  const all: [number, number[]] = [ALL, [...groups.values()].flat()];
  return [...(groups.size > 1 ? [all] : []), ...groups].map(([kind, positions]) => {
    const perBucket = Array.from({ length: buckets }, (): number[] => []);
    for (const position of positions) {
      const bucket = Math.min(buckets - 1, Math.floor(times[pairs[position]] / bucketNs));
      perBucket[bucket].push(times[pairs[position]] - times[position]);
    }
    const sorted = perBucket.map((durations) => Float64Array.from(durations).sort());
    const at = (share: number) => sorted.map((durations) => quantile(durations, share));
    const workload = kind === ALL ? NONE : Math.floor(kind / functionNames.length) - 1;
    return {
      ...(workload >= 0 && { workload: inline(workloadNames[workload]) }),
      f: kind === ALL ? 'all operations' : inline(functionNames[kind % functionNames.length]),
      counts: sorted.map((durations) => durations.length),
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
    };
  });
}

/** Key of the group of everything. */
const ALL = -1;

/** Ok operations by (workload, function). */
function groupByKind(history: History, invocations: Int32Array): Map<number, number[]> {
  const { types, pairs, workloads, functions, functionNames } = history.columns;
  const groups = new Map<number, number[]>();
  for (const position of invocations) {
    if (pairs[position] === NONE || types[pairs[position]] !== OK) continue;
    const kind = (workloads[position] + 1) * functionNames.length + functions[position];
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [position]);
    else group.push(position);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}

/** Nearest rank: the smallest value with at least this share of all at or below it. */
export function quantile(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
