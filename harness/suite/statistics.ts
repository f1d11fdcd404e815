import type { Outcome } from '../run/plan.js';
import { upperBound } from './bounds.js';
import { keyOf, labelOf } from './cells.js';
import type { CellResult, Claim } from './suite.js';

/** A verdict on a configuration, of this suite or an earlier one. */
export interface PastRun {
  /** As by {@link keyOf}. */
  readonly key: string;
  readonly outcome: Outcome;
}

/** What so many runs of the same configuration allow one to say; runs without a verdict say nothing. */
export function claimsOf(cells: readonly CellResult[], past: readonly PastRun[]): readonly Claim[] {
  const configurations = new Map<string, { readonly label: string; runs: number; violations: number }>();
  for (const { cell } of cells) {
    configurations.set(keyOf(cell), { label: labelOf(cell), runs: 0, violations: 0 });
  }
  const now = cells.flatMap(({ cell, attempts }) => attempts.map(({ outcome }) => ({ key: keyOf(cell), outcome })));
  for (const { key, outcome } of [...past, ...now]) {
    const entry = configurations.get(key);
    if (entry === undefined || (outcome !== 'valid' && outcome !== 'invalid')) continue;
    entry.runs++;
    if (outcome === 'invalid') entry.violations++;
  }
  return [...configurations.values()].map(({ label, runs, violations }) => ({
    configuration: label,
    runs,
    violations,
    upperBound: upperBound(violations, runs),
  }));
}
