import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SessionError } from '../../docker/system.js';
import { clients, fromState, limit, rate } from '../generator/combinators.js';
import type { Completion, Operation } from '../history/operation.js';
import { VirtualClock } from '../kit/clock.js';
import type { Dice } from '../kit/random.js';
import { Random } from '../kit/random.js';
import { Interpreter } from './interpreter.js';
import { Recorder } from './recorder.js';

const OPERATIONS = 60;
const TIMEOUT_MS = 100;

/** Sessions that answer, refuse, break, hang and answer late, as the dice will. */
async function chaos(seed: number, concurrency: number): Promise<readonly Operation[]> {
  const clock = new VirtualClock(1000);
  const events: Operation[] = [];
  const recorder = new Recorder(clock, { full: false, drained: async () => {}, append: (event) => events.push(event) });
  let random = Random.fromSeed(seed);
  const draw = <T>(f: (dice: Dice) => T): T => {
    const [drawn, next] = random.draw(f);
    random = next;
    return drawn;
  };
  const busy = new Set<number>();
  const interpreter = new Interpreter({
    ...{ clock, recorder, concurrency, operationTimeoutMs: TIMEOUT_MS },
    connector: {
      nodeOf: (thread) => `n${thread}`,
      async open(_, process) {
        await clock.sleep(draw((dice) => dice.float() * 30));
        if (draw((dice) => dice.chance(0.3))) throw new SessionError('fail', 'refused', 'no');
        return {
          client: {
            async invoke({ value }) {
              expect(busy.has(process)).toBe(false);
              busy.add(process);
              const [latencyMs, fate] = draw((dice) => [dice.float() * 1.3 * TIMEOUT_MS, dice.int(5)]);
              await clock.sleep(latencyMs);
              busy.delete(process);
              if (fate === 0) throw new SessionError('fail', 'refused', 'no');
              if (fate === 1) throw new Error('broken');
              return (fate === 2 ? { type: 'fail', error: 'mismatch' } : { type: 'ok', value }) as Completion;
            },
          },
          close: async () => {},
        };
      },
    },
  });
  const source = { initial: 0, next: (id: number) => [{ f: 'write', value: id }, id + 1] as const };
  const writes = limit(OPERATIONS, fromState(source, Random.fromSeed(seed)));
  await clock.run(interpreter.run(clients(rate(300, writes, Random.fromSeed(seed)))));
  await clock.run(clock.sleep(10 * TIMEOUT_MS));
  return events;
}

it('whatever sessions do, the history is well-formed: one answer to each invocation, and none after info', async () => {
  const outcomes = new Map<string, number>();
  const property = fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 6 }), async (seed, concurrency) => {
    const events = await chaos(seed, concurrency);
    expect(events.length).toBe(2 * OPERATIONS);
    const open = new Map<unknown, Operation>();
    const retired = new Set<unknown>();
    events.forEach((event, index) => {
      expect(event.index).toBe(index);
      expect(event.time).toBeGreaterThanOrEqual(events[index - 1]?.time ?? 0);
      expect(retired.has(event.process)).toBe(false);
      const asked = open.get(event.process);
      if (event.type === 'invoke') {
        expect(asked).toBeUndefined();
        open.set(event.process, event);
        return;
      }
      expect(event).toMatchObject({ f: 'write', value: asked!.value, node: asked!.node });
      expect(event.time - asked!.time).toBeLessThanOrEqual(TIMEOUT_MS * 1e6);
      open.delete(event.process);
      if (event.type === 'info') retired.add(event.process);
      const outcome = `${event.type} ${event.error ?? ''}`.split(':', 1)[0].trim();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
    expect(open.size).toBe(0);
  });
  await fc.assert(property, { numRuns: 60 });
  expect([...outcomes.keys()].sort()).toEqual(
    ['fail mismatch', 'fail no-session', 'fail refused', 'info Error', 'info timeout', 'ok'].sort(),
  );
});
