import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../kit/random.js';
import { after, clients, recorded, type RecordedInvocation } from '../combinators.js';
import { simulate } from '../simulate.js';

const MS = 1e6;
const at = (thread: number, timeMs: number, value: number): RecordedInvocation => ({
  invocation: { f: 'write', value },
  thread,
  time: timeMs * MS,
});
const random = Random.fromSeed(1);

function issued(invocations: readonly RecordedInvocation[], latencyMs = 1) {
  const answer = ({ value }: { readonly value: RecordedInvocation['invocation']['value'] }) => ({
    latencyNs: latencyMs * MS,
    completion: { type: 'ok', value } as const,
  });
  return simulate({ generator: clients(recorded(invocations)), concurrency: 3, answer, random })
    .filter(({ type }) => type === 'invoke')
    .map(({ process, time, value }) => [process, time / MS, value]);
}

describe('recorded invocations', () => {
  it('are issued on their threads at their times', () => {
    expect(issued([at(2, 5, 1), at(0, 7, 2), at(2, 9, 3)])).toEqual([
      [2, 5, 1],
      [0, 7, 2],
      [2, 9, 3],
    ]);
  });

  it('wait for their own thread only', () => {
    expect(issued([at(0, 0, 1), at(0, 1, 2), at(1, 2, 3)], 10)).toEqual([
      [0, 0, 1],
      [1, 2, 3],
      [0, 10, 2],
    ]);
  });

  it('count their time from when they are asked for first', () => {
    const answer = () => ({ latencyNs: MS, completion: { type: 'ok', value: 1 } as const });
    const generator = after(100, clients(recorded([at(0, 5, 1)])));
    expect(simulate({ generator, concurrency: 1, answer, random })[0].time).toBe(105 * MS);
  });

  it('are all issued, each thread in its order and none before its time, whatever the answers take', () => {
    const invocation = fc.record({ thread: fc.nat(2), time: fc.nat(50), value: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(invocation, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (given, latencyMs) => {
        const sorted = given.sort((a, b) => a.time - b.time);
        const events = issued(
          sorted.map(({ thread, time, value }) => at(thread, time, value)),
          latencyMs,
        );
        expect(events.length).toBe(sorted.length);
        for (const thread of [0, 1, 2]) {
          const asked = sorted.filter((each) => each.thread === thread);
          const seen = events.filter(([process]) => process === thread);
          expect(seen.map(([, , value]) => value)).toEqual(asked.map(({ value }) => value));
          seen.forEach(([, time], nth) => expect(time).toBeGreaterThanOrEqual(asked[nth].time));
        }
      }),
    );
  });
});
