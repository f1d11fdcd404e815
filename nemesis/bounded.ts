import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../harness/kit/errors.js';
import type { Limits } from './nemesis.js';

/** The promise's result, or a rejection that says `what` did not answer. The call itself is not stopped. */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks again and again until `satisfied` or out of time; answers the last thing seen either way. */
export async function eventually<T>(
  timeoutMs: number,
  limits: Limits,
  look: () => Promise<T>,
  satisfied: (seen: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = limits.pollMs; ; pauseMs = Math.min(2 * pauseMs, 1_000)) {
    const seen = await look();
    if (satisfied(seen) || performance.now() + pauseMs > deadline) return seen;
    await sleep(pauseMs);
  }
}

/**
 * Runs a step on every node at once and waits for all of them: a dead node must not keep the others from being healed.
 * Rejects afterwards, naming every node that failed and why.
 */
export async function eachNode<T>(
  nodes: readonly string[],
  step: (node: string, at: number) => Promise<T>,
): Promise<readonly T[]> {
  const outcomes = await Promise.allSettled(nodes.map((node, at) => step(node, at)));
  const failures = outcomes.flatMap((outcome, at) =>
    outcome.status === 'rejected' ? [`${nodes[at]}: ${messageOf(outcome.reason)}`] : [],
  );
  if (failures.length > 0) throw new Error(failures.join('; '));
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<T>).value);
}

/** {@link eachNode} with `callMs` for each node. */
export function onEach<T>(
  nodes: readonly string[],
  limits: Limits,
  step: (node: string, at: number) => Promise<T>,
): Promise<readonly T[]> {
  return eachNode(nodes, (node, at) => within(limits.callMs, 'the node', step(node, at)));
}
