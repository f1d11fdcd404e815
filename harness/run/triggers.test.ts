import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../docker/system.js';
import type { Operation } from '../history/operation.js';
import { VirtualClock } from '../kit/clock.js';
import type { ScheduledFault, Trigger } from './plan.js';
import { Triggers } from './triggers.js';

const aimed = (trigger: Trigger): ScheduledFault => ({
  request: { id: 1, kind: 'kill', target: 'one', order: ['n1'] },
  atMs: 0,
  forMs: 1000,
  trigger,
});

type Listener = (node: string, line: string) => void;

function watch() {
  const clock = new VirtualClock();
  const silent: Listener = () => undefined;
  const state = { leaders: ['n1'], log: silent };
  const cluster = {
    primaries: async () => state.leaders,
    abilities: {
      logs: {
        follow: async (onLine: Listener) => {
          state.log = onLine;
          return () => (state.log = silent);
        },
      },
    },
  } as unknown as Cluster;
  return { state, clock, triggers: new Triggers(cluster, clock) };
}

const event = (type: Operation['type'], more: Partial<Operation> = {}): Operation =>
  ({ index: 0, time: 0, process: 1, type, f: 'write', value: 1, ...more }) as Operation;

describe('triggers', () => {
  it('leader-changed: another node leads than when the wait began', async () => {
    const { state, clock, triggers } = watch();
    const fault = aimed({ kind: 'leader-changed' });
    await clock.run(
      (async () => {
        expect(triggers.fired(fault)).toBeUndefined();
        await clock.sleep(500);
        expect(triggers.fired(fault)).toBeUndefined();
        state.leaders = [];
        await clock.sleep(500);
        expect(triggers.fired(fault)).toBeUndefined();
        state.leaders = ['n3'];
        await clock.sleep(500);
        expect(triggers.fired(fault)).toBe('leader changed from n1 to n3');
        triggers.close();
      })(),
    );
  });

  it('first-info: the first unknown outcome since the wait began', () => {
    const { triggers } = watch();
    const fault = aimed({ kind: 'first-info' });
    triggers.observe(event('info'));
    expect(triggers.fired(fault)).toBeUndefined();
    triggers.observe(event('info', { process: 'nemesis', f: 'phase' }));
    triggers.observe(event('ok'));
    expect(triggers.fired(fault)).toBeUndefined();
    triggers.observe(event('info', { node: 'n2', error: 'timeout' }));
    triggers.observe(event('info', { node: 'n3', error: 'reset' }));
    expect(triggers.fired(fault)).toBe('first unknown outcome (write on n2: timeout)');
  });

  it('invocations: so many since the run began, of one kind where given', () => {
    const { triggers } = watch();
    const [any, reads] = [
      aimed({ kind: 'invocations', count: 3 }),
      aimed({ kind: 'invocations', count: 2, f: 'read' }),
    ];
    triggers.observe(event('invoke'));
    triggers.observe(event('invoke', { f: 'read' }));
    expect([triggers.fired(any), triggers.fired(reads)]).toEqual([undefined, undefined]);
    triggers.observe(event('invoke', { f: 'read' }));
    expect([triggers.fired(any), triggers.fired(reads)]).toEqual(['3 invocations', '2 read invocations']);
  });

  it('log-line: a node logs the text', () => {
    const { state, triggers } = watch();
    const fault = aimed({ kind: 'log-line', text: 'elected leader' });
    expect(triggers.fired(fault)).toBeUndefined();
    state.log('n2', 'nothing of the kind');
    expect(triggers.fired(fault)).toBeUndefined();
    state.log('n2', 'raft: elected leader n2\n');
    expect(triggers.fired(fault)).toBe('n2 logged: raft: elected leader n2');
  });

  it('name the faults that never began', () => {
    const { triggers } = watch();
    const never = aimed({ kind: 'invocations', count: 9 });
    expect(triggers.unfired([never, { ...never, trigger: undefined }])).toEqual([
      'fault 1 (kill one) never began: invocation 9 did not happen',
    ]);
  });
});
