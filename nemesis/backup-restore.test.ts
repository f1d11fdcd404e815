import { describe, expect, it } from 'vitest';
import type { BackupAbility, RestoredNode } from '../docker/system.js';
import type { Json } from '../harness/history/operation.js';
import { backupRestore } from './backup-restore.js';
import { FakeCluster } from './testing/fake-cluster.js';
import { contextOf, request } from './testing/faults.js';

const order = ['n2', 'n1', 'n3'];
const SHA = 'a'.repeat(64);

/** Backups of a cluster in memory, and ways in which they fail. */
interface Sabotage {
  readonly sizeBytes?: number;
  /** Nodes that live on. */
  readonly spares?: readonly string[];
  readonly filesLeft?: number;
  /** Restores nothing, or another file, or onto the old volume. */
  readonly restores?: 'nothing' | 'another file' | 'old volume' | 'fails';
  readonly takeFails?: true;
  readonly destroyFailsOnce?: true;
}

function fake(sabotage: Sabotage = {}) {
  const cluster = new FakeCluster(3);
  const calls: string[] = [];
  let failures = sabotage.destroyFailsOnce ? 1 : 0;
  const gone = new Set<string>();
  const probe = cluster.abilities.network.probe.bind(cluster.abilities.network);
  const backups: BackupAbility = {
    take: async (node) => {
      calls.push(`take ${node}`);
      if (sabotage.takeFails) throw new Error('no space left');
      return { node, sizeBytes: sabotage.sizeBytes ?? 24_608, sha256: SHA, said: ['revision 52'] };
    },
    destroy: async () => {
      calls.push('destroy');
      if (failures-- > 0) throw new Error('n3 does not go away');
      for (const { name } of cluster.nodes) if (!sabotage.spares?.includes(name)) gone.add(name);
      return cluster.nodes.map(({ name: node, address }) => ({
        ...{ node, address, volume: `${node}-data`, filesErased: 3 },
        filesLeft: sabotage.filesLeft ?? 0,
      }));
    },
    restore: async () => {
      calls.push('restore');
      if (sabotage.restores === 'fails') throw new Error('snapshot file is truncated');
      gone.clear();
      if (sabotage.restores === 'nothing') return [];
      return cluster.nodes.map(({ name, address }): RestoredNode => {
        const volume = sabotage.restores === 'old volume' ? `${name}-data` : `${name}-data-1`;
        const sha256 = sabotage.restores === 'another file' ? 'b'.repeat(64) : SHA;
        const from = { address, volume: `${name}-data` };
        return { node: name, from, to: { address: `${address}0`, volume }, sha256, said: ['restored snapshot'] };
      });
    },
  };
  const network = {
    ...cluster.abilities.network,
    probe: async (links: Parameters<typeof probe>[0]) =>
      (await probe(links)).map((seen) => ({ ...seen, reachable: seen.reachable && !gone.has(seen.to) })),
  };
  Object.assign(cluster.abilities, { backups, network });
  return { cluster, calls };
}

async function run(sabotage: Sabotage = {}, target = 'one') {
  const { cluster, calls } = fake(sabotage);
  const marks: Json[] = [];
  const context = contextOf(cluster, { mark: (_, value) => void marks.push(value) });
  const asked = { ...request('backup-restore', target, order), options: { disasterAfterMs: 1 } };
  const injecting = backupRestore.inject(asked, context);
  return { calls, marks, injecting };
}

async function healed(sabotage: Sabotage = {}, target?: string) {
  return (await (await run(sabotage, target)).injecting).heal();
}

describe('backup-restore', () => {
  it.each(['leader', 'one', 'non-leader'])('bites and heals with a backup of %s', async (target) => {
    expect(await healed({}, target)).toMatchObject({ effective: true, healed: true });
  });

  it('marks its moments in order', async () => {
    const { injecting, marks, calls } = await run();
    await (await injecting).heal();
    expect(marks).toEqual(['backup-begin', 'backup-end', 'destroyed', 'restored'].map((mark) => ({ fault: 1, mark })));
    expect(calls).toEqual(['take n2', 'destroy', 'restore']);
  });

  it.each<[string, Sabotage]>([
    ['is empty', { sizeBytes: 0 }],
    ['spares a node', { spares: ['n3'] }],
    ['leaves files behind', { filesLeft: 2 }],
  ])('is ineffective where it %s', async (_, sabotage) => {
    expect(await healed(sabotage)).toMatchObject({ effective: false });
  });

  it.each<[string, Sabotage]>([
    ['nothing is restored', { restores: 'nothing' }],
    ['it is not this backup that is restored', { restores: 'another file' }],
    ['the old volume is used again', { restores: 'old volume' }],
    ['the tool refuses the file', { restores: 'fails' }],
  ])('is not healed where %s', async (_, sabotage) => {
    expect(await healed(sabotage)).toMatchObject({ healed: false });
  });

  it('destroys nothing without a backup', async () => {
    const { injecting, calls, marks } = await run({ takeFails: true });
    await expect(injecting).rejects.toThrow('no space left');
    expect(calls).toEqual(['take n2']);
    expect(marks).toEqual([{ fault: 1, mark: 'backup-begin' }]);
  });

  it('finishes a disaster that broke off, and says when, before it restores', async () => {
    const { injecting, calls, marks } = await run({ destroyFailsOnce: true });
    await expect(injecting).rejects.toThrow('n3 does not go away');
    expect(calls).toEqual(['take n2', 'destroy', 'destroy', 'restore']);
    expect(marks.at(-1)).toEqual({ fault: 1, mark: 'destroyed' });
  });
});
