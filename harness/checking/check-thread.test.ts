import { afterAll, describe, expect, it } from 'vitest';
import type { CheckContext } from '../../checkers/checker.js';
import { historyOf } from '../history/builder.js';
import { CheckThread } from './check-thread.js';

const MIB = 1024 * 1024;
const resolver = new URL('./testing/misbehaving.ts', import.meta.url);
const history = historyOf([
  { process: 0, type: 'invoke', f: 'read' },
  { process: 0, type: 'ok', f: 'read', value: 1 },
]);
const thread = new CheckThread({ resolver, memoryBytes: 64 * MIB });
afterAll(() => thread.close());

const ask = (name: string, context: Partial<CheckContext> = {}, timeMs = 60_000) =>
  thread.check({
    source: { what: 'checker', name },
    history,
    restores: [],
    context: { budget: { timeMs, memoryBytes: 64 * MIB }, options: {}, ...context },
  });

describe('a thread for checks', () => {
  it('answers what the checker answers, again and again', async () => {
    for (let i = 0; i < 3; i++) expect(await ask('honest')).toMatchObject({ validity: 'valid', checked: ['all'] });
  });

  it.each(['loops', 'waits'])('ends a check that %s when its time is over, and goes on with the next', async (name) => {
    expect(await ask(name, {}, 50)).toMatchObject({
      validity: 'unknown',
      reason: 'it did not answer in its time, 50 ms',
    });
    expect((await ask('honest')).validity).toBe('valid');
  });

  it('keeps the violation that was certain when the check was ended', async () => {
    const told: string[] = [];
    const verdict = await ask('tells and loops', { certain: ({ sentence }) => told.push(sentence) }, 200);
    expect(verdict).toMatchObject({ validity: 'invalid', anomalies: [{ kind: 'planted' }] });
    expect(verdict.notChecked[0]).toContain('did not answer in its time');
    expect(told).toEqual(['It is certain.']);
  });

  it.each(['fills the heap', 'fills memory beside the heap'])('ends a check that %s', async (name) => {
    expect(await ask(name)).toMatchObject({
      validity: 'unknown',
      reason: 'it needed more memory than its budget, 64 MiB',
    });
    expect((await ask('honest')).validity).toBe('valid');
  });

  it('says so when the thread ended under the check', async () => {
    expect((await ask('ends')).validity).toBe('unknown');
    expect((await ask('honest')).validity).toBe('valid');
  });

  it('throws what the checker throws', async () => {
    await expect(ask('throws')).rejects.toThrow('index out of range');
  });

  it('ends at a cancellation, with the answer of a checker that hears of it and without one that does not', async () => {
    const cancelled = async (name: string) => {
      const cancellation = new AbortController();
      const verdict = ask(name, { signal: cancellation.signal });
      setTimeout(() => cancellation.abort(), 50);
      return await verdict;
    };
    expect(await cancelled('cancelled')).toMatchObject({ checked: ['until it was cancelled'] });
    expect(await cancelled('loops')).toMatchObject({
      validity: 'unknown',
      reason: expect.stringContaining('interrupted'),
    });
    const before = AbortSignal.abort();
    expect(await ask('loops', { signal: before })).toMatchObject({ reason: 'interrupted before it was checked' });
  });

  it('hands on what the checker tells of itself', async () => {
    const lines: string[] = [];
    const verdict = await ask('tells what it does', { progress: (line) => lines.push(line) });
    expect([lines, verdict.details]).toEqual([['counting'], { length: 2 }]);
  });

  it('says so when it cannot start', async () => {
    const broken = new CheckThread({ resolver: new URL('./testing/nothing.ts', import.meta.url), memoryBytes: MIB });
    const task = { source: { what: 'checker', name: 'honest' } as const, history, restores: [] };
    const asked = broken.check({ ...task, context: { budget: { timeMs: 100, memoryBytes: MIB }, options: {} } });
    await expect(asked).rejects.toThrow('the thread for checks did not start');
  });
});
