import { describe, expect, it } from 'vitest';
import { powerLoss } from './power-loss.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const order = ['n4', 'n2', 'n5', 'n1', 'n3'];
  const fault = await powerLoss.inject(request('power-loss', target, order), contextOf(cluster));
  return { cluster, fault };
}

describe('power loss', () => {
  it.each(powerLoss.targets)('of %s bites and heals', async (target) => {
    const { cluster, fault } = await inject(target);
    for (const node of fault.nodes) expect(cluster.runs(node)).toBe(false);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('shows the disk down, the processes gone, and another mount', async () => {
    const { fault } = await inject('one');
    const { evidence, healing } = await fault.heal();
    expect(fault.description).toBe('n4 without power');
    expect(evidence).toMatchObject([
      { what: 'disk of n4', measured: 'up before, down now', bit: true },
      { what: 'processes of n4', measured: 'gone', bit: true },
    ]);
    expect(healing).toMatchObject([
      { what: 'disk of n4 after healing', measured: 'up, mount 2; it said: recovered', bit: true },
      { what: 'processes of n4 after healing', bit: true },
    ]);
  });

  it.each<[string, Sabotage]>([
    ['the disk lost nothing', { diskStaysUp: ['n4'] }],
    ['the processes went on', { survivesOutage: ['n4'] }],
  ])('is ineffective where %s', async (_, sabotage) => {
    expect(await (await inject('one', sabotage)).fault.heal()).toMatchObject({ effective: false });
  });

  it('is not healed while the disk is the one that was mounted before', async () => {
    const { healed, healing } = await (await inject('one', { neverMounts: ['n4'] })).fault.heal();
    expect(healed).toBe(false);
    expect(healing[0]).toMatchObject({ measured: 'up, mount 1; it said: recovered', bit: false });
  });

  it('is not healed while the database does not start', async () => {
    const { healed, healing } = await (await inject('minority', { neverStarts: ['n2'] })).fault.heal();
    expect(healed).toBe(false);
    expect(healing.at(-1)).toMatchObject({ what: 'undoing the fault', measured: 'the data directory is corrupt' });
  });
});
