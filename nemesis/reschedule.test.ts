import { describe, expect, it } from 'vitest';
import { reschedule } from './reschedule.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const order = ['n4', 'n2', 'n5', 'n1', 'n3'];
  const fault = await reschedule.inject(request('reschedule', target, order), contextOf(cluster));
  return { cluster, fault };
}

describe('reschedule', () => {
  it.each(reschedule.targets)('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(target);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('shows the addresses and the volume, and that the new place answers', async () => {
    const { fault } = await inject('one');
    expect(fault.description).toBe('n4 from 10.0.0.4 to 10.0.0.100, volume kept');
    const { evidence, healing } = await fault.heal();
    expect(evidence).toMatchObject([
      { what: 'address of n4', expected: 'another than 10.0.0.4, known to the cluster', measured: '10.0.0.100' },
      { what: 'volume of n4', expected: 'the same', measured: 'the same (data-1)' },
    ]);
    expect(healing).toMatchObject([
      { what: 'processes of n4 after healing' },
      { what: 'new connections clients–n4 after healing', measured: 'succeed at 10.0.0.100' },
      { what: 'members after healing' },
    ]);
  });

  it('moves one after the other', async () => {
    const { cluster } = await inject('minority');
    expect(cluster.calls).toEqual(['reschedule n2 kept', 'reschedule n4 kept']);
  });

  it('is ineffective where the address stays', async () => {
    expect(await (await inject('one', { keepsAddress: ['n4'] })).fault.heal()).toMatchObject({ effective: false });
  });

  it('is not healed while the new place does not answer', async () => {
    const { healed, healing } = await (await inject('one', { probesBlind: true })).fault.heal();
    expect(healed).toBe(false);
    expect(healing[1]).toMatchObject({ measured: 'fail at 10.0.0.100', bit: false });
  });

  it('moves no further node once the run is interrupted', async () => {
    const cluster = new FakeCluster(5);
    const interrupt = new AbortController();
    const { reschedule: moveOne } = cluster.abilities.orchestrator;
    cluster.abilities.orchestrator.reschedule = (node, volume) => {
      interrupt.abort(new Error('interrupted'));
      return moveOne(node, volume);
    };
    const context = contextOf(cluster, { signal: interrupt.signal });
    const injecting = reschedule.inject(request('reschedule', 'all', cluster.order), context);
    await expect(injecting).rejects.toThrow('interrupted');
    expect(cluster.calls).toEqual(['reschedule n1 kept']);
  });

  it('finishes a move that broke off, and says so', async () => {
    const cluster = new FakeCluster(5, { movesBreakOff: { node: 'n4', times: 1 } });
    const injecting = reschedule.inject(
      request('reschedule', 'one', ['n4', 'n1', 'n2', 'n3', 'n5']),
      contextOf(cluster),
    );
    await expect(injecting).rejects.toThrow('the pod could not be made');
    expect(cluster.runs('n4')).toBe(true);
  });
});
