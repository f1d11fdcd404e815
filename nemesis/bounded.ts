import { RealClock, type Cancel, type Clock } from '../harness/kit/clock.js';
import { messageOf } from '../harness/kit/errors.js';
import { DEFAULT_LIMITS, type Limits, type NemesisContext } from './nemesis.js';

/** {@link Limits}, and the clock by which they are measured. */
export interface Bounds extends Limits {
  readonly clock: Clock;
}

const REAL = new RealClock();

export function boundsOf({ limits = DEFAULT_LIMITS, clock = REAL }: NemesisContext): Bounds {
  return { ...limits, clock };
}

/** The promise's result, or a rejection that says `what` did not answer. The call itself is not stopped. */
export async function within<T>(
  timeoutMs: number,
  what: string,
  promise: Promise<T>,
  { clock }: Pick<Bounds, 'clock'>,
): Promise<T> {
  let cancel: Cancel | undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(timeoutMs, () => reject(new Error(`${what}: no answer within ${timeoutMs} ms`)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel?.();
  }
}

/** Looks again and again until `satisfied` or out of time; answers the last thing seen either way. */
export async function eventually<T>(
  timeoutMs: number,
  { clock, pollMs }: Bounds,
  look: () => Promise<T>,
  satisfied: (seen: T) => boolean,
): Promise<T> {
  const deadlineNs = clock.nowNs() + timeoutMs * 1e6;
  for (let pauseMs = pollMs; ; pauseMs = Math.min(2 * pauseMs, 1_000)) {
    const seen = await look();
    if (satisfied(seen) || clock.nowNs() + pauseMs * 1e6 > deadlineNs) return seen;
    await clock.sleep(pauseMs);
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
  bounds: Bounds,
  step: (node: string, at: number) => Promise<T>,
): Promise<readonly T[]> {
  return eachNode(nodes, (node, at) => within(bounds.callMs, 'the node', step(node, at), bounds));
}
