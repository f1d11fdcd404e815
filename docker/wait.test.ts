import { describe, expect, it } from 'vitest';
import { bounded, TimeoutError, until } from './wait.js';

describe('bounded', () => {
  it('answers what the work answers, or says what took too long', async () => {
    await expect(bounded(Promise.resolve(7), 1_000, 'work')).resolves.toBe(7);
    await expect(bounded(Promise.reject(new Error('broken')), 1_000, 'work')).rejects.toThrow('broken');
    const late = bounded(new Promise(() => undefined), 5, 'freezing n3');
    await expect(late).rejects.toThrow(TimeoutError);
    await expect(late).rejects.toThrow('freezing n3: no answer after 5 ms');
  });
});

describe('until', () => {
  it('asks until there is an answer', async () => {
    let asked = 0;
    const ask = async () => (++asked === 3 ? 'three' : undefined);
    expect(await until(ask, { timeoutMs: 5_000, everyMs: 1 })).toBe('three');
    expect(asked).toBe(3);
  });

  it('gives up when the time is over, having asked at least once', async () => {
    let asked = 0;
    expect(await until(async () => void ++asked, { timeoutMs: 0, everyMs: 1 })).toBeUndefined();
    expect(asked).toBe(1);
  });
});
