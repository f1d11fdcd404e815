/**
 * The exact one-sided upper bound of Clopper and Pearson (1934): the largest p for which so few violations in so many
 * runs still have a probability of `1 - confidence` or more. Without any violation about 3/n at 95 %, the rule of three.
 */
export function upperBound(violations: number, runs: number, confidence = 0.95): number {
  if (runs === 0 || violations >= runs) return 1;
  let [low, high] = [violations / runs, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(violations, runs, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X ≤ k) of a binomial variable, by logarithms, so that thousands of runs do not underflow. */
function atMost(k: number, n: number, p: number): number {
  let sum = 0;
  let logChoose = 0;
  for (let i = 0; i <= k; i++) {
    if (i > 0) logChoose += Math.log((n - i + 1) / i);
    sum += Math.exp(logChoose + i * Math.log(p) + (n - i) * Math.log1p(-p));
  }
  return sum;
}
