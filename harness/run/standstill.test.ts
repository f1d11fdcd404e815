import { afterEach, describe, expect, it, vi } from 'vitest';
import { RealClock } from '../kit/clock.js';
import type { Operation } from '../history/operation.js';
import { Recorder } from './recorder.js';
import { runTest } from './run.js';
import { StandstillWatch } from './standstill.js';
import { memoryRun, removeRuns } from './testing/world.js';

afterEach(() => {
  vi.useRealTimers();
  removeRuns();
});

describe('a harness that stands still', () => {
  /** Doubts recorded while the clock is what it is at each of the looks, ms. */
  function doubtsAt(...moments: readonly number[]): string[] {
    vi.useFakeTimers();
    const doubts: string[] = [];
    const append = ({ value }: Operation) => void doubts.push((value as { readonly doubt: string }).doubt);
    const recorder = new Recorder(new RealClock(), { full: false, drained: () => Promise.resolve(), append });
    let now = 0;
    const watch = new StandstillWatch(recorder, { nowMs: () => now });
    for (const moment of moments) {
      now = moment;
      vi.advanceTimersByTime(250);
    }
    watch.stop();
    return doubts;
  }

  it('is named as a doubt, with how long', () => {
    expect(doubtsAt(250, 500, 20_700, 21_000)).toEqual([expect.stringContaining('stood still for 20.2 s')]);
    expect(doubtsAt(250, 5_250, 10_500)).toHaveLength(2);
  });

  it('is not a slow machine', () => {
    expect(doubtsAt(250, 1_000, 5_900, 10_000, 10_250)).toEqual([]);
  });

  it('is seen at the end, too', () => {
    vi.useFakeTimers();
    const recorder = { record: vi.fn() };
    let now = 0;
    const watch = new StandstillWatch(recorder as unknown as Recorder, { nowMs: () => now });
    now = 6_000;
    watch.stop();
    expect(recorder.record).toHaveBeenCalledTimes(1);
  });

  it('makes the run inconclusive', async () => {
    const request = await memoryRun();
    setTimeout(() => {
      const until = performance.now() + 400;
      while (performance.now() < until);
    }, 100);
    const results = await runTest({ ...request, standstill: { thresholdMs: 300 } });
    expect(results.outcome).toBe('inconclusive');
    expect(results.notes.join()).toMatch(/the harness stood still for 0\.\d s/);
  });
});
