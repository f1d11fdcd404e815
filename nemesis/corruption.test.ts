import { describe, expect, it } from 'vitest';
import { composeNemeses } from './compose.js';
import { corruption } from './corruption.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}, options?: Record<string, string>) {
  const cluster = new FakeCluster(5, sabotage);
  const asked = { ...request('corruption', target, ['n4', 'n2', 'n5', 'n1', 'n3']), ...(options && { options }) };
  return { cluster, fault: await corruption.inject(asked, contextOf(cluster)) };
}

describe('corruption', () => {
  it.each(corruption.targets)('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(target);
    expect(fault.nodes.length).toBeLessThan(3);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('damages the file that is asked for, while the node is down', async () => {
    const { cluster, fault } = await inject('truncate-one', {}, { file: 'wal' });
    expect(fault.description).toBe('n4: data/wal truncate');
    expect(cluster.calls).toEqual(['KILL n4', 'truncate n4', 'start n4']);
    expect((await fault.heal()).evidence).toMatchObject([{ what: 'file data/wal of n4', measured: 'truncate' }]);
  });

  it('replaces a node that does not start on what is left', async () => {
    const { cluster, fault } = await inject('bit-flip-one', { refusesDamage: ['n4'] });
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: true, healed: true });
    expect(healed.healing[0]).toMatchObject({ measured: 'did not start; replaced from nothing' });
    expect(cluster.calls).toContain('reschedule n4 wiped');
  });

  it('never replaces a majority: then the nodes stay down, and that is said', async () => {
    const { cluster, fault } = await inject('truncate-majority', { refusesDamage: ['n2', 'n4', 'n5'] });
    expect(await fault.heal()).toMatchObject({ effective: true, healed: false });
    expect(cluster.calls.join()).not.toContain('reschedule');
  });

  it('hits a majority only on request', () => {
    const terrain = { system: 'x', nodes: 5, abilities: corruption.needs };
    const targetsOf = (name: string) => composeNemeses([name], [corruption], terrain)[0].targets;
    expect(targetsOf('corruption').join()).not.toMatch(/majority|all/);
    expect(targetsOf('corruption:truncate-all')).toEqual(['truncate-all']);
  });
});
