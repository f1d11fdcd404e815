import type { Validity } from '../../checkers/checker.js';
import type { Json } from '../history/operation.js';
import type { Outcome } from '../run/plan.js';

/** Format of suite.json; a reader refuses what it does not know. */
export const SUITE_FORMAT_VERSION = 1;

/** One test of a suite: everything that `faultline test` is told, seed included. */
export interface Cell {
  /** Unique in the suite, fit for a directory: `etcd-register-partition-s1-3f9a1c`. */
  readonly id: string;
  /** Where in the suite file it comes from: `nightly.yaml:12`. */
  readonly source: string;
  readonly system: string;
  /** `--set` of the cell, names as there (`isolation`, `bank.accounts`). */
  readonly options: Readonly<Record<string, string>>;
  readonly workloads: readonly string[];
  readonly nemeses: readonly string[];
  readonly seed: number;
  /** Further flags of `faultline test`, without dashes. */
  readonly flags: Readonly<Record<string, Json>>;
  /** What the cell should come to: `invalid` where it is there to show a known weakness. */
  readonly expect: 'valid' | 'invalid';
}

/** A suite that is ready to run: cells expanded, seeds drawn. */
export interface Suite {
  readonly name: string;
  /** Path of the file, as given. */
  readonly file: string;
  readonly seed: number;
  /** No cell is begun that would not end in time. */
  readonly budgetMs?: number;
  readonly parallel: number | 'auto';
  /** Attempts at a cell that came to no verdict. */
  readonly attempts: number;
  readonly cells: readonly Cell[];
}

/** What a checker said, without its evidence. */
export interface AttemptCheck {
  readonly workload?: string;
  readonly checker: string;
  readonly required: boolean;
  readonly validity: Validity;
  /** Anomaly kinds, each once. */
  readonly kinds: readonly string[];
  /** Sentence of the first anomaly, or why it could not decide. */
  readonly sentence?: string;
  readonly durationMs: number;
}

/** One run of a cell. */
export interface Attempt {
  readonly cell: string;
  /** From 1. */
  readonly number: number;
  readonly outcome: Outcome;
  readonly sentence: string;
  /** Run directory relative to the suite's; absent where the run did not get that far. */
  readonly directory?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly faults: {
    readonly injected: number;
    readonly effective: number;
    /** Those that bit, by kind; absent in what older versions recorded. */
    readonly kinds?: Readonly<Record<string, number>>;
  };
  readonly checks: readonly AttemptCheck[];
}

export type CellOutcome = Outcome | 'not-run';

export interface CellResult {
  readonly cell: Cell;
  readonly outcome: CellOutcome;
  /** False where the outcome is not the expected one, an undecided cell included. */
  readonly asExpected: boolean;
  /** For the summary: the sentence of the attempt that decided, or why it did not run. */
  readonly sentence: string;
  readonly attempts: readonly Attempt[];
}

/** What repeated runs of one configuration (a cell whatever its seed) allow one to claim. */
export interface Claim {
  readonly configuration: string;
  /** Runs that came to a verdict, earlier suites included. */
  readonly runs: number;
  readonly violations: number;
  /** One-sided 95 % upper bound on the probability that such a run shows a violation. */
  readonly upperBound: number;
}

/** suite.json: what a suite found. */
export interface SuiteResults {
  readonly formatVersion: number;
  readonly suiteId: string;
  readonly name: string;
  readonly faultlineVersion: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly shard?: string;
  readonly outcome: Outcome;
  readonly sentence: string;
  readonly cells: readonly CellResult[];
  readonly claims: readonly Claim[];
}
