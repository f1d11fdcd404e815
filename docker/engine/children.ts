import { execa, type Options, type ResultPromise } from 'execa';

/** A child that was asked to end gets so long to clean up. */
const GRACE_MS = 3_000;
/** Leaders of process groups that run now. */
const running = new Set<number>();

// Whatever ends this process, no child goes on behind it: in a group of its own, a child gets no Ctrl-C from a terminal.
process.on('exit', () => {
  for (const leader of running) signalGroup(leader, 'SIGKILL');
});

/**
 * Starts a program as the leader of a process group. When the signal is aborted, the program and everything it started
 * are asked to end, and killed soon after; its promise is settled either way, as with execa's `reject: false`.
 */
export function startChild<O extends Options>(
  command: string,
  args: readonly string[],
  options: O,
  signal: AbortSignal | undefined,
): ResultPromise<O & { readonly detached: true; readonly reject: false }> {
  const child = execa(command, args, { ...options, detached: true, reject: false } as const);
  const leader = child.pid;
  if (leader === undefined) return child as never;
  running.add(leader);
  const end = () => void endGroup(leader, child);
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  void child.then(() => {
    signal?.removeEventListener('abort', end);
    running.delete(leader);
  });
  return child as never;
}

/** The result of the work, or the signal's reason as soon as it is aborted. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // It may be settled already, and would win the race.
  if (signal.aborted) work.catch(() => undefined);
  signal.throwIfAborted();
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}

async function endGroup(leader: number, child: PromiseLike<unknown>): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(leader, 'SIGKILL'), GRACE_MS);
  await child;
  clearTimeout(timer);
  // The leader may have ended and left others behind.
  signalGroup(leader, 'SIGKILL');
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It is gone.
  }
}
