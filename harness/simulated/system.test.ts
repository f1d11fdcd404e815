import { describe, expect, it } from 'vitest';
import type { KvSession } from '../../docker/system.js';
import { SimulatedCluster } from './cluster.js';
import { behaviourOf, simulatedOptions } from './options.js';
import { BUGS } from './bugs/bugs.js';
import { simulated } from './system.js';
import { nemeses } from '../registry.js';

function cluster(seed = 1, options: Readonly<Record<string, unknown>> = {}): SimulatedCluster {
  return new SimulatedCluster({
    nodes: 5,
    seed,
    behaviour: behaviourOf(simulatedOptions.parse(options)),
    conditions: { latencyNs: 250_000, lossProbability: 0, reorderProbability: 0 },
  });
}

/** Runs it in the cluster's time. */
function within<T>(on: SimulatedCluster, work: () => Promise<T>): Promise<T> {
  return on.virtualClock.run(work());
}

const open = (on: SimulatedCluster, node: string): Promise<KvSession> =>
  on.open('kv', node, { process: 0, timeoutMs: 1000 });

describe('the simulated cluster', () => {
  it('obeys every nemesis of the registry', () => {
    for (const { name, needs } of nemeses) {
      expect([name, needs.filter((ability) => !simulated.abilities.includes(ability))]).toEqual([name, []]);
    }
  });

  it('is a key–value store whichever node is asked', async () => {
    const on = cluster();
    await within(on, async () => {
      const [a, b] = [await open(on, 'n1'), await open(on, 'n4')];
      expect(await a.get('x')).toBeUndefined();
      await a.put('x', '1');
      expect(await b.get('x')).toMatchObject({ key: 'x', value: '1', version: 1 });
      expect(await b.compareAndSet('x', '1', '2')).toBe(true);
      expect(await a.compareAndSet('x', '1', '3')).toBe(false);
      const { revision } = (await a.get('x'))!;
      const outcome = await b.transact(
        [
          { kind: 'revision', key: 'x', revision },
          { kind: 'absent', key: 'y' },
        ],
        [
          { kind: 'delete', key: 'x' },
          { kind: 'put', key: 'y', value: '4' },
          { kind: 'get-prefix', prefix: '' },
        ],
      );
      expect(outcome.succeeded).toBe(true);
      expect(outcome.results[2].map(({ key, value }) => [key, value])).toEqual([['y', '4']]);
      expect(await a.get('x')).toBeUndefined();
    });
  });

  it('elects another leader when its leader dies, keeps what it confirmed, and takes the dead one back', async () => {
    const on = cluster(2);
    await within(on, async () => {
      const [leader] = await on.primaries();
      const others = on.nodes.map(({ name }) => name).filter((name) => name !== leader);
      const session = await open(on, others[0]);
      await session.put('x', 'kept');
      await on.abilities.processes.signal(leader, 'KILL');
      expect(await on.abilities.processes.status(leader)).toEqual([]);
      await expect(open(on, leader)).rejects.toMatchObject({ outcome: 'fail', code: 'refused' });
      await on.virtualClock.sleep(2000);
      expect(await on.primaries()).not.toContain(leader);
      expect((await session.get('x'))?.value).toBe('kept');
      await on.abilities.processes.start(leader);
      await on.ready(5000);
      expect((await (await open(on, leader)).get('x'))?.value).toBe('kept');
    });
  });

  it('does not decide in a minority, and says which writes may have happened', async () => {
    const on = cluster(3);
    await within(on, async () => {
      const [leader] = await on.primaries();
      const session = await open(on, leader);
      const links = on.nodes
        .filter(({ name }) => name !== leader)
        .flatMap(({ name }) => [
          { from: leader, to: name },
          { from: name, to: leader },
        ]);
      await on.abilities.network.cut(links);
      await expect(session.put('x', 'lost')).rejects.toMatchObject({ outcome: 'info' });
      await on.virtualClock.sleep(2000);
      await expect(session.get('x')).rejects.toMatchObject({ outcome: 'fail', code: 'no-leader' });
      const [probed] = await on.abilities.network.probe(links.slice(0, 1));
      expect(probed.reachable).toBe(false);
      const fromLeader = (await on.abilities.network.dropped()).filter(({ from }) => from === leader);
      expect(fromLeader.map(({ packets }) => packets > 0)).toEqual([true, true, true, true]);
      await on.abilities.network.heal();
      await on.ready(5000);
      expect(await session.get('x')).toBeUndefined();
    });
  });

  it('answers late what it got while it was stopped, and nothing while it is frozen', async () => {
    const on = cluster(4);
    await within(on, async () => {
      const [leader] = await on.primaries();
      const node = on.nodes.map(({ name }) => name).find((name) => name !== leader)!;
      const session = await open(on, node);
      await on.abilities.processes.signal(node, 'STOP');
      const late = session.put('x', '1').catch(() => undefined);
      await on.virtualClock.sleep(200);
      expect((await on.abilities.processes.status(node))[0].state).toBe('T');
      await on.abilities.processes.signal(node, 'CONT');
      await late;
      expect((await session.get('x'))?.value).toBe('1');
      await on.abilities.freezer.freeze(node);
      await on.virtualClock.sleep(50);
      const before = await on.abilities.freezer.cpuTimeNs(node);
      await expect(session.get('x')).rejects.toMatchObject({ outcome: 'info', code: 'timeout' });
      expect(await on.abilities.freezer.cpuTimeNs(node)).toBe(before);
    });
  });
});

describe('planted bugs', () => {
  it('have names that are theirs alone, and change something', () => {
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
    for (const { name, behaviour } of BUGS) {
      const correct = behaviourOf(simulatedOptions.parse({}));
      expect(behaviourOf(simulatedOptions.parse({ bug: name })), name).not.toEqual(correct);
      expect(Object.keys(behaviour).length, name).toBeGreaterThan(0);
    }
  });

  it('that nobody planted are refused with the nearest name', () => {
    const { error } = simulatedOptions.safeParse({ bug: 'stale-folower-read' });
    expect(error?.issues[0].message).toBe('unknown bug; did you mean stale-follower-read?');
  });
});
