import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../kit/errors.js';
import { Random } from '../kit/random.js';
import { nemeses as registered } from '../registry.js';
import type { ScheduledFault } from './plan.js';
import type { ScheduleRequest } from './schedule.js';
import { makeSchedule } from './schedule.js';
import { PROPERTY_RUNS } from '../kit/testing/property-runs.js';

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
      timeLimitMs: fc.integer({ min: 15_000, max: 300_000 }),
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

  it('has one fault where there is time for one, and none where none is asked for', () => {
    expect(schedule(1, { timeLimitMs: 5000, nemeses: nemeses.slice(0, 1) }).length).toBe(1);
    expect(schedule(1, { nemeses: [] })).toEqual([]);
  });

  it('is refused where not every kind gets its turn, with the time it takes', () => {
    const short = () => schedule(1, { timeLimitMs: 6000 });
    expect(short).toThrow(UserError);
    expect(short).toThrow(
      '-t 6: 3 kinds of faults (partition, kill, pause) need at least 14 s; raise --time-limit or ask for fewer (-n)',
    );
    expect(() => schedule(1, { timeLimitMs: 3000, nemeses: nemeses.slice(0, 1) })).toThrow(
      '-t 3: 1 kind of faults (partition) needs at least 4 s',
    );
  });

  const kinds = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...registered.map(({ name }) => name)),
      asked: fc.nat(3),
      slow: fc.boolean(),
    }),
    { minLength: 1, maxLength: registered.length, selector: ({ name }) => name },
  );
  const wishes = fc.record({
    seed: fc.integer(),
    kinds,
    timeLimitMs: fc.integer({ min: 100, max: 400_000 }),
    faultsAtOnce: fc.integer({ min: 1, max: 4 }),
    faultMs: fc.option(fc.integer({ min: 100, max: 60_000 }), { nil: undefined }),
    pauseMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
  });

  it('holds every kind and every target that was asked for, or is refused with a time that is enough', () => {
    let [refused, drawn] = [0, 0];
    fc.assert(
      fc.property(wishes, ({ seed, kinds: chosen, ...changes }) => {
        const asked = chosen.map(({ name, asked: count, slow }) => {
          const { targets, takesMs } = registered.find((nemesis) => nemesis.name === name)!;
          return { name, targets, askedTargets: targets.slice(0, count), ...(slow && { roomMs: takesMs }) };
        });
        const draw = (timeLimitMs: number) => schedule(seed, { ...changes, nemeses: asked, timeLimitMs });
        const complete = (faults: readonly ScheduledFault[], timeLimitMs: number) => {
          const had = new Set(faults.flatMap(({ request: { kind, target } }) => [kind, `${kind}:${target}`]));
          for (const { name, askedTargets } of asked) {
            expect(had).toContain(name);
            for (const target of askedTargets) expect(had).toContain(`${name}:${target}`);
          }
          for (const { atMs, forMs } of faults) {
            expect(forMs).toBeGreaterThan(0);
            expect(atMs + forMs).toBeLessThanOrEqual(timeLimitMs);
          }
        };
        try {
          complete(draw(changes.timeLimitMs), changes.timeLimitMs);
          drawn++;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          refused++;
          const enoughMs = 1000 * Number(/need(?:s)? at least (\d+) s/.exec(error.message)![1]);
          expect(enoughMs).toBeGreaterThan(changes.timeLimitMs);
          complete(draw(enoughMs), enoughMs);
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
    expect(Math.min(refused, drawn)).toBeGreaterThan(0);
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
