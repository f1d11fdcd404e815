import { describe, expect, it } from 'vitest';
import { pause } from './pause.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const fault = await pause.inject(request('pause', target, ['n4', 'n2', 'n5', 'n1', 'n3']), contextOf(cluster));
  return { cluster, fault };
}

describe('pause', () => {
  it.each(pause.targets)('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(target);
    for (const node of fault.nodes) expect(cluster.runs(node)).toBe(false);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('stops by signal: state T and no CPU ticks', async () => {
    const { fault } = await inject('one');
    expect(fault.description).toBe('n4 stopped by SIGSTOP');
    const { evidence, healing } = await fault.heal();
    expect(evidence).toHaveLength(1);
    expect(evidence[0].measured).toMatch(/^pid \d+ T then T, 0 ticks used$/);
    expect(healing[0].measured).toMatch(/^pid \d+ S, started at tick \d+$/);
  });

  it('freezes the pod: frozen and no CPU time', async () => {
    const { cluster, fault } = await inject('freeze-leader');
    expect(fault.description).toBe('n1 frozen');
    expect(cluster.calls).toContain('freeze n1');
    const { evidence, healing } = await fault.heal();
    expect(evidence.map(({ measured }) => measured)).toEqual(['led: n1', 'frozen then frozen, 0 ns used']);
    expect(healing.map(({ what }) => what)).toEqual(['freezer of n1 after healing', 'processes of n1 after healing']);
  });

  it('has freezer targets only where there is a freezer', () => {
    const terrain = { system: 'x', nodes: 3, abilities: ['processes'] } as const;
    expect(pause.targetsFor?.(terrain)).toEqual(['one', 'minority', 'majority', 'all', 'leader', 'non-leader']);
    expect(pause.targetsFor?.({ ...terrain, abilities: ['processes', 'freezer'] })).toHaveLength(12);
  });
});

describe('a pause that did not bite', () => {
  it.each<[string, string, Sabotage]>([
    ['the process ignores the signal', 'one', { deaf: ['n4'] }],
    ['another node was hit', 'one', { signalInstead: { n4: 'n2' } }],
    ['one of several goes on', 'minority', { deaf: ['n2'] }],
    ['the freezer only says so', 'freeze-one', { freezesNothing: ['n4'] }],
  ])('is ineffective when %s', async (_, target, sabotage) => {
    expect(await (await inject(target, sabotage)).fault.heal()).toMatchObject({ effective: false });
  });

  it('is ineffective when something continued the process meanwhile', async () => {
    const { cluster, fault } = await inject('one');
    await cluster.abilities.processes.signal('n4', 'CONT');
    expect((await fault.heal()).effective).toBe(false);
  });

  it('is ineffective when the process ran in between, though it is stopped again', async () => {
    const { cluster, fault } = await inject('one');
    const { signal, status } = cluster.abilities.processes;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await signal('n4', 'CONT');
    await status('n4');
    await signal('n4', 'STOP');
    const { effective, evidence } = await fault.heal();
    expect(effective).toBe(false);
    expect(evidence[0].measured).toMatch(/T then T, 1 ticks used$/);
  });
});

describe('healing a pause', () => {
  it('is not believed while a process is stopped', async () => {
    const { cluster, fault } = await inject('minority');
    cluster.sabotage = { deaf: ['n2'] };
    const { healed, healing } = await fault.heal();
    expect(healed).toBe(false);
    expect(healing.map(({ bit }) => bit)).toEqual([false, true]);
  });

  it('is not believed while a pod is frozen', async () => {
    const { healed, healing } = await (await inject('freeze-minority', { freezerStuck: ['n2'] })).fault.heal();
    expect(healed).toBe(false);
    expect(healing[0]).toMatchObject({ what: 'freezer of n2 after healing', measured: 'frozen', bit: false });
  });

  it('starts a database that gave up when it woke', async () => {
    const { cluster, fault } = await inject('one', { diesOnResume: ['n4'] });
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    expect(cluster.calls).toContain('start n4');
  });

  it('continues what was stopped before the injection failed', async () => {
    const cluster = new FakeCluster(3);
    const { signal } = cluster.abilities.processes;
    cluster.abilities.processes.signal = async (node, name) => {
      if (node === 'n2' && name === 'STOP') throw new Error('the container is gone');
      return signal(node, name);
    };
    const injecting = pause.inject(request('pause', 'all', cluster.order), contextOf(cluster));
    await expect(injecting).rejects.toThrow('n2: the container is gone');
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });
});
