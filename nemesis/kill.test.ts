import { describe, expect, it } from 'vitest';
import { kill } from './kill.js';
import { TARGETS } from './targets.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const fault = await kill.inject(request('kill', target, ['n4', 'n2', 'n5', 'n1', 'n3']), contextOf(cluster));
  return { cluster, fault };
}

describe('kill', () => {
  it.each(Object.keys(TARGETS))('%s bites and heals', async (target) => {
    const { cluster, fault } = await inject(target);
    for (const node of fault.nodes) expect(cluster.runs(node)).toBe(false);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('takes its nodes from the front of the order', async () => {
    expect((await inject('one')).fault.nodes).toEqual(['n4']);
    expect((await inject('minority')).fault.nodes).toEqual(['n2', 'n4']);
    expect((await inject('majority')).fault.nodes).toEqual(['n2', 'n4', 'n5']);
    expect((await inject('leader')).fault.nodes).toEqual(['n1']);
  });

  it('records who led before and after', async () => {
    const { fault } = await inject('leader');
    expect(fault.leadersBefore).toEqual(['n1']);
    expect(fault.description).toBe('n1 killed');
    expect((await fault.heal()).leadersAfter).toEqual(['n2']);
  });

  it('shows the pid gone, the exit code, and a new start', async () => {
    const { fault } = await inject('one');
    const { evidence, healing } = await fault.heal();
    expect(evidence).toMatchObject([
      { what: 'processes of n4', measured: 'gone' },
      { what: 'end of n4', expected: 'exit code 137 (SIGKILL)', measured: 'exit code 137' },
    ]);
    expect(healing).toMatchObject([{ what: 'processes of n4 after healing', bit: true }]);
    expect(healing[0].expected).toMatch(/^running, started after tick \d+$/);
  });
});

describe('a kill of chosen processes', () => {
  it('leaves the others alone, and does not ask how the node ended', async () => {
    const cluster = new FakeCluster(3);
    const asked: (readonly string[] | undefined)[] = [];
    const { status, signal } = cluster.abilities.processes;
    cluster.abilities.processes.signal = (node, name, only) => (asked.push(only), signal(node, name, only));
    cluster.abilities.processes.status = (node, only) => (asked.push(only), status(node, only));
    const narrowed = { ...request('kill', 'one', cluster.order), options: { process: 'postgres' } };
    const fault = await kill.inject(narrowed, contextOf(cluster));
    expect(fault.description).toBe('postgres of n1 killed');
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: true, healed: true });
    expect(healed.evidence).toMatchObject([{ what: 'processes of n1', measured: 'gone' }]);
    expect(new Set(asked.map((only) => only?.join()))).toEqual(new Set(['postgres']));
  });
});

describe('a kill that did not bite', () => {
  it('is ineffective when the process ignores it, and still healed', async () => {
    const healed = await (await inject('one', { deaf: ['n4'] })).fault.heal();
    expect(healed).toMatchObject({ effective: false, healed: true });
    expect(healed.evidence[0].measured).toMatch(/^pid \d+ still there$/);
    expect(healed.evidence[1].measured).toBe('no exit seen');
  });

  it('is ineffective when another node was hit', async () => {
    const { cluster, fault } = await inject('one', { signalInstead: { n4: 'n2' } });
    expect(cluster.runs('n2')).toBe(false);
    expect(await fault.heal()).toMatchObject({ effective: false });
  });

  it('is ineffective when one of several survives', async () => {
    const { effective, evidence } = await (await inject('minority', { deaf: ['n2'] })).fault.heal();
    expect(effective).toBe(false);
    expect(evidence.map(({ bit }) => bit)).toEqual([false, false, true, true]);
  });

  it('is ineffective on a node that was down already', async () => {
    const cluster = new FakeCluster(3);
    await cluster.abilities.processes.signal('n1', 'KILL');
    const fault = await kill.inject(request('kill', 'one', cluster.order), contextOf(cluster));
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: false, healed: true });
    expect(healed.evidence[0]).toMatchObject({ measured: 'none was running', bit: false });
  });
});

it('counts a process that its supervisor replaced as killed', async () => {
  const { fault } = await inject('one', { supervised: ['n4'] });
  const healed = await fault.heal();
  expect(healed).toMatchObject({ effective: true, healed: true });
  expect(healed.evidence[1].measured).toMatch(/^replaced by pid \d+$/);
});

describe('healing a kill', () => {
  it('starts the others when one node does not come back, and says why', async () => {
    const { cluster, fault } = await inject('minority', { neverStarts: ['n2'] });
    const { effective, healed, healing } = await fault.heal();
    expect({ effective, healed }).toEqual({ effective: true, healed: false });
    expect(cluster.runs('n4')).toBe(true);
    expect(healing).toMatchObject([
      { what: 'processes of n2 after healing', measured: 'none', bit: false },
      { what: 'processes of n4 after healing', bit: true },
      { what: 'undoing the fault', measured: 'n2: the data directory is corrupt', bit: false },
    ]);
  });

  it('is tried again when asked again, and keeps its evidence', async () => {
    const { cluster, fault } = await inject('minority', { neverStarts: ['n2'] });
    const first = await fault.heal();
    cluster.sabotage = {};
    const second = await fault.heal();
    expect(second).toMatchObject({ effective: true, healed: true });
    expect(second.evidence).toBe(first.evidence);
    expect(await fault.heal()).toBe(second);
  });

  it('starts the others when one node answers nothing any more', async () => {
    const { cluster, fault } = await inject('minority');
    cluster.sabotage = { hangs: ['n2'] };
    const { healed, healing } = await fault.heal();
    expect(healed).toBe(false);
    expect(cluster.runs('n4')).toBe(true);
    expect(healing[0]).toMatchObject({ what: 'evidence of n2', measured: 'the node: no answer within 120 ms' });
  });

  it('starts what was killed before the injection failed', async () => {
    const cluster = new FakeCluster(3);
    const { signal } = cluster.abilities.processes;
    cluster.abilities.processes.signal = async (node, name) => {
      if (node === 'n2') throw new Error('the container is gone');
      return signal(node, name);
    };
    const injecting = kill.inject(request('kill', 'all', cluster.order), contextOf(cluster));
    await expect(injecting).rejects.toThrow('n2: the container is gone');
    for (const node of cluster.order) expect(cluster.runs(node)).toBe(true);
  });

  it('is not injected into a run that was interrupted', async () => {
    const cluster = new FakeCluster(3);
    const context = contextOf(cluster, { signal: AbortSignal.abort(new Error('interrupted')) });
    await expect(kill.inject(request('kill', 'all', cluster.order), context)).rejects.toThrow('interrupted');
    expect(cluster.calls).toEqual([]);
  });
});
