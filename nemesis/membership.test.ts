import { describe, expect, it } from 'vitest';
import { membership } from './membership.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(3, sabotage);
  const fault = await membership.inject(request('membership', target, ['n3', 'n1', 'n2']), contextOf(cluster));
  return { cluster, fault };
}

describe('membership', () => {
  it.each(membership.targets)('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(target);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    expect([...cluster.order].sort()).toEqual(['n1', 'n2', 'n3']);
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('grows by a name not used so far', async () => {
    const { cluster, fault } = await inject('grow');
    expect(fault).toMatchObject({ description: 'n4 added to the cluster', nodes: ['n4'] });
    expect(cluster.order).toContain('n4');
    expect((await fault.heal()).evidence).toMatchObject([
      { what: 'members', measured: 'n1 n2 n3 n4; before: n1 n2 n3', bit: true },
      { what: 'processes of n4', bit: true },
    ]);
  });

  it('takes out the leader', async () => {
    const { fault } = await inject('shrink-leader');
    expect(fault.nodes).toEqual(['n1']);
    const { evidence, healing } = await fault.heal();
    expect(evidence.at(-1)).toMatchObject({ measured: 'n2 n3; before: n1 n2 n3', bit: true });
    expect(healing).toMatchObject([
      { what: 'members after healing', measured: 'n1 n2 n3' },
      { what: 'processes of n1 after healing' },
    ]);
  });

  it.each(['grow', 'shrink'])('%s is ineffective where the members stay', async (target) => {
    expect(await (await inject(target, { membersFixed: true })).fault.heal()).toMatchObject({ effective: false });
  });

  it('shrinks only where a majority is left', () => {
    const terrain = { system: 'x', nodes: 2, abilities: [] } as const;
    expect(membership.targetsFor?.(terrain)).toEqual(['grow']);
  });

  it('is not healed while the node does not start', async () => {
    const { cluster, fault } = await inject('shrink');
    cluster.sabotage = { neverStarts: ['n3'] };
    expect((await fault.heal()).healed).toBe(false);
  });
});
