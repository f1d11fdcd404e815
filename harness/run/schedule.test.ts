import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../kit/random.js';
import type { ScheduledFault } from './plan.js';
import type { ScheduleRequest } from './schedule.js';
import { makeSchedule } from './schedule.js';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
const nemeses = [
  { name: 'partition', targets: ['halves', 'leader', 'ring'] },
  { name: 'kill', targets: ['one', 'all'] },
  { name: 'pause', targets: ['one'] },
];
const request: ScheduleRequest = { nemeses, nodes, timeLimitMs: 60_000 };
const schedule = (seed: number, changes: Partial<ScheduleRequest> = {}) =>
  makeSchedule({ ...request, ...changes }, Random.fromSeed(seed));
const kindsOf = (faults: readonly ScheduledFault[]) => faults.map((fault) => fault.request.kind);

describe('a schedule', () => {
  it('has every kind at least twice in a minute, each in its first third and all healed before the end', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const faults = schedule(seed);
        for (const { name } of nemeses) {
          expect(kindsOf(faults).filter((kind) => kind === name).length).toBeGreaterThanOrEqual(2);
          expect(kindsOf(faults.slice(0, 3))).toContain(name);
        }
        expect(faults[0].atMs).toBeLessThan(3000);
      }),
    );
  });

  it('never has two faults at once, numbers them, and heals the last within the phase', () => {
    const settings = fc.record({
      seed: fc.integer(),
      timeLimitMs: fc.integer({ min: 100, max: 300_000 }),
      faultMs: fc.integer({ min: 500, max: 20_000 }),
      pauseMs: fc.integer({ min: 500, max: 20_000 }),
    });
    fc.assert(
      fc.property(settings, ({ seed, ...changes }) => {
        const faults = schedule(seed, changes);
        faults.forEach(({ request, atMs, forMs }, index) => {
          expect(request.id).toBe(index + 1);
          expect(request.order.toSorted()).toEqual(nodes);
          expect(nemeses.find(({ name }) => name === request.kind)!.targets).toContain(request.target);
          expect(forMs).toBeGreaterThan(100);
          expect(atMs + forMs).toBeLessThan(faults[index + 1]?.atMs ?? changes.timeLimitMs);
        });
      }),
    );
  });

  it('goes through all targets of a kind before one comes again', () => {
    const faults = schedule(4, { timeLimitMs: 300_000 });
    const targets = faults.filter((fault) => fault.request.kind === 'partition').map((fault) => fault.request.target);
    expect(new Set(targets.slice(0, 3)).size).toBe(3);
    expect(new Set(targets.slice(3, 6)).size).toBe(3);
  });

  it('shrinks the cycle where time is short, so that every kind still occurs', () => {
    expect(new Set(kindsOf(schedule(1, { timeLimitMs: 15_000 }))).size).toBe(3);
  });

  it('has one fault where there is time for one, and none where there is none', () => {
    expect(schedule(1, { timeLimitMs: 5000 }).length).toBe(1);
    expect(schedule(1, { timeLimitMs: 1000 })).toEqual([]);
    expect(schedule(1, { nemeses: [] })).toEqual([]);
  });

  it('leaves room for faults that are slow to inject and to heal', () => {
    const slow = nemeses.map((nemesis) => (nemesis.name === 'kill' ? { ...nemesis, roomMs: 8_000 } : nemesis));
    for (let seed = 1; seed <= 20; seed++) {
      const faults = schedule(seed, { nemeses: slow, timeLimitMs: 120_000 });
      faults.forEach(({ request: { kind }, atMs, forMs }, at) => {
        const next = faults[at + 1];
        if (kind === 'kill' && next !== undefined) expect(next.atMs - (atMs + forMs)).toBeGreaterThan(8_000);
        expect(atMs + forMs).toBeLessThan(120_000);
        expect(forMs).toBeGreaterThanOrEqual(500);
      });
      expect(new Set(kindsOf(faults)).size).toBe(3);
    }
  });

  it('has as many faults at once as it may, never two of a kind', () => {
    const endOf = ({ atMs, forMs }: ScheduledFault) => atMs + forMs;
    let together = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const faults = schedule(seed, { faultsAtOnce: 2 });
      expect(faults.map((fault) => fault.request.id)).toEqual(faults.map((_, at) => at + 1));
      for (const fault of faults) {
        const inPlace = faults.filter((other) => other.atMs <= fault.atMs && endOf(other) > fault.atMs);
        expect(new Set(kindsOf(inPlace)).size).toBe(inPlace.length);
        expect(inPlace.length).toBeLessThanOrEqual(2);
        if (inPlace.length === 2) together++;
      }
    }
    expect(together).toBeGreaterThan(20);
  });

  it('depends on the seed alone', () => {
    expect(JSON.stringify(schedule(9))).toBe(JSON.stringify(schedule(9)));
    expect(JSON.stringify(schedule(9))).not.toBe(JSON.stringify(schedule(10)));
  });
});
