import { describe, expect, it } from 'vitest';
import type { Invocation, Operation } from '../history/operation.js';
import { Random } from '../kit/random.js';
import {
  after,
  clients,
  concurrentKeys,
  cycle,
  delay,
  eachProcess,
  eachThread,
  flipFlop,
  fromFunction,
  fromState,
  limit,
  map,
  mix,
  nemesis,
  once,
  phases,
  race,
  rate,
  repeat,
  reserve,
  sequence,
  sequentialKeys,
  stagger,
  tagged,
  timeLimit,
  untilOk,
} from './combinators.js';
import type { Generator } from './generator.js';
import { simulate } from './simulate.js';
import type { SimulatedAnswer } from './simulate.js';

const MS = 1e6;
const read: Invocation = { f: 'read', value: null };
const write = (value: number): Invocation => ({ f: 'write', value });
const random = Random.fromSeed(7);
const ok = (invocation: Invocation): SimulatedAnswer => ({
  latencyNs: 10 * MS,
  completion: { type: 'ok', value: invocation.value },
});

function run(generator: Generator, { concurrency = 3, answer = ok, maxEvents = 10_000 } = {}): readonly Operation[] {
  return simulate({ generator, concurrency, answer, random: Random.fromSeed(1), maxEvents });
}
function invocations(events: readonly Operation[]): readonly Operation[] {
  return events.filter((event) => event.type === 'invoke');
}
const values = (events: readonly Operation[]) => invocations(events).map((event) => event.value);
const functions = (events: readonly Operation[]) => invocations(events).map((event) => event.f);

describe('sources', () => {
  it('emits once on a free thread', () => {
    expect(run(clients(once(read)))).toEqual([
      { index: 0, time: 0, process: 0, type: 'invoke', f: 'read', value: null },
      { index: 1, time: 10 * MS, process: 0, type: 'ok', f: 'read', value: null },
    ]);
  });

  it('draws each operation anew, and the same again when asked again', () => {
    const generator = limit(
      20,
      fromFunction((dice) => write(dice.int(1000)), random),
    );
    const first = values(run(generator));
    expect(new Set(first).size).toBeGreaterThan(10);
    expect(values(run(generator))).toEqual(first);
  });

  it('counts and observes in its state', () => {
    const source = fromState<{ next: number; seen: number }>(
      {
        initial: { next: 0, seen: 0 },
        next: ({ next, seen }) => [
          { f: 'op', value: [next, seen] },
          { next: next + 1, seen },
        ],
        observe: (state, event) => (event.type === 'ok' ? { ...state, seen: state.seen + 1 } : state),
      },
      random,
    );
    expect(values(run(clients(limit(3, source)), { concurrency: 1 }))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('repeats so many times', () => {
    expect(run(repeat(read, 4)).length).toBe(8);
  });
});

describe('order', () => {
  it('begins the next of a sequence while the last is under way, and of phases only when all is quiet', () => {
    const two = [repeat(write(1), 2), once(write(2))];
    expect(run(clients(sequence(...two))).map((event) => event.type)).toEqual([
      ...['invoke', 'invoke', 'invoke'],
      ...['ok', 'ok', 'ok'],
    ]);
    expect(run(clients(phases(...two))).map((event) => event.type)).toEqual([
      ...['invoke', 'invoke', 'ok', 'ok'],
      ...['invoke', 'ok'],
    ]);
  });

  it('cycles', () => {
    const pair = sequence(once(write(1)), once(write(2)));
    expect(values(run(clients(cycle(pair, 3)), { concurrency: 1 }))).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it('flips and flops, and is done when one is', () => {
    expect(values(run(clients(flipFlop(repeat(write(1)), repeat(write(2), 2))), { concurrency: 1 }))).toEqual([
      1, 2, 1, 2, 1,
    ]);
  });
});

describe('limits and pace', () => {
  it('limits the count', () => {
    expect(invocations(run(limit(5, repeat(read)))).length).toBe(5);
  });

  it('limits the time from the first question', () => {
    const events = run(clients(sequence(after(50, once(write(0))), timeLimit(35, repeat(read)))), { concurrency: 1 });
    expect(invocations(events).map((event) => event.time / MS)).toEqual([50, 60, 70, 80]);
  });

  it('keeps the total rate over all threads', () => {
    for (const paced of [rate(500, repeat(read), random), stagger(2, repeat(read), random)]) {
      const events = invocations(run(timeLimit(10_000, paced), { concurrency: 50, maxEvents: 1e6 }));
      expect(events.length).toBeGreaterThan(4700);
      expect(events.length).toBeLessThan(5300);
    }
  });

  it('catches up after a stall by a bounded burst only', () => {
    let first = true;
    const answer = (invocation: Invocation): SimulatedAnswer => {
      const latencyNs = first ? 5000 * MS : 1;
      first = false;
      return { latencyNs, completion: { type: 'ok', value: invocation.value } };
    };
    const events = invocations(
      run(clients(timeLimit(6000, rate(100, repeat(read), random))), { concurrency: 1, answer }),
    );
    // 1 s at 100/s is left after the stall; catching up adds 100 ms worth, not 5 s worth.
    expect(events.length).toBeLessThan(1 + 100 + 10 + 40);
  });

  it('leaves a gap', () => {
    const times = invocations(run(delay(25, repeat(read, 3)))).map((event) => event.time / MS);
    expect(times).toEqual([0, 25, 50]);
  });
});

describe('several', () => {
  it('mixes by weight and lets the finished leave', () => {
    const mixed = mix(
      [
        [3, repeat(write(1))],
        [1, repeat(write(2))],
        [5, repeat(write(3), 2)],
      ],
      random,
    );
    const seen = values(run(limit(4000, mixed)));
    const count = (value: number) => seen.filter((other) => other === value).length;
    expect(count(3)).toBe(2);
    expect(count(1) / count(2)).toBeGreaterThan(2.6);
    expect(count(1) / count(2)).toBeLessThan(3.4);
  });

  it('ends a mixture with its last member', () => {
    const events = run(
      mix(
        [
          [1, once(write(1))],
          [1, repeat(write(2), 2)],
        ],
        random,
      ),
    );
    expect(values(events).toSorted()).toEqual([1, 2, 2]);
  });

  it('races: whichever is ready, turn by turn', () => {
    const slow = after(20, repeat(write(2), 1));
    expect(values(run(clients(race(slow, repeat(write(1), 4))), { concurrency: 1 }))).toEqual([1, 1, 2, 1, 1]);
  });

  it('routes', () => {
    const events = run(race(clients(repeat(read, 20)), nemesis(repeat({ f: 'kill', value: null }, 5))));
    for (const event of events) expect(event.process === 'nemesis').toBe(event.f === 'kill');
    expect(invocations(events).length).toBe(25);
  });

  it('reserves threads, and events reach only their owner', () => {
    const heard: string[] = [];
    const listening = (name: string) =>
      fromState<number>(
        {
          initial: 0,
          next: (n) => [{ f: name, value: n }, n + 1],
          observe: (n, event) => (heard.push(`${name} ${event.f}`), n),
        },
        random,
      );
    const generator = reserve(
      [
        [2, limit(10, listening('a'))],
        [1, limit(10, listening('b'))],
      ],
      limit(10, listening('rest')),
    );
    for (const event of run(generator, { concurrency: 5 })) {
      expect(Number(event.process) < 2).toBe(event.f === 'a');
      expect(event.process === 2).toBe(event.f === 'b');
    }
    expect(new Set(heard)).toEqual(new Set(['a a', 'b b', 'rest rest']));
  });

  it('runs a copy on each thread', () => {
    const events = run(clients(eachThread(sequence(once(write(1)), once(write(2))))));
    for (const process of [0, 1, 2]) {
      expect(values(events.filter((event) => event.process === process))).toEqual([1, 2]);
    }
  });

  it('runs a copy for each process, anew after info', () => {
    let left = 2;
    const answer = (invocation: Invocation): SimulatedAnswer => ({
      latencyNs: 1,
      completion: left-- > 0 ? { type: 'info', error: 'timeout' } : { type: 'ok', value: invocation.value },
    });
    const events = run(clients(eachProcess(sequence(once(write(1)), once(write(2))))), { concurrency: 1, answer });
    expect(invocations(events).map((event) => [event.process, event.value])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [2, 2],
    ]);
  });

  it('tags and maps', () => {
    const tag = tagged(
      'bank',
      map((invocation) => ({ ...invocation, value: 1 }), once(read)),
    );
    expect(invocations(run(tag))[0]).toMatchObject({ workload: 'bank', value: 1 });
  });
});

describe('until ok', () => {
  const failing = (times: number) => {
    let left = times;
    return (invocation: Invocation): SimulatedAnswer => ({
      latencyNs: 5 * MS,
      completion: left-- > 0 ? { type: 'fail', error: 'refused' } : { type: 'ok', value: invocation.value },
    });
  };
  it('tries again after the gap until one is ok', () => {
    const generator = clients(untilOk(repeat(read), { attempts: 10, gapMs: 20 }));
    const events = run(generator, { answer: failing(3) });
    expect(invocations(events).map((event) => event.time / MS)).toEqual([0, 25, 50, 75]);
    expect(events.at(-1)?.type).toBe('ok');
  });
  it('gives up after so many', () => {
    expect(functions(run(clients(untilOk(repeat(read), { attempts: 3 })), { answer: failing(99) })).length).toBe(3);
  });
});

describe('independent keys', () => {
  const keys = {
    key: (index: number) => (index < 5 ? `k${index}` : undefined),
    generator: () =>
      limit(
        6,
        fromFunction((dice) => write(dice.int(5)), random),
      ),
  };
  it('goes one key after the other', () => {
    const seen = invocations(run(clients(sequentialKeys(keys)))).map((event) => event.key);
    expect(seen).toEqual(seen.toSorted());
    expect(seen.length).toBe(30);
  });
  it('works on several keys at once, each on its own threads', () => {
    const events = invocations(run(clients(concurrentKeys(2, keys)), { concurrency: 6 }));
    expect(events.length).toBe(30);
    expect(new Set(events.slice(0, 6).map((event) => event.key))).toEqual(new Set(['k0', 'k1', 'k2']));
    for (const key of ['k0', 'k1', 'k2', 'k3', 'k4']) {
      const groups = events.filter((event) => event.key === key).map((event) => Math.floor(Number(event.process) / 2));
      expect(groups.length).toBe(6);
      expect(new Set(groups).size).toBe(1);
    }
  });
});
