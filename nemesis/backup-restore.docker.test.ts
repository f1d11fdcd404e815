import { afterAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '../docker/engine/bootstrap.js';
import { LABEL } from '../docker/engine/labels.js';
import { etcd } from '../docker/etcd/system.js';
import { mariadb } from '../docker/mariadb/system.js';
import { postgres } from '../docker/postgres/system.js';
import type { Cluster, System } from '../docker/system.js';
import type { Json } from '../harness/history/operation.js';
import { backupRestore } from './backup-restore.js';
import { DEFAULT_LIMITS, type HealedFault } from './nemesis.js';
import { request } from './testing/faults.js';

const READY_MS = 120_000;
const runIdOf = (name: string) => `backup-${name}-${process.pid}`;
const clusters: Cluster[] = [];

async function launch(system: System, nodes: number, name = system.name): Promise<Cluster> {
  const options = system.options.parse({}) as Readonly<Record<string, unknown>>;
  const cluster = await system.launch({ runId: runIdOf(name), nodes, options, progress: () => undefined });
  clusters.push(cluster);
  await cluster.ready(READY_MS);
  return cluster;
}
afterAll(() => Promise.all(clusters.map((cluster) => cluster[Symbol.asyncDispose]())));

const failures = ({ evidence, healing }: HealedFault) => [...evidence, ...healing].filter(({ bit }) => !bit);
const asked = (cluster: Cluster, disasterAfterMs = 0) => ({
  ...request('backup-restore', 'one', cluster.nodes.map(({ name }) => name)), // prettier-ignore
  options: { disasterAfterMs },
});

/** Writes and reads a value over a session of its own. */
async function put(cluster: Cluster, key: string): Promise<void> {
  if (cluster.nodes.length > 1) {
    const session = await cluster.open('kv', 'n2', { process: 0, timeoutMs: 5_000 });
    return session.put(key, 'written').finally(() => session.close());
  }
  const session = await cluster.open('sql', 'n1', { process: 0, timeoutMs: 10_000 });
  await session.createTable('kept', { content: 'text' });
  const row = { key, columns: { content: 'written' } };
  await session.transaction((transaction) => transaction.insert('kept', row)).finally(() => session.close());
}

async function has(cluster: Cluster, key: string): Promise<boolean> {
  if (cluster.nodes.length > 1) {
    const session = await cluster.open('kv', 'n3', { process: 0, timeoutMs: 5_000 });
    return (await session.get(key).finally(() => session.close())) !== undefined;
  }
  const session = await cluster.open('sql', 'n1', { process: 0, timeoutMs: 10_000 });
  const found = session.transaction((transaction) => transaction.select('kept', key), 'read-only');
  return (await found.finally(() => session.close())) !== undefined;
}

describe.each([
  [etcd, 3],
  [postgres, 1],
  [mariadb, 1],
] as const)('a backup of $name', (system, nodes) => {
  it('brings back what was there, loses what came later, and leaves nothing of the old cluster', async () => {
    const cluster = await launch(system, nodes);
    const before = cluster.nodes.map(({ address }) => address);
    await put(cluster, 'before');
    const marks: Json[] = [];
    const later: Promise<void>[] = [];
    const mark = (_: string, value: Json) => {
      marks.push(value);
      // Between the backup and the disaster.
      if ((value as { mark?: string }).mark === 'backup-end') later.push(put(cluster, 'after'));
    };
    const fault = await backupRestore.inject(asked(cluster, 3_000), { cluster, mark });
    await Promise.all(later);
    const healed = await fault.heal();
    expect(failures(healed)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true });
    expect(marks.map((value) => (value as { mark?: string }).mark)).toEqual(
      expect.arrayContaining(['backup-begin', 'backup-end', 'destroyed', 'restored']),
    );
    await cluster.ready(READY_MS);
    expect(await has(cluster, 'before')).toBe(true);
    expect(await has(cluster, 'after')).toBe(false);
    for (const { address } of cluster.nodes) expect(before).not.toContain(address);
    await put(cluster, 'new');
    const engine = await prepareEngine();
    await cluster[Symbol.asyncDispose]();
    const filters = { label: [`${LABEL.run}=${runIdOf(system.name)}`] };
    expect(await engine.listContainers({ all: true, filters })).toEqual([]);
    expect((await engine.listVolumes({ filters })).Volumes ?? []).toEqual([]);
  });
});

it('a backup that is empty, though the tool says that all is well, is ineffective and brings nothing back', async () => {
  const cluster = await launch(etcd, 1, 'sabotaged');
  const engine = await prepareEngine();
  const filters = { label: [`${LABEL.run}=${runIdOf('sabotaged')}`, `${LABEL.role}=database`] };
  const [{ Id } = { Id: '' }] = await engine.listContainers({ filters });
  const script = `printf '#!/bin/sh\\nif [ "$3" = save ]; then : > "$4"; else echo ok; fi\\n' > /usr/bin/etcdctl`;
  const job = await engine.getContainer(Id).exec({ Cmd: ['sh', '-c', script], AttachStdout: true });
  const stream = await job.start({});
  stream.resume();
  await new Promise((resolve) => stream.once('end', resolve));
  const hasty = { ...DEFAULT_LIMITS, slowMs: 20_000, healMs: 500 };
  const fault = await backupRestore.inject(asked(cluster), { cluster, limits: hasty });
  const healed = await fault.heal();
  expect(healed).toMatchObject({ effective: false, healed: false });
  const [backup] = healed.evidence.filter(({ what }) => what.startsWith('backup of'));
  expect(backup).toMatchObject({ bit: false });
  expect(backup!.measured).toContain('0 bytes');
});
