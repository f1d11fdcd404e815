import type { PhaseName } from '../../harness/history/faults.js';

/** Outcomes of operations, by the number used in the embedded columns. */
export const OUTCOMES = ['ok', 'fail', 'info', 'open'] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

/** How the embedded columns encode a value; the first four as in the history. */
export const WIRE_NULL = 0;
export const WIRE_INT = 1;
export const WIRE_PAIR = 2;
export const WIRE_TEXT = 3;
/** The completion repeats the value of the invocation. */
export const WIRE_SAME = 4;
/** Left out of the report to bound its size; the history has it. */
export const WIRE_OMITTED = 5;

/** Start of the binary block of operations: JSON, after its own length as a little-endian uint32. */
export interface OperationsHeader {
  readonly count: number;
  /** All times are multiples of this many ns. */
  readonly unitNs: number;
  readonly functionNames: readonly string[];
  readonly keyNames: readonly string[];
  readonly nodeNames: readonly string[];
  readonly workloadNames: readonly string[];
  readonly errorTexts: readonly string[];
}

export interface EmbeddedFault {
  readonly id: number;
  readonly kind: string;
  readonly description: string;
  readonly nodes: readonly string[];
  /** When injecting began: its first effects may show before all of it is in place. */
  readonly requestedTime: number;
  /** When it was in place. */
  readonly startTime: number;
  readonly endTime: number;
  readonly effective: boolean;
}

export interface EmbeddedPhase {
  readonly name: PhaseName;
  readonly startTime: number;
  readonly endTime: number;
}

/** Who was seen to lead at a moment. */
export interface EmbeddedLeaders {
  readonly time: number;
  readonly nodes: readonly string[];
}

export interface EmbeddedAnomaly {
  readonly number: number;
  /** Number of the violation that it follows from. */
  readonly followsFrom?: number;
  readonly sentence: string;
  /** Journal indices of invocations. */
  readonly operations: readonly number[];
  /** Whether its operations and premises alone proved it anew; absent where nobody tried. */
  readonly proven?: boolean;
  readonly unproven?: string;
}

/** One kind of operation over the buckets of the run. Durations in ns; null where nothing happened. */
export interface LatencySeries {
  readonly workload?: string;
  readonly f: string;
  readonly counts: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** Everything per bucket of time, of all operations, whatever the timeline had to leave out. */
export interface Aggregates {
  readonly bucketNs: number;
  readonly buckets: number;
  /** Completions in each bucket. */
  readonly ok: readonly number[];
  readonly fail: readonly number[];
  readonly info: readonly number[];
  /** Share of completions with a definite answer from the database; null where nothing completed. */
  readonly availability: readonly (number | null)[];
  readonly latency: readonly LatencySeries[];
}

/** What a check says of consistency models, by name. */
export interface EmbeddedStanding {
  readonly check: string;
  readonly strongest: readonly string[];
  readonly not: readonly string[];
  readonly alsoNot: readonly string[];
}

/** The JSON block of the page. Times in ns. */
export interface EmbeddedReport {
  readonly timed: boolean;
  readonly durationNs: number;
  /** Operations of clients in the history, and how many of them the page holds. */
  readonly operations: { readonly total: number; readonly embedded: number };
  readonly phases: readonly EmbeddedPhase[];
  readonly faults: readonly EmbeddedFault[];
  readonly leaders: readonly EmbeddedLeaders[];
  readonly anomalies: readonly EmbeddedAnomaly[];
  /** What still holds, what is ruled out and what falls with it, check by check. */
  readonly standing: readonly EmbeddedStanding[];
  readonly aggregates: Aggregates;
}

export const REPORT_BLOCK = 'faultline-report';
export const OPERATIONS_BLOCK = 'faultline-operations';
