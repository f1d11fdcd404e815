import type { Anomaly } from '../checkers/checker.js';
import type { AnomalyPlace, CheckerResult, Results } from '../harness/run/plan.js';
import { inline, plural } from './text.js';

/** An anomaly with the check that found it. */
export interface FoundAnomaly {
  readonly check: CheckerResult;
  readonly anomaly: Anomaly;
}

/** A violation, and what follows from it. */
export interface FoundGroup {
  readonly root: FoundAnomaly;
  readonly follows: readonly FoundAnomaly[];
}

/**
 * Violations by what they follow from, the headline's first, and the anomalies that are none: what a model allows, and
 * what a check found that reached no decision. Results of earlier versions have no groups: there each stands alone.
 */
export function groupsIn({ checks, groups }: Pick<Results, 'checks' | 'groups'>): {
  readonly groups: readonly FoundGroup[];
  readonly others: readonly FoundAnomaly[];
} {
  const all = checks.flatMap((check) => check.verdict.anomalies.map((anomaly): FoundAnomaly => ({ check, anomaly })));
  const violations = all.filter(({ check }) => check.verdict.validity === 'invalid');
  const at = (place: AnomalyPlace): FoundAnomaly | undefined =>
    violations.find(
      ({ check, anomaly }) => check === checks.at(place.check) && anomaly === check.verdict.anomalies.at(place.anomaly),
    );
  const told = (groups ?? []).flatMap(({ root, follows }): FoundGroup[] => {
    const found = at(root);
    return found === undefined ? [] : [{ root: found, follows: follows.flatMap((place) => at(place) ?? []) }];
  });
  const shown = told.length > 0 ? told : violations.map((root) => ({ root, follows: [] }));
  const placed = new Set(shown.flatMap(({ root, follows }) => [root, ...follows]));
  return { groups: shown, others: all.filter((found) => !placed.has(found)) };
}

const MAX_KINDS = 8;

/** `stale-read × 3, G-single × 1`: kinds with how many there are of each. */
export function kindsWithCounts(found: readonly FoundAnomaly[]): string {
  const counts = new Map<string, number>();
  for (const { anomaly } of found) counts.set(anomaly.kind, (counts.get(anomaly.kind) ?? 0) + 1);
  const kinds = [...counts].slice(0, MAX_KINDS).map(([kind, count]) => `${inline(kind, 60)} × ${count}`);
  const more = counts.size - kinds.length;
  return more > 0 ? `${kinds.join(', ')} and ${plural(more, 'more kind')}` : kinds.join(', ');
}

/** `What follows from it: stale-read × 3`; nothing where nothing does. */
export function followsLine({ follows }: FoundGroup): string | undefined {
  return follows.length === 0 ? undefined : `What follows from it: ${kindsWithCounts(follows)}`;
}
