import type { Outcome } from '../../harness/run/plan.js';

/** How a configuration's verdicts went over time. */
export type VerdictTrend =
  | { readonly kind: 'steady'; readonly what: 'valid' | 'invalid' | 'undecided' }
  /** Violations come more often from `at` on than before, beyond chance. */
  | { readonly kind: 'regression'; readonly at: number; readonly p: number }
  /** Violations come less often from `at` on. */
  | { readonly kind: 'mended'; readonly at: number; readonly p: number }
  /** Now and then, and no more often than before. */
  | { readonly kind: 'flake'; readonly rate: number };

const SIGNIFICANCE = 0.01;

/**
 * Tells a flake from a regression: Fisher's exact test of violations before and after every possible place, the best
 * one corrected for their number (Bonferroni). Runs without a verdict say nothing either way.
 */
export function verdictTrend(outcomes: readonly Outcome[]): VerdictTrend {
  const decided = outcomes.flatMap((outcome, at) =>
    outcome === 'valid' || outcome === 'invalid' ? [{ at, bad: outcome === 'invalid' }] : [],
  );
  const bad = decided.filter((run) => run.bad).length;
  if (decided.length === 0) return { kind: 'steady', what: 'undecided' };
  if (bad === 0) return { kind: 'steady', what: 'valid' };
  if (bad === decided.length) return { kind: 'steady', what: 'invalid' };
  let best = { split: 0, p: 1, worse: false };
  let badBefore = 0;
  for (let split = 1; split < decided.length; split++) {
    if (decided[split - 1].bad) badBefore++;
    const p = fisher(badBefore, split, bad - badBefore, decided.length - split);
    const worse = (bad - badBefore) / (decided.length - split) > badBefore / split;
    if (p < best.p) best = { split, p, worse };
  }
  const p = Math.min(1, best.p * (decided.length - 1));
  if (p > SIGNIFICANCE) return { kind: 'flake', rate: bad / decided.length };
  return { kind: best.worse ? 'regression' : 'mended', at: decided[best.split].at, p };
}

/** Two-sided p of `a` of `n` and `b` of `m` being as unlike as this with no difference between them. */
export function fisher(a: number, n: number, b: number, m: number): number {
  const logFactorials = [0];
  for (let i = 1; i <= n + m; i++) logFactorials.push(logFactorials[i - 1] + Math.log(i));
  const choose = (from: number, k: number) => logFactorials[from] - logFactorials[k] - logFactorials[from - k];
  const probability = (x: number) => Math.exp(choose(n, x) + choose(m, a + b - x) - choose(n + m, a + b));
  const observed = probability(a);
  let sum = 0;
  for (let x = Math.max(0, a + b - m); x <= Math.min(n, a + b); x++) {
    const p = probability(x);
    if (p <= observed * (1 + 1e-9)) sum += p;
  }
  return Math.min(1, sum);
}
