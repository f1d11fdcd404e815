import { describe, expect, it } from 'vitest';
import { RealClock, VirtualClock } from './clock.js';

describe('a virtual clock', () => {
  it('jumps from alarm to alarm, in order of time, then of setting', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} ${clock.nowNs() / 1e6}`);
    clock.after(20, note('b'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    clock.after(15, note('never'))();
    clock.soon(note('soon'));
    await clock.run(clock.sleep(3_600_000));
    expect(seen).toEqual(['soon 0', 'a 10', 'b 20', 'c 20']);
    expect(clock.nowNs()).toBe(3_600_000e6);
  });

  it('lets no time pass while promises can settle', async () => {
    const clock = new VirtualClock();
    clock.after(1, () => undefined);
    const work = async () => {
      for (let step = 0; step < 100; step++) await Promise.resolve();
      return clock.nowNs();
    };
    expect(await clock.run(work())).toBe(0);
  });

  it('says when nothing can happen any more', async () => {
    await expect(new VirtualClock(50).run(new Promise(() => undefined))).rejects.toThrow('nothing left to happen');
  });

  it('wakes a sleeper by its signal', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    clock.after(5, () => controller.abort());
    await clock.run(clock.sleep(1000, controller.signal));
    expect(clock.nowNs()).toBe(5e6);
    await clock.sleep(1000, controller.signal);
    expect(clock.nowNs()).toBe(5e6);
  });
});

describe('the real clock', () => {
  it('gives whole nanoseconds that never go back', async () => {
    const clock = new RealClock();
    let last = clock.nowNs();
    for (let reading = 0; reading < 1000; reading++) {
      const now = clock.nowNs();
      expect(Number.isInteger(now) && now >= last).toBe(true);
      last = now;
    }
    await clock.sleep(2);
    expect(clock.nowNs()).toBeGreaterThan(last);
  });
});
