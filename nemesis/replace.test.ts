import { describe, expect, it } from 'vitest';
import { replace } from './replace.js';
import { minorityOf } from './targets.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

const order = ['n4', 'n2', 'n5', 'n1', 'n3'];

async function inject(target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const fault = await replace.inject(request('replace', target, order), contextOf(cluster));
  return { cluster, fault };
}

describe('replace', () => {
  it.each(replace.targets)('%s bites and heals', async (target) => {
    const { fault } = await inject(target);
    expect(fault.nodes.length).toBeLessThanOrEqual(minorityOf(5));
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
  });

  it('shows another volume', async () => {
    const { evidence } = await (await inject('one')).fault.heal();
    expect(evidence[1]).toMatchObject({ expected: 'another, empty', measured: 'data-2 instead of data-1', bit: true });
  });

  it('is ineffective where the volume is the old one', async () => {
    expect(await (await inject('one', { keepsVolume: ['n4'] })).fault.heal()).toMatchObject({ effective: false });
  });

  it('never wipes a majority, whoever asks', async () => {
    await expect(inject('majority')).rejects.toThrow('nemesis replace has no target majority');
    await expect(inject('all')).rejects.toThrow('nemesis replace has no target all');
  });

  it('wipes no volume while another node is not whole', async () => {
    const cluster = new FakeCluster(5);
    let asked = 0;
    cluster.ready = async () => {
      if (++asked === 2) throw new Error('n2: not joined yet');
    };
    const injecting = replace.inject(request('replace', 'minority', order), contextOf(cluster));
    await expect(injecting).rejects.toThrow('n2: not joined yet');
    expect(cluster.calls).toEqual(['reschedule n2 wiped']);
  });
});
