import { describe, expect, it } from 'vitest';
import { nemesis } from '../generator/combinators.js';
import { simulate } from '../generator/simulate.js';
import type { Completion, Invocation } from '../history/operation.js';
import { Random } from '../kit/random.js';
import type { ScheduledFault } from './plan.js';
import { scheduledFaults } from './scheduled-faults.js';

const fault = (id: number, kind: string, atMs: number, forMs: number): ScheduledFault => ({
  request: { id, kind, target: 'one', order: ['n1'] },
  atMs,
  forMs,
});
const schedule = [fault(1, 'kill', 1000, 2000), fault(2, 'pause', 4000, 1000)];

function run(latencyMs: (f: string) => number, outcome: (f: string) => Completion['type'] = () => 'ok') {
  const answer = (invocation: Invocation) => ({
    latencyNs: latencyMs(invocation.f) * 1e6,
    completion: (outcome(invocation.f) === 'ok'
      ? { type: 'ok', value: 1 }
      : { type: 'info', error: 'lost' }) as Completion,
  });
  const generator = nemesis(scheduledFaults(schedule));
  return simulate({ generator, concurrency: 1, answer, random: Random.fromSeed(1) })
    .filter((event) => event.type === 'invoke')
    .map((event) => `${event.time / 1e6} ${event.f} ${(event.value as { id: number }).id}`);
}

describe('scheduled faults', () => {
  it('begin and end when they should', () => {
    expect(run(() => 10)).toEqual(['1000 kill 1', '3000 heal 1', '4000 pause 2', '5000 heal 2']);
  });
  it('last for half their length at least, and come one after the other, where injecting takes long', () => {
    expect(run((f) => (f === 'kill' ? 2500 : 10))).toEqual([
      '1000 kill 1',
      '4500 heal 1',
      '4510 pause 2',
      '5020 heal 2',
    ]);
  });
  it('need no healing where they could not be injected', () => {
    expect(
      run(
        () => 10,
        (f) => (f === 'kill' ? 'info' : 'ok'),
      ),
    ).toEqual(['1000 kill 1', '4000 pause 2', '5000 heal 2']);
  });
});
