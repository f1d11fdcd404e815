import { describe, expect, it } from 'vitest';
import type { SimulatedCluster } from '../cluster.js';
import { clusterOf, open, within } from '../testing/cluster.js';

const others = (on: SimulatedCluster, node: string) => on.nodes.map(({ name }) => name).filter((name) => name !== node);
const isolated = (on: SimulatedCluster, node: string) =>
  others(on, node).flatMap((name) => [
    { from: node, to: name },
    { from: name, to: node },
  ]);

describe('power', () => {
  it.each([
    ['keeps what was acknowledged', {}, 'kept'],
    ['takes it where disks lie about having synced', { bug: 'power-failure-loses-tail' }, undefined],
  ])('cut everywhere at once %s', async (_, options, expected) => {
    const on = clusterOf(5, options);
    await within(on, async () => {
      const all = on.nodes.map(({ name }) => name);
      const { power, processes } = on.abilities;
      await (await open(on, 'kv', 'n1')).put('x', 'kept');
      await power.cut(all);
      expect(await power.status('n2')).toEqual({ up: false, mounts: 1 });
      expect(await processes.status('n2')).toEqual([]);
      // Without power nothing starts.
      await processes.start('n2');
      expect(await processes.status('n2')).toEqual([]);
      await power.restore(all);
      await power.restore(all);
      expect(await power.status('n2')).toEqual({ up: true, mounts: 2 });
      await on.ready(10_000);
      expect((await (await open(on, 'kv', 'n3')).get('x'))?.value).toBe(expected);
    });
  });
});

describe('clocks', () => {
  it('jump, drift and are set right', async () => {
    const on = clusterOf(6);
    await within(on, async () => {
      const { clocks } = on.abilities;
      expect(Math.abs(await clocks.offsetMs('n1'))).toBeLessThan(20);
      await clocks.set('n1', { offsetMs: -3000, rate: 2 });
      expect(await clocks.offsetMs('n1')).toBe(-3000);
      await on.virtualClock.sleep(1000);
      expect(await clocks.offsetMs('n1')).toBe(-2000);
      await clocks.reset('n1');
      await on.virtualClock.sleep(1000);
      expect(await clocks.offsetMs('n1')).toBe(0);
    });
  });

  it('that are set back make a lease last, and a deposed leader answers from the past', async () => {
    const on = clusterOf(7, { bug: 'lease-read-under-skew' });
    await within(on, async () => {
      const [leader] = await on.primaries();
      const [other] = others(on, leader);
      const [there, here] = [await open(on, 'kv', leader), await open(on, 'kv', other)];
      await there.put('x', 'old');
      await on.abilities.clocks.set(leader, { offsetMs: 30_000, rate: 1 });
      await on.virtualClock.sleep(500);
      await on.abilities.clocks.reset(leader);
      await on.abilities.network.cut(isolated(on, leader));
      await on.virtualClock.sleep(2000);
      await here.put('x', 'new');
      expect((await there.get('x'))?.value).toBe('old');
    });
  });
});

describe('an orchestrator', () => {
  it.each(['kept', 'wiped'] as const)('moves a node to another address, its volume %s', async (volume) => {
    const on = clusterOf(8);
    await within(on, async () => {
      const [leader] = await on.primaries();
      const session = await open(on, 'kv', leader);
      await session.put('x', '1');
      const move = await on.abilities.orchestrator.reschedule(leader, volume);
      expect(move.to).not.toBe(move.from);
      expect(move.volumes!.from === move.volumes!.to).toBe(volume === 'kept');
      expect(on.nodes.find(({ name }) => name === leader)?.address).toBe(move.to);
      await on.ready(10_000);
      expect((await (await open(on, 'kv', leader)).get('x'))?.value).toBe('1');
      expect(await on.abilities.membership.members()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    });
  });

  it('replaces every node, one after the other, and nothing is lost', async () => {
    const on = clusterOf(9);
    await within(on, async () => {
      await (await open(on, 'kv', 'n1')).put('x', '1');
      for (const { name } of on.nodes) {
        await on.abilities.orchestrator.reschedule(name, 'wiped');
        await on.ready(10_000);
      }
      expect((await (await open(on, 'kv', 'n2')).get('x'))?.value).toBe('1');
    });
  });
});

describe('membership', () => {
  it('shrinks to one and grows to seven, by the log alone', async () => {
    const on = clusterOf(10);
    await within(on, async () => {
      const { membership, processes } = on.abilities;
      await (await open(on, 'kv', 'n5')).put('x', '1');
      for (const name of ['n1', 'n2', 'n3', 'n4']) await membership.remove(name);
      expect(await membership.members()).toEqual(['n5']);
      expect(on.nodes.map(({ name }) => name)).toEqual(['n5']);
      expect(await processes.status('n1')).toEqual([]);
      const alone = await open(on, 'kv', 'n5');
      await alone.put('y', '2');
      for (const name of ['n6', 'n7', 'n1', 'n2', 'n3', 'n4']) await membership.add(name);
      await on.ready(10_000);
      expect(await membership.members()).toHaveLength(7);
      const joined = await open(on, 'kv', 'n6');
      expect([(await joined.get('x'))?.value, (await joined.get('y'))?.value]).toEqual(['1', '2']);
    });
  });

  it('asks the majority of the cluster as it is: of seven, three do not decide', async () => {
    const on = clusterOf(11);
    await within(on, async () => {
      await on.abilities.membership.add('n6');
      await on.abilities.membership.add('n7');
      for (const name of ['n4', 'n5', 'n6', 'n7']) await on.abilities.processes.signal(name, 'KILL');
      const session = await open(on, 'kv', 'n1');
      await on.virtualClock.sleep(3000);
      await expect(session.put('x', '1')).rejects.toThrow();
      await on.abilities.processes.start('n7');
      await on.ready(1000).catch(() => undefined);
      await on.virtualClock.sleep(3000);
      await session.put('x', '2');
    });
  });
});

describe('logs', () => {
  it('tell of elections and of members, as they happen, until nobody listens', async () => {
    const on = clusterOf(12);
    await within(on, async () => {
      const lines: string[] = [];
      const stop = await on.abilities.logs.follow((node, line) => lines.push(`${node} ${line}`));
      const [leader] = await on.primaries();
      await on.abilities.processes.signal(leader, 'KILL');
      await on.virtualClock.sleep(3000);
      expect(lines.some((line) => line.startsWith(leader) && line.includes('killed'))).toBe(true);
      expect(lines.some((line) => line.includes('leader in term'))).toBe(true);
      stop();
      const { length } = lines;
      await on.abilities.processes.start(leader);
      expect(lines).toHaveLength(length);
    });
  });
});

describe('disks', () => {
  it.each([
    ['stall', 'stalled', 0],
    ['fill', 'no-space', 0],
    ['fail', 'error', 2],
  ] as const)(
    '%s: nothing more is confirmed by a majority of them until they are mended',
    async (fault, write, ended) => {
      const on = clusterOf(13);
      await within(on, async () => {
        const { disks, processes } = on.abilities;
        const [leader] = await on.primaries();
        const hit = on.nodes
          .map(({ name }) => name)
          .filter((name) => name !== leader)
          .slice(0, 3);
        const session = await open(on, 'kv', leader);
        await session.put('x', '1');
        for (const name of hit) await disks[fault](name);
        expect((await disks.probe(hit[0])).write).toBe(write);
        await expect(session.put('x', '2')).rejects.toThrow();
        const down = await Promise.all(hit.map(async (name) => (await processes.status(name)).length === 0));
        expect(down.filter(Boolean).length).toBeGreaterThanOrEqual(ended);
        for (const name of [...hit, ...hit]) await disks.mend(name);
        expect((await disks.probe(hit[0])).write).toBe('ok');
        await on.ready(10_000);
        await (await open(on, 'kv', leader)).put('y', '3');
        expect((await (await open(on, 'kv', hit[0])).get('y'))?.value).toBe('3');
      });
    },
  );

  it('that were damaged are noticed: the database does not start on them, and is made anew', async () => {
    const on = clusterOf(14);
    await within(on, async () => {
      const { disks, processes, orchestrator } = on.abilities;
      await (await open(on, 'kv', 'n1')).put('x', '1');
      await expect(disks.corrupt('n2', { kind: 'bit-flip' })).rejects.toThrow('the database of n2 runs');
      await processes.signal('n2', 'KILL');
      await expect(disks.corrupt('n2', { kind: 'truncate', file: 'wal' })).rejects.toThrow(
        'no file whose path contains',
      );
      expect((await disks.corrupt('n2', { kind: 'truncate' })).change).toMatch(/^cut from \d+ to \d+ bytes$/);
      await processes.start('n2');
      expect(await processes.status('n2')).toEqual([]);
      await orchestrator.reschedule('n2', 'wiped');
      await on.ready(10_000);
      expect((await (await open(on, 'kv', 'n2')).get('x'))?.value).toBe('1');
    });
  });
});

describe('lines', () => {
  it('are slow between those that are named, for connections too, and good again afterwards', async () => {
    const on = clusterOf(15);
    await within(on, async () => {
      const { traffic } = on.abilities;
      const [there, back] = [
        { from: 'n1', to: 'n2' },
        { from: 'n2', to: 'n1' },
      ];
      await traffic.impair([there, back], { kind: 'delay', delayMs: 100, jitterMs: 10 });
      expect(await traffic.roundTripMs(there)).toBeGreaterThan(180);
      expect(await traffic.roundTripMs({ from: 'n1', to: 'n3' })).toBeLessThan(20);
      await traffic.send(there, 10);
      const counters = await traffic.counters();
      expect(counters.map(({ node }) => node)).toEqual(['n1', 'n2']);
      expect(counters[1].hit).toBeGreaterThanOrEqual(12);
      await traffic.impair([there], { kind: 'loss', share: 1 });
      expect(await traffic.roundTripMs(there)).toBeUndefined();
      await traffic.restore();
      expect(await traffic.counters()).toEqual([]);
      expect(await traffic.roundTripMs(there)).toBeLessThan(20);
    });
  });
});

describe('failing over', () => {
  it('makes the node lead that is named, and the other one follow', async () => {
    const on = clusterOf(16);
    await within(on, async () => {
      const { failover, processes } = on.abilities;
      const [leader] = await on.primaries();
      const [promoted, dead] = others(on, leader);
      const session = await open(on, 'kv', leader);
      await session.put('x', '1');
      await processes.signal(dead, 'KILL');
      await failover.promote(promoted);
      expect(await on.primaries()).toEqual([promoted]);
      await failover.follow(leader);
      await failover.follow(dead);
      expect(await on.primaries()).toEqual([promoted]);
      expect((await (await open(on, 'kv', dead)).get('x'))?.value).toBe('1');
    });
  });
});
