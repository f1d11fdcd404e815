import type { Anomaly } from '../../checkers/checker.js';
import { type History, NONE } from '../history/history.js';
import type { Json } from '../history/operation.js';
import { nameOf } from '../history/values/literal.js';
import { rankOf } from './causes.js';
import type { AnomalyPlace, CheckerResult, ViolationGroup } from './plan.js';

interface Violation {
  readonly place: AnomalyPlace;
  readonly rank: number;
  readonly required: boolean;
  readonly workload: string | undefined;
  readonly operations: ReadonlySet<number>;
  /** Objects that its operations are about. */
  readonly objects: ReadonlySet<string>;
}

/** Values longer than that are not searched for the keys of a transaction. */
const MOST_MICRO_OPERATIONS = 1_000;

/**
 * Violations with what follows from each: those of the same workload that share operations or objects with it and come
 * later in the order of causes. The headline's group is the first: of a required check, nearest to what happened.
 */
export function groupsOf(checks: readonly CheckerResult[], history: History): readonly ViolationGroup[] {
  const violations = checks.flatMap(({ verdict, required, workload }, check) =>
    verdict.validity === 'invalid'
      ? verdict.anomalies
          // What the model allows comes last in the list, and is no violation.
          .slice(0, verdict.anomalies.length - allowedOf(verdict.details, verdict.anomalies))
          .map((anomaly, place): Violation => ({
            place: { check, anomaly: place },
            rank: rankOf(anomaly.kind),
            required,
            workload,
            operations: new Set(anomaly.operations),
            objects: objectsOf(anomaly, history),
          }))
      : [],
  );
  const groups: { readonly root: Violation; readonly follows: AnomalyPlace[] }[] = [];
  for (const violation of [...violations].sort(nearestFirst)) {
    const cause = groups.find(({ root }) => explains(root, violation));
    if (cause === undefined) groups.push({ root: violation, follows: [] });
    else cause.follows.push(violation.place);
  }
  return groups.map(({ root, follows }) => ({ root: root.place, follows }));
}

/** The anomaly at a place. */
export function anomalyAt(checks: readonly CheckerResult[], { check, anomaly }: AnomalyPlace): Anomaly {
  return checks[check].verdict.anomalies[anomaly];
}

function nearestFirst(a: Violation, b: Violation): number {
  return Number(b.required) - Number(a.required) || a.rank - b.rank;
}

function explains(root: Violation, other: Violation): boolean {
  if (root.workload !== other.workload || root.rank > other.rank) return false;
  const shares = [...other.operations].some((operation) => root.operations.has(operation));
  // Of one kind, two are two unless they speak of the same operations.
  if (root.rank === other.rank) return shares && root.place.check !== other.place.check;
  return shares || [...other.objects].some((object) => root.objects.has(object));
}

function allowedOf(details: Readonly<Record<string, unknown>>, anomalies: readonly Anomaly[]): number {
  const { allowed, prohibited } = details;
  if (!Array.isArray(allowed) || allowed.length === 0) return 0;
  const kinds = new Set(allowed as readonly unknown[]);
  const forbidden = new Set(Array.isArray(prohibited) ? (prohibited as readonly unknown[]) : []);
  const last = anomalies.findLastIndex(({ kind }) => !kinds.has(kind) || forbidden.has(kind));
  return anomalies.length - Math.max(1, last + 1);
}

function objectsOf({ operations }: Anomaly, history: History): ReadonlySet<string> {
  const objects = new Set<string>();
  for (const index of operations) {
    const position = positionOf(history, index);
    if (position === undefined) continue;
    const { keys, keyNames } = history.columns;
    if (keys[position] !== NONE) objects.add(keyNames[keys[position]]);
    else for (const key of keysOf(history.value(position))) objects.add(key);
  }
  return objects;
}

function* keysOf(value: unknown): Generator<string> {
  if (!Array.isArray(value)) return;
  for (const micro of (value as readonly unknown[]).slice(0, MOST_MICRO_OPERATIONS)) {
    if (Array.isArray(micro) && nameOf((micro as readonly Json[])[0]) !== undefined && micro.length >= 2)
      yield JSON.stringify(micro[1]);
  }
}

/** Indices ascend, but a selection may have gaps. */
function positionOf({ columns, length }: History, index: number): number | undefined {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (columns.indices[middle] < index) low = middle + 1;
    else high = middle;
  }
  return low < length && columns.indices[low] === index ? low : undefined;
}
