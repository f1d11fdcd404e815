import { reduceNumber } from './reduce.js';
import type { Pass } from './shrinking.js';

/** Slower clients: fewer operations where they cannot be left out one by one. */
export const slower: Pass = async (shrinking) => {
  if (shrinking.plan.operations !== undefined) return;
  const { rateHz } = shrinking.plan;
  await reduceNumber(rateHz, 1, Math.max(1, rateHz / 20), (slow) => shrinking.try({ rateHz: slow }));
};
