import { describe, expect, it } from 'vitest';
import { diskErrors, diskFull, diskStall } from './disk.js';
import type { Nemesis } from './nemesis.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(nemesis: Nemesis, target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const order = ['n4', 'n2', 'n5', 'n1', 'n3'];
  return { cluster, fault: await nemesis.inject(request(nemesis.name, target, order), contextOf(cluster)) };
}

describe.each([
  [diskStall, 'n4: disks stalled', 'waits'],
  [diskFull, 'n4: disks full', 'fails with ENOSPC'],
  [diskErrors, 'n4: disks failing', 'fails with an I/O error'],
])('$name', (nemesis, description, words) => {
  it.each(nemesis.targets)('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(nemesis, target);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    for (const node of cluster.order) expect((await cluster.abilities.disks.probe(node)).write).toBe('ok');
  });

  it('shows what a write met', async () => {
    const { fault } = await inject(nemesis, 'one');
    const { evidence, healing } = await fault.heal();
    expect(fault.description).toBe(description);
    expect(evidence[0].measured).toContain(`${words}, `);
    expect(healing).toMatchObject([
      { what: 'a write to the disk of n4 after healing', measured: 'succeeds, 1000000000 bytes free' },
      { what: 'processes of n4 after healing' },
    ]);
  });

  it('is ineffective where the disk goes on as before', async () => {
    const { fault } = await inject(nemesis, 'minority', { diskFine: ['n2'] });
    expect(await fault.heal()).toMatchObject({ effective: false, healed: true });
  });

  it('is not healed while the disk is broken', async () => {
    const { fault } = await inject(nemesis, 'one', { diskBroken: ['n4'] });
    expect(await fault.heal()).toMatchObject({ effective: true, healed: false });
  });
});
