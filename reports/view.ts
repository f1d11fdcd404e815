import type { Anomaly } from '../checkers/checker.js';
import type { History } from '../harness/history/history.js';
import type { CheckerResult, Plan, Results } from '../harness/run/plan.js';
import { aggregate } from './data/aggregate.js';
import { select, type Selection } from './data/select.js';
import type { Aggregates } from './data/wire.js';
import type { NodeLog } from './logs.js';
import { groupsIn, type FoundAnomaly } from './groups.js';
import { clientInvocations, isTimed, operationsOf, positionOf, type ReportedOperation } from './operation.js';

/** What a report is made from. */
export interface ReportInput {
  /** Absent for a bare history that was only checked. */
  readonly plan?: Plan;
  readonly results: Results;
  readonly history: History;
  /** Logs of the database's nodes, already clipped to what matters. */
  readonly logs?: readonly NodeLog[];
  /** Names of the files beside the report, for links. */
  readonly files?: readonly string[];
}

/** An anomaly with its place in the report. */
export interface NumberedAnomaly {
  /** From 1: causes first, then what follows from them, then what is no violation. */
  readonly number: number;
  readonly anomaly: Anomaly;
  readonly check: CheckerResult;
  /** False where the model that was judged against allows it, or where the checker could not decide. */
  readonly violation: boolean;
  readonly operations: readonly ReportedOperation[];
  /** Number of the violation that this one follows from. */
  readonly followsFrom?: number;
  /** All that follows from this one, in the report or not. */
  readonly follows: readonly FoundAnomaly[];
}

/** The input together with everything derived from it that more than one section needs. */
export interface View extends ReportInput {
  /** False for a history without times; `durationNs` then counts events. */
  readonly timed: boolean;
  readonly durationNs: number;
  readonly selection: Selection;
  readonly aggregates: Aggregates;
  readonly anomalies: readonly NumberedAnomaly[];
  /** Anomalies beyond {@link MAX_ANOMALIES}, counted only. */
  readonly anomaliesLeftOut: number;
}

export const MAX_ANOMALIES = 40;
/** Operations of an anomaly that are joined and shown; `results.json` has the rest. */
export const MAX_PROOF_OPERATIONS = 60;
/** Beyond this the page's timeline is thinned. */
export const MAX_EMBEDDED_OPERATIONS = 200_000;

export function viewOf(input: ReportInput, maxOperations = MAX_EMBEDDED_OPERATIONS): View {
  const { history, results } = input;
  const durationNs = spanOf(history);
  const invocations = clientInvocations(history);
  const all = ordered(results);
  const anomalies = all.slice(0, MAX_ANOMALIES).map((entry, position) => ({
    ...entry,
    number: position + 1,
    operations: operationsOf(history, entry.anomaly.operations.slice(0, MAX_PROOF_OPERATIONS * 2)),
  }));
  const proofs = new Set(
    anomalies.flatMap(({ operations }) => operations.map(({ index }) => positionOf(history, index))),
  );
  return {
    ...input,
    timed: isTimed(history),
    durationNs,
    selection: select(history, invocations, proofs, maxOperations),
    aggregates: aggregate(history, invocations, durationNs),
    anomalies,
    anomaliesLeftOut: all.length - anomalies.length,
  };
}

function ordered(results: Results): readonly Omit<NumberedAnomaly, 'number' | 'operations'>[] {
  const { groups, others } = groupsIn(results);
  return [
    ...groups.map(({ root, follows }) => ({ ...root, violation: true, follows })),
    ...groups.flatMap(({ follows }, position) =>
      follows.map((found) => ({ ...found, violation: true, followsFrom: position + 1, follows: [] })),
    ),
    ...others.map((found) => ({ ...found, violation: false, follows: [] })),
  ];
}

/** `register: linearizability`, or the checker alone for checks of the run as a whole. */
export function checkName({ workload, checker }: Pick<CheckerResult, 'workload' | 'checker'>): string {
  return workload === undefined ? checker : `${workload}: ${checker}`;
}

/** From the beginning of the run to the last event, in ns. */
export function spanOf({ columns: { times, length } }: History): number {
  return length === 0 ? 0 : times[length - 1];
}

/** When the first violation was complete, in ns since the run began; undefined without one, or without times. */
export function firstViolationTime({ results, history }: Pick<ReportInput, 'results' | 'history'>): number | undefined {
  if (!isTimed(history)) return undefined;
  const times = results.checks
    .filter(({ verdict }) => verdict.validity === 'invalid')
    .flatMap(({ verdict }) => verdict.anomalies)
    .map(({ operations }) => operationsOf(history, operations.slice(-2)).at(-1))
    .filter((operation) => operation !== undefined)
    .map(({ startTime, endTime }) => endTime ?? startTime);
  return times.length === 0 ? undefined : Math.min(...times);
}
