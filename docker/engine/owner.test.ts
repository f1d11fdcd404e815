import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { formatOwner, parseOwner, self, startTicksOf, stateOf } from './owner.js';

describe.skipIf(process.platform !== 'linux')('owners', () => {
  it('survive being written down', () => {
    expect(parseOwner(formatOwner(self()))).toEqual(self());
    expect(parseOwner('')).toBeUndefined();
    expect(parseOwner('1234')).toBeUndefined();
  });

  it('live while their process does', async () => {
    const child = spawn('sleep', ['30']);
    const owner = { ...self(), pid: child.pid!, startTicks: startTicksOf(child.pid!)! };
    expect(stateOf(owner)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(stateOf(owner)).toBe('dead');
  });

  it('are dead when their pid was given to another process', () => {
    expect(stateOf({ ...self(), startTicks: self().startTicks - 1 })).toBe('dead');
  });

  it('of another boot or pid namespace are not judged by the processes here', () => {
    expect(stateOf({ ...self(), bootId: 'another' })).toBe('foreign');
    expect(stateOf({ ...self(), pidNamespace: '1' })).toBe('foreign');
  });
});
