import { describe, expect, it } from 'vitest';
import { nemesis } from '../generator/combinators.js';
import type { GeneratorContext } from '../generator/generator.js';
import { simulate } from '../generator/simulate.js';
import type { Completion, Invocation } from '../history/operation.js';
import { Random } from '../kit/random.js';
import type { ScheduledFault } from './plan.js';
import { scheduledFaults, type TriggerWatch } from './scheduled-faults.js';

const fault = (id: number, kind: string, atMs: number, forMs: number): ScheduledFault => ({
  request: { id, kind, target: 'one', order: ['n1'] },
  atMs,
  forMs,
});
const schedule = [fault(1, 'kill', 1000, 2000), fault(2, 'pause', 4000, 1000)];

interface Trial {
  readonly outcome?: (f: string) => Completion['type'];
  readonly faults?: readonly ScheduledFault[];
  readonly triggers?: TriggerWatch;
}

function run(latencyMs: (f: string) => number, { outcome = () => 'ok', faults = schedule, triggers }: Trial = {}) {
  const answer = (invocation: Invocation) => ({
    latencyNs: latencyMs(invocation.f) * 1e6,
    completion: (outcome(invocation.f) === 'ok'
      ? { type: 'ok', value: 1 }
      : { type: 'info', error: 'lost' }) as Completion,
  });
  const generator = nemesis(scheduledFaults(faults, triggers));
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
    const outcome = (f: string) => (f === 'kill' ? 'info' : 'ok');
    expect(run(() => 10, { outcome })).toEqual(['1000 kill 1', '4000 pause 2', '5000 heal 2']);
  });
  it('overlap where the schedule says so', () => {
    const faults = [fault(1, 'partition', 1000, 3000), fault(2, 'kill', 2000, 1000), fault(3, 'pause', 2500, 3000)];
    expect(run(() => 10, { faults })).toEqual([
      ...['1000 partition 1', '2000 kill 2', '2500 pause 3'],
      ...['3000 heal 2', '4000 heal 1', '5500 heal 3'],
    ]);
  });
  it('heals before it injects what begins at the same moment', () => {
    const faults = [fault(1, 'kill', 1000, 1000), fault(2, 'kill', 2000, 1000)];
    expect(run(() => 10, { faults })).toEqual(['1000 kill 1', '2000 heal 1', '2010 kill 2', '3000 heal 2']);
  });
});

describe('an aimed fault', () => {
  const aimed = { ...fault(1, 'kill', 1000, 500), trigger: { kind: 'leader-changed' } as const };
  const firesAfter = (questions: number): TriggerWatch => ({
    fired: () => (questions-- > 0 ? undefined : 'leader changed from n1 to n2'),
  });

  it('begins when its trigger fires, and lasts from then on', () => {
    expect(run(() => 10, { faults: [aimed], triggers: firesAfter(20) })).toEqual(['2000 kill 1', '2500 heal 1']);
  });
  it('does not begin before its time', () => {
    expect(run(() => 10, { faults: [aimed], triggers: firesAfter(0) })[0]).toBe('1000 kill 1');
  });
  it('begins while another fault is in place', () => {
    const faults = [fault(2, 'partition', 500, 3000), aimed];
    expect(run(() => 10, { faults, triggers: firesAfter(20) })).toEqual([
      ...['500 partition 2', '2010 kill 1', '2510 heal 1', '3500 heal 2'],
    ]);
  });
  it('says what it fired on', () => {
    const context = { time: 2e9, freeThread: () => 'nemesis' } as unknown as GeneratorContext;
    const waiting = scheduledFaults([{ ...aimed, atMs: 0 }], firesAfter(0)).next(context);
    expect(waiting).toMatchObject({
      kind: 'emit',
      emitted: { invocation: { value: { firedBy: 'leader changed from n1 to n2' } } },
    });
  });
});
