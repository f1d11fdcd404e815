import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from './world.js';

const actions = fc.array(
  fc.record({
    delayMs: fc.integer({ min: -5, max: 50 }),
    how: fc.constantFrom('in' as const, 'limit' as const, 'after' as const),
    cancelled: fc.boolean(),
  }),
  { maxLength: 40 },
);

describe('virtual time', () => {
  it('never goes back, whatever is planned, and events of one time keep their order', async () => {
    await fc.assert(
      fc.asyncProperty(actions, async (planned) => {
        const world = new World();
        const seen: { readonly time: number; readonly due: number; readonly at: number }[] = [];
        planned.forEach(({ delayMs, how, cancelled }, at) => {
          const due = Math.max(0, delayMs) * 1e6;
          const note = () => seen.push({ time: world.nowNs(), due, at });
          if (how === 'in') world.in(due, note);
          else if (how === 'limit') {
            const limit = world.limit(due, note);
            if (cancelled) limit.callOff();
          } else {
            const cancel = world.after(delayMs, note);
            if (cancelled) cancel();
          }
        });
        await world.run(world.sleep(60));
        expect(seen.length).toBe(planned.filter(({ how, cancelled }) => how === 'in' || !cancelled).length);
        seen.forEach((event, i) => {
          expect(event.time).toBe(event.due);
          const before = seen.at(i - 1);
          if (i === 0 || before === undefined) return;
          expect(event.time).toBeGreaterThanOrEqual(before.time);
          if (event.time === before.time) expect(event.at).toBeGreaterThan(before.at);
        });
        expect(world.nowNs()).toBe(60e6);
      }),
      { numRuns: 300 },
    );
  });

  it('stands still while nobody outside waits, and while something outside takes real time', async () => {
    const world = new World();
    let beats = 0;
    const beat = () => {
      beats++;
      world.in(1e6, beat);
    };
    beat();
    const real = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
    await world.run(real());
    expect([world.nowNs(), beats]).toEqual([0, 1]);
    const alarm = world.sleep(5);
    await world.run(world.outside(real()));
    expect(world.nowNs()).toBe(0);
    await world.run(alarm);
    // The alarm was set before the beat of the same time was planned.
    expect([world.nowNs(), beats]).toEqual([5e6, 5]);
  });

  it('gives whoever was told something a turn before it goes on', async () => {
    const world = new World();
    const times: number[] = [];
    const work = async () => {
      for (let i = 0; i < 3; i++) {
        await world.answer<undefined>((resolve) => world.in(10, () => resolve(undefined)));
        times.push(world.nowNs());
      }
    };
    world.in(15, () => undefined);
    await world.run(work());
    expect(times).toEqual([10, 20, 30]);
  });
});
