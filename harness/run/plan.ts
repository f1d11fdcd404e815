import type { Verdict } from '../../checkers/checker.js';
import type { FaultRecord, FaultRequest, Phase } from '../history/faults.js';
import type { Json } from '../history/operation.js';

/** Format of plan.json and results.json; a reader refuses what it does not know. */
export const FORMAT_VERSION = 1;

/** What an aimed fault waits for. */
export type Trigger =
  /** Another node leads than when the fault began to wait. */
  | { readonly kind: 'leader-changed' }
  /** An operation of clients ended without a known outcome. */
  | { readonly kind: 'first-info' }
  /** So many operations of clients (of one kind, where given) were invoked since the run began. */
  | { readonly kind: 'invocations'; readonly count: number; readonly f?: string }
  /** A node logged a line that contains the text. */
  | { readonly kind: 'log-line'; readonly text: string };

/**
 * A fault of the schedule: when it begins and how long it stays, in ms after the faults phase began. With a trigger it
 * begins when that fires, not before `atMs`, and not at all when it does not fire within the phase.
 */
export interface ScheduledFault {
  readonly request: FaultRequest;
  readonly atMs: number;
  readonly forMs: number;
  readonly trigger?: Trigger;
}

export interface PlannedWorkload {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly keyspace: string;
  /** Threads given to it. */
  readonly concurrency: number;
}

/** An operation that a plan prescribes: what a thread invokes, and when at the earliest, in ms after the warm-up began. */
export interface PlannedOperation {
  readonly thread: number;
  readonly atMs: number;
  readonly f: string;
  readonly value: Json;
  readonly key?: string;
  readonly workload?: string;
}

/** Everything that decides a run; with the seed, everything needed to repeat it. plan.json. */
export interface Plan {
  readonly formatVersion: number;
  readonly faultlineVersion: string;
  readonly runId: string;
  /** ISO 8601, for people; nothing depends on it. */
  readonly createdAt: string;
  /** ISO 8601, the moment that time 0 of the history stands for; known once the cluster is up. */
  readonly startedAt?: string;
  /** The command line that repeats the run. */
  readonly command: string;
  readonly seed: number;
  readonly system: {
    readonly name: string;
    readonly options: Readonly<Record<string, Json>>;
    readonly nodes: number;
    /** Codes of errors after which an operation may have taken effect, as {@link System.indefinite} says. */
    readonly indefinite?: readonly string[];
    readonly claims: { readonly consistency: string; readonly source: string };
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly workloads: readonly PlannedWorkload[];
  readonly nemeses: readonly string[];
  /**
   * Faults without which the run did not do what it was asked for: kinds, and kinds with their targets where those were
   * named (`kill`, `kill:leader`). Absent: one of each kind in `nemeses`.
   */
  readonly asked?: readonly string[];
  readonly schedule: readonly ScheduledFault[];
  /**
   * What clients invoke until the final reads, thread by thread in this order: operations of a recorded run, issued
   * again. Absent: what the workloads' generators say.
   */
  readonly operations?: readonly PlannedOperation[];
  /** `none`: the run ends with the recovery. Absent: what the workloads want to see at the end is read. */
  readonly finalReads?: 'none';
  /** Model to judge against where it is not the claim. */
  readonly consistency?: string;
  readonly rateHz: number;
  readonly operationTimeoutMs: number;
  readonly warmUpMs: number;
  /** Length of the faults phase. */
  readonly timeLimitMs: number;
  readonly recoveryMs: number;
}

export type Outcome = 'valid' | 'invalid' | 'inconclusive' | 'harness-error';

export interface CheckerResult {
  /** Undefined for checkers of the run as a whole (statistics, assumptions). */
  readonly workload?: string;
  readonly checker: string;
  readonly required: boolean;
  readonly verdict: Verdict;
  readonly durationMs: number;
}

/** Counts of one kind of operation by phase and outcome. */
export interface OperationCounts {
  readonly workload?: string;
  readonly f: string;
  readonly phase: string;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
}

/** How late the event loop ran: widens intervals, never narrows them. */
export interface EventLoopLag {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** An anomaly of {@link Results.checks}, by its place in both lists. */
export interface AnomalyPlace {
  readonly check: number;
  readonly anomaly: number;
}

/** A violation, and those that are its consequences: they share operations or objects with it. */
export interface ViolationGroup {
  readonly root: AnomalyPlace;
  readonly follows: readonly AnomalyPlace[];
}

/** results.json: what a run found. The report is made from this, the plan and the history alone. */
export interface Results {
  readonly formatVersion: number;
  readonly runId: string;
  readonly outcome: Outcome;
  /** One sentence for the banner. */
  readonly sentence: string;
  readonly checks: readonly CheckerResult[];
  /** All violations, that of the headline first. Absent where there is none, and in results of earlier versions. */
  readonly groups?: readonly ViolationGroup[];
  readonly faults: readonly FaultRecord[];
  readonly phases: readonly Phase[];
  readonly counts: readonly OperationCounts[];
  readonly errors: readonly { readonly code: string; readonly count: number; readonly example: string }[];
  readonly eventLoopLag?: EventLoopLag;
  /** Trouble of the harness itself: a node that never came back, a torn journal line, a failed tear-down. */
  readonly notes: readonly string[];
  /** Set when the harness failed; the recorded history is judged all the same. */
  readonly harnessError?: string;
}
