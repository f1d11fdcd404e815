import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../docker/system.js';
import type { Nemesis } from './nemesis.js';
import { partition } from './partition.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';
import { delay, duplicate, loss, reorder, slow } from './traffic.js';

const order = ['n4', 'n2', 'n5', 'n1', 'n3'];

async function inject(nemesis: Nemesis, target: string, sabotage: Sabotage = {}, options?: Record<string, number>) {
  const cluster = new FakeCluster(5, sabotage);
  const asked = { ...request(nemesis.name, target, order), ...(options && { options }) };
  return { cluster, fault: await nemesis.inject(asked, contextOf(cluster)) };
}

describe.each([[loss], [slow], [delay], [reorder], [duplicate]])('$name', (nemesis) => {
  it.each(nemesis.targets)('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(nemesis, target);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    expect(cluster.traffic.links).toEqual([]);
  });

  it('is ineffective where the lines stay good', async () => {
    const { fault } = await inject(nemesis, 'minority', { linesGood: ['n2'] });
    expect(await fault.heal()).toMatchObject({ effective: false, healed: true });
  });

  it('is not healed while something is left in place', async () => {
    expect(await (await inject(nemesis, 'one', { linesStuck: true })).fault.heal()).toMatchObject({ healed: false });
  });

  it('says so where the kernel cannot do it', async () => {
    const lacks = ['loss', 'throttle', 'delay', 'reorder', 'duplicate'] as const;
    await expect(inject(nemesis, 'one', { lacks })).rejects.toThrow(`${nemesis.name}: not available on this kernel`);
  });
});

describe('bad lines', () => {
  it('are those that were asked for, both ways', async () => {
    const { cluster } = await inject(slow, 'halves');
    const { links } = cluster.traffic;
    expect(links).toHaveLength(12);
    expect(links).toContainEqual({ from: 'n4', to: 'n1' });
    expect(links.flatMap(({ from, to }) => [from, to])).not.toContain(CLIENTS);
    const all = (await inject(slow, 'all')).cluster.traffic.links;
    expect(new Set(all.map(({ from, to }) => `${from}${to}`)).size).toBe(30);
  });

  it('are as bad as is asked for', async () => {
    const { cluster, fault } = await inject(loss, 'one', {}, { share: 0.5 });
    expect(cluster.traffic.impairment).toEqual({ kind: 'loss', share: 0.5 });
    expect(fault.description).toBe('50 % of packets lost between n4 and everybody else');
    await expect(inject(loss, 'one', {}, { share: 2 })).rejects.toThrow();
  });

  it('are good again while a partition still cuts some of them', async () => {
    const { cluster, fault } = await inject(loss, 'all');
    const cut = await partition.inject(request('partition', 'isolate-one', order), contextOf(cluster));
    expect(await fault.heal()).toMatchObject({ healed: true });
    expect(await cut.heal()).toMatchObject({ effective: true, healed: true });
  });

  it('are bad in one way at a time', async () => {
    const { cluster, fault } = await inject(loss, 'one');
    const second = slow.inject(request('slow', 'one', order), contextOf(cluster));
    await expect(second).rejects.toThrow('slow: another fault of the lines is in place');
    expect(cluster.traffic.links).not.toEqual([]);
    await fault.heal();
    const third = await slow.inject(request('slow', 'one', order), contextOf(cluster));
    expect(await third.heal()).toMatchObject({ effective: true, healed: true });
  });
});
