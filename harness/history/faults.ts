import type { Json } from './operation.js';

/** One measurement that a fault bit, or did not. */
export interface Evidence {
  /** What was looked at: `dropped packets n1→n2`, `process state of n3`. */
  readonly what: string;
  /** What the fault should have caused: `> 0`, `T, no CPU ticks`. */
  readonly expected: string;
  /** What was measured. */
  readonly measured: string;
  readonly bit: boolean;
}

/** Operations of clients by what happened to them inside a fault's window. */
export interface WindowCounts {
  readonly inFlight: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
}

/** How long after a heal one kind of operation succeeded again. */
export interface Recovery {
  readonly workload?: string;
  /** The operation's `f`. */
  readonly f: string;
  /** Absent when it never did. */
  readonly recoveryNs?: number;
}

/** Value of the nemesis' events, by which the journal alone is enough to tell what every fault did. */
export interface FaultRequest {
  /** Counts faults of the run, from 1. */
  readonly id: number;
  /** Nemesis name; also the event's `f`. */
  readonly kind: string;
  /** Target strategy: `random-halves`, `leader`, `minority`… */
  readonly target: string;
  /** All node names in an order drawn from the seed; strategies take their nodes from its front. */
  readonly order: readonly string[];
  /** The nemesis' own settings: share of packets lost, ms of a clock's jump. What is not given it has a default for. */
  readonly options?: Readonly<Record<string, Json>>;
}

/** A fault as the report shows it, joined from its journal events. Times in ns. */
export interface FaultRecord extends FaultRequest {
  /** Plain words: `n1 n2 | n3 n4 n5 cut, both ways`. */
  readonly description: string;
  readonly nodes: readonly string[];
  /** What an aimed fault fired on, in plain words. */
  readonly firedBy?: string;
  readonly requestedTime: number;
  /** When it was in place; undefined when injecting failed. */
  readonly injectedTime?: number;
  readonly healedTime?: number;
  readonly leadersBefore: readonly string[];
  readonly leadersAfter: readonly string[];
  readonly evidence: readonly Evidence[];
  /** At least one measurement and every required one bit. */
  readonly effective: boolean;
  readonly healing: readonly Evidence[];
  readonly healed: boolean;
  readonly window: WindowCounts;
  /** From heal until every kind of operation succeeded again; undefined when one never did. */
  readonly recoveryNs?: number;
  /** The same kind by kind, in the order of their names; absent for a fault that was never healed. */
  readonly recoveries?: readonly Recovery[];
  readonly error?: string;
}

export type PhaseName = 'warm-up' | 'faults' | 'recovery' | 'final';

/** A stretch of the run, from the nemesis' `phase` events. Times in ns. */
export interface Phase {
  readonly name: PhaseName;
  readonly startTime: number;
  readonly endTime: number;
}
