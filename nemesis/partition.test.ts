import { describe, expect, it } from 'vitest';
import { CLIENTS, type Link } from '../docker/system.js';
import { GRUDGES } from './grudges.js';
import { partition } from './partition.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, PATIENT, QUICK, request } from './testing/faults.js';

async function inject(target: string, sabotage: Sabotage = {}, limits = QUICK) {
  const cluster = new FakeCluster(5, sabotage);
  const asked = request('partition', target, ['n4', 'n2', 'n5', 'n1', 'n3']);
  return { cluster, fault: await partition.inject(asked, contextOf(cluster, { limits })) };
}

describe('partition', () => {
  it.each(Object.keys(GRUDGES))('%s bites, heals, and says who led', async (target) => {
    const { cluster, fault } = await inject(target);
    expect(cluster.cuts.length).toBeGreaterThan(0);
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: true, healed: true, leadersAfter: ['n1'] });
    expect(fault.leadersBefore).toEqual(['n1']);
    expect(cluster.cuts).toEqual([]);
  });

  it('isolates whoever leads when it is injected', async () => {
    const { fault } = await inject('isolate-leader');
    expect(fault.nodes).toEqual(['n1']);
    expect((await fault.heal()).evidence[0]).toMatchObject({ measured: 'led: n1', bit: true });
  });

  it('shows drops and a failed connection for every pair', async () => {
    const { fault } = await inject('isolate-one');
    const { evidence, healing } = await fault.heal();
    expect(evidence).toHaveLength(9);
    expect(evidence[8]).toEqual({ what: 'all other links', expected: 'not cut', measured: 'not cut', bit: true });
    expect(evidence[0]).toEqual({
      what: 'dropped packets n2–n4',
      expected: 'more than 0 in each direction cut',
      measured: 'n2→n4 1, n4→n2 1',
      bit: true,
    });
    expect(evidence[1]).toMatchObject({ what: 'new connections n2–n4', measured: 'n2→n4 failed, n4→n2 failed' });
    expect(healing).toHaveLength(4);
    expect(healing[0]).toMatchObject({ measured: 'n2→n4 succeeded, n4→n2 succeeded', bit: true });
  });

  it('heals once, however often it is asked', async () => {
    const { cluster, fault } = await inject('bridge');
    const [first, second] = await Promise.all([fault.heal(), fault.heal()]);
    expect(second).toBe(first);
    expect(await fault.heal()).toBe(first);
    expect(cluster.calls.filter((call) => call === 'heal network')).toHaveLength(1);
  });
});

describe('partitions that overlap', () => {
  async function two() {
    const cluster = new FakeCluster(5);
    const inject = (id: number, order: readonly string[]) =>
      partition.inject({ ...request('partition', 'isolate-one', order), id }, contextOf(cluster));
    const first = await inject(1, ['n4', 'n2', 'n5', 'n1', 'n3']);
    const second = await inject(2, ['n2', 'n4', 'n5', 'n1', 'n3']);
    return { cluster, first, second };
  }

  it('leave each other in place', async () => {
    const { cluster, first, second } = await two();
    const { healed, healing } = await first.heal();
    expect(healed).toBe(true);
    expect(healing.filter(({ measured }) => measured === 'cut by another fault')).toMatchObject([
      { what: 'new connections n2–n4 after healing' },
    ]);
    expect(cluster.cuts.length).toBe(8);
    expect(cluster.cuts).toContain('n4→n2');
    expect(await second.heal()).toMatchObject({ effective: true, healed: true });
    expect(cluster.cuts).toEqual([]);
  });

  it('do not count each other as cut by mistake', async () => {
    const { first, second } = await two();
    const healed = [await first.heal(), await second.heal()];
    for (const { effective } of healed) expect(effective).toBe(true);
  });
});

describe('a partition that did not bite', () => {
  it('is ineffective when nothing was cut', async () => {
    const { fault } = await inject('random-halves', { cutInstead: () => [] });
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: false, healed: true });
    expect(healed.evidence.filter(({ bit }) => bit)).toMatchObject([{ what: 'all other links' }]);
  });

  it('is ineffective when another node was cut off', async () => {
    const cutInstead = () => GRUDGES['isolate-one'].draw(['n3', 'n1', 'n2', 'n4', 'n5']).links;
    const { fault } = await inject('isolate-one', { cutInstead });
    const { effective, evidence } = await fault.heal();
    expect(effective).toBe(false);
    // The pair that both have in common really was cut, and the evidence says so.
    expect(evidence.filter(({ bit }) => bit).map(({ what }) => what)).toEqual([
      'dropped packets n3–n4',
      'new connections n3–n4',
    ]);
  });

  it('is ineffective when a single direction of a single pair is missing', async () => {
    const { fault } = await inject('random-halves', { cutInstead: (links) => links.slice(1) });
    const { effective, evidence } = await fault.heal();
    expect(effective).toBe(false);
    expect(evidence.filter(({ bit }) => !bit)).toMatchObject([
      { measured: expect.stringMatching(/^n4→n5 0, n5→n4 \d$/) },
    ]);
  });

  it('is ineffective when a one-way cut points the other way', async () => {
    const cutInstead = (links: readonly Link[]) => links.map(({ from, to }) => ({ from: to, to: from }));
    expect((await (await inject('one-way', { cutInstead })).fault.heal()).effective).toBe(false);
  });

  it('is ineffective when a one-way cut goes both ways', async () => {
    const cutInstead = (links: readonly Link[]) =>
      links.flatMap(({ from, to }) => [
        { from, to },
        { from: to, to: from },
      ]);
    const { effective, evidence } = await (await inject('one-way', { cutInstead })).fault.heal();
    expect(effective).toBe(false);
    expect(evidence.filter(({ bit }) => !bit)).toMatchObject([
      { what: 'all other links', measured: 'cut: n5→n4, n1→n4, n3→n4, n5→n2, n1→n2, n3→n2' },
    ]);
  });

  it('is ineffective when its rules vanish before it is healed', async () => {
    const { cluster, fault } = await inject('isolate-one');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await cluster.abilities.network.heal();
    expect((await fault.heal()).effective).toBe(false);
  });

  it('takes no credit for packets that an earlier rule dropped', async () => {
    const cluster = new FakeCluster(2, { cutInstead: () => [] });
    const links = GRUDGES['isolate-one'].draw(['n1', 'n2']).links;
    cluster.sabotage = {};
    await cluster.abilities.network.cut(links);
    for (const link of links) cluster.send(link);
    cluster.sabotage = { cutInstead: () => [], probesBlind: true };
    // Counters as a reading taken once and never moving again.
    const stale = await cluster.abilities.network.dropped();
    const network = { ...cluster.abilities.network, dropped: async () => stale };
    const frozen = Object.assign(Object.create(cluster) as FakeCluster, { abilities: { network } });
    const fault = await partition.inject(request('partition', 'isolate-one', ['n1', 'n2']), contextOf(frozen));
    expect((await fault.heal()).evidence[0]).toMatchObject({ measured: 'n1→n2 0, n2→n1 0', bit: false });
  });
});

it('probes once more where a probe on a slow machine sent nothing', async () => {
  const cluster = new FakeCluster(3);
  const { probe } = cluster.abilities.network;
  let probes = 0;
  cluster.abilities.network.probe = async (links) =>
    ++probes === 1 ? links.map((link) => ({ ...link, reachable: false })) : probe(links);
  const fault = await partition.inject(request('partition', 'isolate-one', cluster.order), contextOf(cluster));
  expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
});

describe('healing a partition', () => {
  it('is not believed while a rule is left', async () => {
    const { fault } = await inject('isolate-one', { keepCut: ({ from }) => from === 'n2' });
    const { healed, healing } = await fault.heal();
    expect(healed).toBe(false);
    expect(healing.find(({ bit }) => !bit)).toMatchObject({
      measured: 'n2→n4 failed, n4→n2 failed, n2→n4 is still cut',
    });
  });

  it('is not believed while connections fail, so that a blind probe proves nothing', async () => {
    const { fault } = await inject('isolate-one', { probesBlind: true });
    expect((await fault.heal()).healed).toBe(false);
  });

  it('is tried again until it holds', async () => {
    const { cluster, fault } = await inject('isolate-one', { keepCut: () => true }, PATIENT);
    setTimeout(() => (cluster.sabotage = {}), 15);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
  });

  it('removes what was cut before the injection failed', async () => {
    const cluster = new FakeCluster(3, { rejects: ['n2'] });
    const injecting = partition.inject(request('partition', 'isolate-one', cluster.order), contextOf(cluster));
    await expect(injecting).rejects.toThrow('the container is gone');
    expect(cluster.cuts).toEqual([]);
  });

  it('removes what is cut after the injection was given up', async () => {
    const cluster = new FakeCluster(3);
    const { cut, heal, ...rest } = cluster.abilities.network;
    const late = async (links: Parameters<typeof cut>[0]) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await cut(links);
    };
    const slow = Object.assign(Object.create(cluster) as FakeCluster, {
      abilities: { network: { ...rest, heal, cut: late } },
    });
    const injecting = partition.inject(request('partition', 'isolate-one', cluster.order), contextOf(slow));
    await expect(injecting).rejects.toThrow('injecting: no answer within 120 ms');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(cluster.calls.at(-1)).toBe('heal network');
    expect(cluster.cuts).toEqual([]);
  });
});

it('probes clients from their side and asks for drops in one direction', async () => {
  const { cluster, fault } = await inject('clients-node');
  expect(cluster.cuts).toEqual([`${CLIENTS}→n4`, `n4→${CLIENTS}`]);
  const { evidence } = await fault.heal();
  expect(evidence).toMatchObject([
    { what: 'dropped packets clients–n4', measured: 'clients→n4 1, n4→clients 0', bit: true },
    { what: 'new connections clients–n4', measured: 'clients→n4 failed', bit: true },
    { what: 'all other links', measured: 'not cut', bit: true },
  ]);
});
