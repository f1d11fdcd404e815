import { describe, expect, it } from 'vitest';
import type { Cluster } from '../docker/system.js';
import { promote } from './promote.js';
import { QUICK, request } from './testing/faults.js';

/** Nodes of which some lead; promotion and following do what they are told, unless sabotaged. */
function fake(sabotage: { readonly neverPromotes?: true; readonly neverFollows?: true; readonly fences?: true } = {}) {
  const leaders = new Set(['n1']);
  const calls: string[] = [];
  const cluster = {
    nodes: ['n1', 'n2', 'n3'].map((name) => ({ name, address: name })),
    primaries: () => Promise.resolve([...leaders]),
    abilities: {
      failover: {
        promote: (node: string) => {
          calls.push(`promote ${node}`);
          if (sabotage.fences) leaders.clear();
          if (!sabotage.neverPromotes) leaders.add(node);
          return Promise.resolve();
        },
        follow: (node: string) => {
          calls.push(`follow ${node}`);
          if (!sabotage.neverFollows) leaders.delete(node);
          return Promise.resolve();
        },
      },
    },
  } as unknown as Cluster;
  return { cluster, calls, leaders };
}

const inject = (cluster: Cluster) =>
  promote.inject(request('promote', 'non-leader', ['n1', 'n3', 'n2']), { cluster, limits: QUICK });

describe('promote', () => {
  it('makes a standby the primary beside the old one; healing leaves the new one alone', async () => {
    const { cluster, calls, leaders } = fake();
    const fault = await inject(cluster);
    expect(fault).toMatchObject({ description: 'n3 promoted', nodes: ['n3'], leadersBefore: ['n1'] });
    expect([...leaders]).toEqual(['n1', 'n3']);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true, leadersAfter: ['n3'] });
    expect(calls).toEqual(['promote n3', 'follow n1']);
  });

  it('brings an old primary that was fenced off back as a standby', async () => {
    const { cluster, calls } = fake({ fences: true });
    const fault = await inject(cluster);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: true });
    expect(calls).toEqual(['promote n3', 'follow n1']);
  });

  it('is ineffective where nobody new leads, and then makes nobody follow', async () => {
    const { cluster, calls } = fake({ neverPromotes: true });
    const fault = await inject(cluster);
    expect(await fault.heal()).toMatchObject({ effective: false });
    expect(calls).toEqual(['promote n3']);
  });

  it('is not healed while two lead', async () => {
    const fault = await inject(fake({ neverFollows: true }).cluster);
    expect(await fault.heal()).toMatchObject({ effective: true, healed: false });
  });

  it('needs somebody to fail over to', () => {
    expect(promote.minNodes).toBe(2);
    expect(promote.needs).toEqual(['failover']);
  });
});
