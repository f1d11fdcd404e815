import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startChild, unlessAborted } from './children.js';

const OPTIONS = { stdin: 'ignore' } as const;

/** Pids that the script printed, which stand for what a program starts in turn. */
async function family(script: string, signal: AbortSignal) {
  const child = startChild('sh', ['-c', script], OPTIONS, signal);
  const [first] = await new Promise<readonly string[]>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk).trim().split(/\s+/))),
  );
  return { child, pids: [child.pid!, Number(first)] };
}

/** A zombie is gone; only nobody may have asked for its exit code yet. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pids: readonly number[]): Promise<boolean> {
  for (let look = 0; look < 300 && pids.some(runs); look++) await sleep(100);
  return !pids.some(runs);
}

describe('a child that prepares something', () => {
  it('ends with everything it started when it is given up', async () => {
    const stop = new AbortController();
    const { child, pids } = await family('sleep 1000 & echo $!; wait', stop.signal);
    stop.abort();
    expect((await child).failed).toBe(true);
    expect(await gone(pids)).toBe(true);
  });

  it('is killed where it is deaf to being asked', async () => {
    const stop = new AbortController();
    const { child, pids } = await family(`trap '' TERM; sleep 1000 & echo $!; while :; do wait; done`, stop.signal);
    stop.abort();
    expect((await child).failed).toBe(true);
    expect(await gone(pids)).toBe(true);
  });

  it('is not even left behind by one that was given up before it began', async () => {
    const child = startChild('sleep', ['1000'], OPTIONS, AbortSignal.abort());
    expect((await child).failed).toBe(true);
  });

  it('that cannot be started at all has failed, like any other', async () => {
    expect((await startChild('faultline-no-such-program', [], OPTIONS, undefined)).failed).toBe(true);
  });
});

describe('work that cannot be stopped', () => {
  it('is no longer waited for when it is given up', async () => {
    const stop = new AbortController();
    const waiting = unlessAborted(new Promise(() => undefined), stop.signal);
    stop.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await expect(unlessAborted(Promise.resolve(1), AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(await unlessAborted(Promise.resolve(1), new AbortController().signal)).toBe(1);
  });
});
