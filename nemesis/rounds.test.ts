import { describe, expect, it } from 'vitest';
import { crashLoop } from './crash-loop.js';
import { flapping } from './flapping.js';
import { kill } from './kill.js';
import type { NemesisContext } from './nemesis.js';
import { partition } from './partition.js';
import { rollingRestart } from './rolling-restart.js';
import { inRounds, unlessStopped, type RoundsPlan } from './rounds.js';
import { FakeCluster, type Sabotage } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

const order = ['n4', 'n2', 'n5', 'n1', 'n3'];

/** Kills n4 over and over, resting for as long as it is told to. */
const again = (plan: Partial<RoundsPlan> = {}) =>
  inRounds({
    name: 'again',
    summary: '',
    of: kill,
    describe: ({ description, nodes }) => ({ description: `${description}, again`, nodes }),
    round: (asked) => asked,
    holdMs: 2,
    rest: (context, stop) => unlessStopped(2, stop, context),
    roundsNeeded: () => 3,
    ...plan,
  });

async function inject(plan: Partial<RoundsPlan>, sabotage: Sabotage = {}, more: Partial<NemesisContext> = {}) {
  const cluster = new FakeCluster(5, sabotage);
  const fault = await again(plan).inject(request('again', 'one', order), contextOf(cluster, more));
  const kills = () => cluster.calls.filter((call) => call.startsWith('KILL')).length;
  return { cluster, fault, kills };
}

const whole = (cluster: FakeCluster) => cluster.order.every((node) => cluster.runs(node)) && cluster.cuts.length === 0;

describe('a fault in rounds', () => {
  it('goes round until healed, and tells of every round', async () => {
    const { cluster, fault, kills } = await inject({});
    await expect.poll(kills).toBeGreaterThan(4);
    const { evidence, ...healed } = await fault.heal();
    expect(healed).toMatchObject({ effective: true, healed: true, leadersAfter: ['n1'] });
    expect(evidence).toHaveLength(kills() + 1);
    expect(evidence[1]).toMatchObject({ what: 'round 1: n4 killed', measured: 'bit and was healed', bit: true });
    expect(whole(cluster)).toBe(true);
    const after = kills();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(kills()).toBe(after);
  });

  it('lets the rounds that it needs happen before it is healed', async () => {
    const { fault, kills } = await inject({ holdMs: 10 });
    const { effective, evidence } = await fault.heal();
    expect(effective).toBe(true);
    expect(kills()).toBe(3);
    expect(evidence[0]).toEqual({ what: 'rounds', expected: 'at least 3', measured: '3', bit: true });
  });

  it('rests no longer once it is to end, and still does the round that is missing', async () => {
    const rest = (context: NemesisContext, stop: AbortSignal) => unlessStopped(60_000, stop, context);
    const { cluster, fault, kills } = await inject({ rest, roundsNeeded: () => 2 });
    await expect.poll(() => cluster.calls).toContain('start n4');
    expect((await fault.heal()).effective).toBe(true);
    expect(kills()).toBe(2);
  });

  it('does not hold its last round longer than asked', async () => {
    const { fault } = await inject({ holdMs: 60_000, roundsNeeded: () => 1 });
    expect((await fault.heal()).effective).toBe(true);
  });

  it('ends at once, and says that rounds are missing, when the run is interrupted', async () => {
    const interrupt = new AbortController();
    const { cluster, fault } = await inject({ holdMs: 60_000 }, {}, { signal: interrupt.signal });
    interrupt.abort();
    const { effective, healed, evidence } = await fault.heal();
    expect({ effective, healed }).toEqual({ effective: false, healed: true });
    expect(evidence[0].measured).toBe('1');
    expect(whole(cluster)).toBe(true);
  });

  it('is ineffective when a single round is', async () => {
    const { cluster, fault, kills } = await inject({});
    await expect.poll(kills).toBeGreaterThan(1);
    cluster.sabotage = { deaf: ['n4'] };
    const deaf = kills();
    await expect.poll(kills).toBeGreaterThan(deaf + 1);
    cluster.sabotage = {};
    const { effective, evidence } = await fault.heal();
    expect(effective).toBe(false);
    expect(evidence.find(({ bit }) => !bit)?.measured).toMatch(/^processes of n4: pid \d+ still there/);
  });

  it('stops at the first round that cannot be undone', async () => {
    const { cluster, fault, kills } = await inject({}, { neverStarts: ['n4'] });
    const { healed, healing } = await fault.heal();
    expect(healed).toBe(false);
    expect(kills()).toBe(1);
    expect(healing.at(-1)?.measured).toBe('n4: the data directory is corrupt');
    cluster.sabotage = {};
    expect(await fault.heal()).toMatchObject({ effective: false, healed: true });
    expect(whole(cluster)).toBe(true);
  });

  it('stops when the cluster does not become whole in between', async () => {
    const { fault, kills } = await inject({ rest: () => Promise.reject(new Error('not ready: n4')) });
    const { effective, healed, evidence } = await fault.heal();
    expect({ effective, healed }).toEqual({ effective: false, healed: false });
    expect(evidence.at(-1)).toMatchObject({ what: 'round 2: not begun', measured: 'not ready: n4' });
    expect(kills()).toBe(1);
  });

  it('does not list hundreds of rounds', async () => {
    const { fault, kills } = await inject({ holdMs: 0, rest: () => Promise.resolve() });
    await expect.poll(kills).toBeGreaterThan(30);
    expect((await fault.heal()).evidence).toHaveLength(21);
  });

  it('heals once, however often it is asked', async () => {
    const { fault } = await inject({});
    expect(await fault.heal()).toBe(await fault.heal());
  });
});

describe('what is made of rounds', () => {
  it('flaps any partition', async () => {
    expect(flapping.targets).toEqual(partition.targets);
    expect(flapping.targetsFor?.({ system: '', nodes: 2, abilities: [] })).not.toContain('bridge');
    const cluster = new FakeCluster(5);
    const fault = await flapping.inject(request('flapping', 'isolate-leader', order), contextOf(cluster));
    expect(fault.description).toBe('n1 | n2 n3 n4 n5 cut, both ways; flapping');
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    expect(cluster.calls).toEqual([
      expect.stringMatching(/^cut/),
      'heal network',
      expect.stringMatching(/^cut/),
      'heal network',
    ]);
  });

  it('keeps crashing whoever led at first', async () => {
    const cluster = new FakeCluster(5);
    const fault = await crashLoop.inject(request('crash-loop', 'leader', order), contextOf(cluster));
    // n2 leads as soon as n1 is down, and goes on leading.
    expect(fault).toMatchObject({ description: 'n1 killed again and again', nodes: ['n1'], leadersBefore: ['n1'] });
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true, leadersAfter: ['n2'] });
    expect(cluster.calls.filter((call) => call.startsWith('KILL'))).toEqual(['KILL n1', 'KILL n1']);
  });

  it('restarts every node once, in the order of the seed', async () => {
    const cluster = new FakeCluster(5);
    const fault = await rollingRestart.inject(request('rolling-restart', 'all', order), contextOf(cluster));
    expect(fault).toMatchObject({ description: 'n4 n2 n5 n1 n3 restarted one by one', nodes: cluster.order });
    const healed = await fault.heal();
    expect(healed).toMatchObject({ effective: true, healed: true });
    expect(cluster.calls.filter((call) => call.startsWith('KILL'))).toEqual(order.map((node) => `KILL ${node}`));
  });
});
