import { setTimeout as sleep } from 'node:timers/promises';

/** Work that did not end in the time it was given. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The result of `work`, or a {@link TimeoutError} naming `what`. The work itself is not stopped. */
export async function bounded<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`${what}: no answer after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks every `everyMs` until the answer is not undefined; answers undefined when the time is over. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { timeoutMs, everyMs }: { readonly timeoutMs: number; readonly everyMs: number },
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() + everyMs > deadline) return undefined;
    await sleep(everyMs);
  }
}
