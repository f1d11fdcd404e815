import { describe, expect, it } from 'vitest';
import { fitting, majorityOf, minorityOf, strategy, takeAim, TARGETS } from './targets.js';
import { FakeCluster } from './testing/fake-cluster.js';
import { contextOf, PATIENT, request } from './testing/faults.js';

const order = ['n3', 'n1', 'n2'];

describe('targets', () => {
  it.each([
    ['one', [1, 1, 1, 1, 1]],
    ['minority', [0, 0, 1, 1, 2]],
    ['majority', [1, 2, 2, 3, 3]],
    ['all', [1, 2, 3, 4, 5]],
    ['leader', [1, 1, 1, 1, 1]],
  ])('%s of one to five nodes', (name, counts) => {
    expect([1, 2, 3, 4, 5].map((nodes) => TARGETS[name].count(nodes))).toEqual(counts);
  });

  it('takes every node or none for a strategy that fits', () => {
    for (let nodes = 1; nodes <= 7; nodes++) {
      expect(majorityOf(nodes) + minorityOf(nodes)).toBe(nodes);
      for (const name of fitting(TARGETS, nodes)) {
        expect(TARGETS[name].count(nodes)).toBeGreaterThan(0);
        expect(TARGETS[name].count(nodes)).toBeLessThanOrEqual(nodes);
      }
    }
    expect(fitting(TARGETS, 1)).toEqual(['one', 'all', 'leader']);
  });

  it('refuses a target it does not know, even one every object has', () => {
    expect(() => strategy(TARGETS, request('kill', 'toString', order))).toThrow('nemesis kill has no target toString');
  });
});

describe('taking aim', () => {
  it('keeps the order of the seed and says who leads', async () => {
    const sight = await takeAim('anyone', request('kill', 'one', order), contextOf(new FakeCluster(3)));
    expect(sight).toEqual({ order, leadersBefore: ['n1'], evidence: [] });
  });

  it('puts the leader in front', async () => {
    const sight = await takeAim('leader', request('kill', 'leader', order), contextOf(new FakeCluster(3)));
    expect(sight.order).toEqual(['n1', 'n3', 'n2']);
    expect(sight.evidence).toMatchObject([{ measured: 'led: n1', bit: true }]);
  });

  it('puts one that does not lead in front', async () => {
    const sight = await takeAim('non-leader', request('kill', 'x', ['n1', 'n3', 'n2']), contextOf(new FakeCluster(3)));
    expect(sight.order).toEqual(['n3', 'n1', 'n2']);
  });

  it('waits for an election', async () => {
    const cluster = new FakeCluster(3, { leaderless: true });
    setTimeout(() => (cluster.sabotage = {}), 10);
    const context = contextOf(cluster, { limits: PATIENT });
    const sight = await takeAim('leader', request('kill', 'leader', order), context);
    expect(sight.order[0]).toBe('n1');
  });

  it('does not claim to have hit a leader where none was found', async () => {
    const context = contextOf(new FakeCluster(3, { leaderless: true }));
    const sight = await takeAim('leader', request('kill', 'leader', order), context);
    expect(sight.order).toEqual(order);
    expect(sight.evidence).toMatchObject([{ measured: 'none within 30 ms; n3 was taken', bit: false }]);
  });

  it('takes the nodes that are there, those that joined meanwhile last', async () => {
    const sight = await takeAim('anyone', request('kill', 'one', ['n3', 'n9', 'n2']), contextOf(new FakeCluster(3)));
    expect(sight.order).toEqual(['n3', 'n2', 'n1']);
  });

  it('refuses an order of other nodes', async () => {
    const aim = takeAim('anyone', request('kill', 'one', ['n8', 'n9']), contextOf(new FakeCluster(3)));
    await expect(aim).rejects.toThrow("the fault's order is n8 n9, the cluster's nodes are n1 n2 n3");
  });

  it('stops waiting when the run is interrupted', async () => {
    const context = contextOf(new FakeCluster(3, { leaderless: true }), {
      signal: AbortSignal.abort(new Error('interrupted')),
    });
    await expect(takeAim('leader', request('kill', 'leader', order), context)).rejects.toThrow('interrupted');
  });
});
