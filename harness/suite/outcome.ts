import type { Outcome } from '../run/plan.js';
import type { Attempt, Cell, CellOutcome, CellResult } from './suite.js';

/**
 * What a cell came to. A violation is never outvoted: one attempt that found it is enough, whatever the others say.
 * A verdict beats attempts without one; trouble of the harness alone is that.
 */
export function resultOf(cell: Cell, attempts: readonly Attempt[], whyNot = 'it was not run'): CellResult {
  const decisive =
    attempts.find(({ outcome }) => outcome === 'invalid') ??
    attempts.find(({ outcome }) => outcome === 'valid') ??
    attempts.find(({ outcome }) => outcome === 'inconclusive') ??
    attempts.at(-1);
  const outcome: CellOutcome = decisive?.outcome ?? 'not-run';
  const undecided = attempts.filter((attempt) => attempt !== decisive && attempt.outcome !== outcome).length;
  const again = undecided === 0 ? '' : ` (${undecided} of ${attempts.length} attempts came to something else)`;
  return {
    cell,
    outcome,
    asExpected: outcome === cell.expect,
    sentence: `${decisive?.sentence ?? whyNot}${again}`,
    attempts,
  };
}

/** Violations first, then trouble, then what is missing. A known weakness that did not show proves nothing either way. */
export function suiteOutcome(cells: readonly CellResult[]): Outcome {
  const surprising = cells.filter(({ asExpected }) => !asExpected);
  if (surprising.some(({ outcome }) => outcome === 'invalid')) return 'invalid';
  if (surprising.some(({ outcome }) => outcome === 'harness-error')) return 'harness-error';
  return surprising.length > 0 || cells.length === 0 ? 'inconclusive' : 'valid';
}

/** `47 of 48 cells as expected; 1 violation: etcd … .` */
export function suiteSentence(cells: readonly CellResult[]): string {
  const count = (test: (result: CellResult) => boolean) => cells.filter(test).length;
  const parts: readonly (readonly [number, string])[] = [
    [count(({ outcome, asExpected }) => outcome === 'invalid' && !asExpected), 'violated what they were judged for'],
    [count(({ outcome, asExpected }) => outcome === 'invalid' && asExpected), 'showed the weakness they are there for'],
    [
      count(({ outcome, asExpected }) => outcome === 'valid' && !asExpected),
      'did not show the weakness they are there for',
    ],
    [count(({ outcome }) => outcome === 'inconclusive'), 'inconclusive'],
    [count(({ outcome }) => outcome === 'harness-error'), 'ended by trouble of the harness'],
    [count(({ outcome }) => outcome === 'not-run'), 'not run'],
  ];
  const rest = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const expected = `${count(({ asExpected }) => asExpected)} of ${cells.length} cells as expected`;
  return `${[expected, ...rest].join('; ')}.`;
}
