import type { History } from '../harness/history/history.js';
import type { Json, Operation } from '../harness/history/operation.js';
import type { Restore } from '../harness/history/restores.js';
import type { OptionRules } from './option-rules.js';

export type Validity = 'valid' | 'invalid' | 'unknown';

/** Limits on one check. A checker that meets one answers `unknown` with the reason, within 100 ms. */
export interface Budget {
  readonly timeMs: number;
  readonly memoryBytes: number;
}

export interface CheckContext {
  readonly budget: Budget;
  readonly signal?: AbortSignal;
  /** The consistency model asked for (`--consistency`). Undefined: the workload's own, or what the system claims. */
  readonly consistency?: string;
  /** What the system claims for its options. Transactions are judged against it where nothing else is asked for. */
  readonly claimed?: string;
  /** Workload options as recorded in the plan (`accounts`, `initialBalance`, `skus`…), or given on the command line. */
  readonly options: Readonly<Record<string, Json>>;
  /**
   * To be called as soon as a violation is certain, before its witness is made small: it is shown at once, and it stays
   * in the verdict when the check is ended from outside. Cheap; at most a few times a check.
   */
  readonly certain?: (anomaly: Anomaly) => void;
  /** Time for making witnesses small, in all of one check; {@link WITNESS_BUDGET_MS} unless told. */
  readonly witnessBudgetMs?: number;
  /** What the check is doing (`making the witness of key 5 small: 212 of 4,001 operations left`). At most once a second or so. */
  readonly progress?: (line: string) => void;
}

/** For making witnesses small, where nothing else is asked for. */
export const WITNESS_BUDGET_MS = 10_000;

/** One kind of drawing that a report can make of an anomaly. */
export type Drawing =
  /** Lanes of operations over time. `linearized`: history indices in a legal order, as far as one exists. */
  | {
      readonly kind: 'lanes';
      readonly linearized?: readonly number[];
      /** Why an operation could not come next. */
      readonly obstacles?: readonly { readonly index: number; readonly reason: string }[];
    }
  /** A dependency cycle. Node ids index into `nodes`; edges form the cycle in order. */
  | {
      readonly kind: 'cycle';
      readonly nodes: readonly { readonly name: string; readonly label: string; readonly index: number }[];
      readonly edges: readonly {
        readonly from: number;
        readonly to: number;
        /** ww, wr, rw, process, realtime. */
        readonly relation: string;
        readonly because: string;
      }[];
    }
  /** A quantity over time with the moment of the violation. `times` in ns. */
  | {
      readonly kind: 'series';
      readonly label: string;
      readonly times: readonly number[];
      readonly values: readonly number[];
      readonly expected?: number;
      readonly markedTime?: number;
    };

/**
 * What a proof needs besides operations because no single operation shows it: said of the whole history, and checked by one
 * look through it (`checkers/witness`).
 */
export type Premise =
  /**
   * Whoever asked to write, append, add or enqueue `value` (to `key`, where there are several objects) is among the
   * operations. With nobody among them, nobody ever asked for it.
   */
  | { readonly fact: 'writers'; readonly key?: Json; readonly value: Json }
  /**
   * Every operation of these names (on `key`) that did not fail is among the operations; only those invoked before event
   * `before`, where that is given.
   */
  | { readonly fact: 'all'; readonly f: readonly string[]; readonly key?: Json; readonly before?: number }
  /**
   * Every operation that may have written `value` (it did not fail) is among the operations, but for those that were
   * acknowledged before event `since`, and those that were invoked after event `before`.
   */
  | {
      readonly fact: 'sources';
      readonly key?: Json;
      readonly value: Json;
      readonly since?: number;
      readonly before?: number;
    }
  /**
   * Every operation that may have changed the object, by the sequential specification `model`, and was invoked before
   * event `before` is among the operations. `part`: of that independent part of the object.
   */
  | {
      readonly fact: 'updates';
      readonly model: string;
      readonly key?: Json;
      readonly part?: string;
      readonly before: number;
    }
  /** Every acknowledged transaction read a key before it wrote it, so that each write is taken to replace what was read. */
  | { readonly fact: 'read-modify-writes' }
  /** As `all`, of what one process invoked after event `after` and before event `before`. */
  | {
      readonly fact: 'between';
      readonly f: readonly string[];
      readonly key?: Json;
      readonly process: number;
      readonly after: number;
      readonly before: number;
    }
  /** Every operation of these names (on `key`) that began after event `after` and was acknowledged is among the operations. */
  | { readonly fact: 'later'; readonly f: readonly string[]; readonly key?: Json; readonly after: number }
  /** A process has one session from event `first` to event `last`: no outcome is unknown to it in between. */
  | { readonly fact: 'session'; readonly process: number; readonly first: number; readonly last: number }
  /** Every acknowledged operation of these names that answered `value`, or a list with it, is among the operations. */
  | { readonly fact: 'answers'; readonly f: readonly string[]; readonly key?: Json; readonly value: Json }
  /** Every operation of these names whose outcome is unknown is among the operations. */
  | { readonly fact: 'unknown'; readonly f: readonly string[] }
  /**
   * What `f` (on `key`) adds with this sign makes so much in all: of all invoked before event `before` that did not fail,
   * or of all acknowledged before it.
   */
  | {
      readonly fact: 'amounts';
      readonly f: string;
      readonly key?: Json;
      readonly sign: 1 | -1;
      readonly of: 'invoked' | 'acknowledged';
      readonly before: number;
      readonly sum: Json;
    }
  /** What an object (every object, without `key`) held before anybody wrote: by option, or by what the checker is. */
  | { readonly fact: 'initial'; readonly key?: Json; readonly value: Json }
  /** An option of the workload or the checker, as it was set (null: it was not). */
  | { readonly fact: 'option'; readonly name: string; readonly value: Json };

/** A violation: never without its sentence and the minimal set of operations that prove it. */
export interface Anomaly {
  /** The field's name: `nonlinearizable`, `G-single-item`, `lost-order`, `stale-read`… */
  readonly kind: string;
  /** Plain words naming value, writer, reader, nodes and times. */
  readonly sentence: string;
  /** Journal indices of the invocations and completions that prove it, ascending. */
  readonly operations: readonly number[];
  /** What else the proof rests on. */
  readonly premises?: readonly Premise[];
  /** Whether {@link operations} and {@link premises} alone prove it, found anew by code apart from the checkers. */
  readonly proven?: boolean;
  /** Why it was not proven anew. */
  readonly unproven?: string;
  /** Longer explanation, a line an entry ("Let T1 = …"). */
  readonly explanation?: readonly string[];
  readonly rulesOut?: readonly string[];
  readonly drawing?: Drawing;
  readonly details?: Readonly<Record<string, Json>>;
}

interface Judgement {
  /** Weighed, counted, measured: shown in the report, never needed to understand the verdict. */
  readonly details: Readonly<Record<string, Json>>;
  /** One sentence per condition that was decided, and per condition that was not. */
  readonly checked: readonly string[];
  readonly notChecked: readonly string[];
  /** What was observed at all. Counted where verdicts are built, for every checker alike; checkers leave it out. */
  readonly rests?: Rests;
}

/** How much a verdict rests on. */
export interface Rests {
  /** Acknowledged operations whose answers could have contradicted the condition. */
  readonly observations: number;
  /** Operations invoked by clients. */
  readonly operations: number;
}

/** The answer of a checker. `invalid` needs a witness, `unknown` a reason; nothing else type-checks. */
export type Verdict =
  | (Judgement & { readonly validity: 'valid'; readonly anomalies: readonly Anomaly[] })
  | (Judgement & { readonly validity: 'invalid'; readonly anomalies: readonly [Anomaly, ...Anomaly[]] })
  | (Judgement & { readonly validity: 'unknown'; readonly reason: string; readonly anomalies: readonly Anomaly[] });

export type Observes = (history: History, completion: number) => boolean;

/**
 * A pure judge of histories: same history, same verdict. It sees the client operations of one workload (and nemesis
 * events, which it ignores unless it is about them). A checker that throws counts as `unknown`.
 *
 * `anomalies` of a valid verdict are those that the model judged against allows.
 */
export interface Checker {
  readonly name: string;
  /** One line for `faultline list checkers` and the docs. */
  readonly summary: string;
  /** Those of {@link CheckContext.options} that mean something to it; given by hand, others are refused. */
  readonly options?: OptionRules;
  /**
   * Whether the answer of an acknowledged operation (the position of an `ok` event) could contradict the condition.
   * Without one such answer no verdict is `valid`, whatever `check` says. Absent: every operation that is not blind
   * (`observations.ts`). `run`: the checker judges the test itself, which needs no answers.
   */
  readonly observes?: Observes | 'run';
  /** Whether it decides anything under the model asked for or claimed. Absent: it always does. */
  readonly decidesUnder?: (model: string | undefined) => boolean;
  check(history: History, context: CheckContext): Verdict | Promise<Verdict>;
  /**
   * Judges a history in whose midst the cluster was destroyed and restored from backups: what was acknowledged before a
   * backup must be there after it, what came later must not. Absent: the checker cannot, and its verdict is `unknown`.
   */
  acrossRestores?(history: History, context: CheckContext, restores: readonly Restore[]): Verdict | Promise<Verdict>;
}

/** Judges while the history grows, in memory that depends on what is open and not on what is over. */
export interface StreamingChecker {
  /** Takes the next event, in journal order; answers the first violation that is certain by now. */
  push(event: Operation): Anomaly | undefined;
  /** Judges what is left; after the last event. No violation here proves nothing: that is for a {@link Checker}. */
  finish(): Anomaly | undefined;
}

export const UNLIMITED: Budget = { timeMs: Number.POSITIVE_INFINITY, memoryBytes: Number.POSITIVE_INFINITY };

/** Violation beats unknown beats valid. */
export function worst(validities: Iterable<Validity>): Validity {
  let result: Validity = 'valid';
  for (const validity of validities) {
    if (validity === 'invalid') return 'invalid';
    if (validity === 'unknown') result = 'unknown';
  }
  return result;
}
