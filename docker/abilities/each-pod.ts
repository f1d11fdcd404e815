import type { Pod } from '../engine/pods.js';

/** Runs `work` on all pods at once and waits for all before the first failure is thrown, with the node's name. */
export async function eachPod<T>(pods: readonly Pod[], work: (pod: Pod) => Promise<T>): Promise<readonly T[]> {
  const results = await Promise.allSettled(pods.map(work));
  return results.map((result, i) => {
    if (result.status === 'fulfilled') return result.value;
    const reason: unknown = result.reason;
    throw new Error(`${pods[i]!.node}: ${reason instanceof Error ? reason.message : String(reason)}`, {
      cause: reason,
    });
  });
}
