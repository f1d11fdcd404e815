import { describe, expect, it } from 'vitest';
import { type RealClock, VirtualClock } from '../harness/kit/clock.js';
import { clock } from './clock.js';
import type { ActiveFault, HealedFault } from './nemesis.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, PATIENT, request } from './testing/faults.js';

const order = ['n4', 'n2', 'n5', 'n1', 'n3'];

/** In virtual time: how far a clock drifted is then exact. */
function trial(
  target: string,
  { sabotage = {}, options, id = 1 }: { sabotage?: Sabotage; options?: Record<string, number>; id?: number } = {},
): Promise<{ readonly cluster: FakeCluster; readonly fault: ActiveFault; readonly healed: HealedFault }> {
  const time = new VirtualClock();
  const cluster = new FakeCluster(5, sabotage);
  cluster.clock = time as unknown as RealClock;
  const work = async () => {
    const asked = { ...request('clock', target, order), id, ...(options && { options }) };
    const fault = await clock.inject(asked, contextOf(cluster, { clock: time, limits: PATIENT }));
    await time.sleep(2_000);
    return { cluster, fault, healed: await fault.heal() };
  };
  return time.run(work());
}

describe('clock', () => {
  it.each(clock.targets)('%s bites and heals', async (target) => {
    const { cluster, healed } = await trial(target);
    expect(healed).toMatchObject({ effective: true, healed: true });
    for (const node of order) expect(await cluster.abilities.clocks.offsetMs(node)).toBe(0);
  });

  it('jumps as far as it is told', async () => {
    const { fault, healed } = await trial('jump-one', { options: { offsetMs: -7_000 } });
    expect(fault.description).toBe('clocks of n4 set −7000 ms');
    expect(healed.evidence).toMatchObject([{ what: 'clock of n4', measured: '−7000 ms (+0 ms before)', bit: true }]);
    expect(healed.healing).toMatchObject([{ what: 'clock of n4 after healing', measured: '+0 ms', bit: true }]);
  });

  it('runs at the rate it is told', async () => {
    const { fault, healed } = await trial('drift-one', { options: { rate: 1.5 } });
    expect(fault.description).toBe('clocks of n4 running at 1.5');
    expect(healed.evidence).toMatchObject([{ expected: '+1000 ms in 2000 ms', measured: '+1000 ms', bit: true }]);
  });

  it('jumps both ways from fault to fault', async () => {
    const first = await trial('jump-one', { id: 1 });
    const second = await trial('jump-one', { id: 2 });
    expect([first, second].map(({ fault }) => fault.description.slice(-8))).toEqual(['+3000 ms', '−3000 ms']);
  });

  it.each(['jump-one', 'drift-one'])('%s is ineffective where the clock goes on as before', async (target) => {
    const { healed } = await trial(target, { sabotage: { clockStuck: ['n4'] } });
    expect(healed).toMatchObject({ effective: false, healed: true });
  });

  it('is not healed while the clock is wrong', async () => {
    const { healed } = await trial('jump-one', { sabotage: { clockLost: ['n4'] } });
    expect(healed).toMatchObject({ effective: true, healed: false });
  });

  it('refuses settings it does not know', async () => {
    await expect(trial('jump-one', { options: { offset: 3 } })).rejects.toThrow('offset');
  });
});
