import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '../engine/bootstrap.js';
import type { Cluster } from '../system.js';
import { Writes } from '../testing/writes.js';
import { galera } from './system.js';

const NODES = ['n1', 'n2', 'n3'];
const READY_MS = 120_000;

let cluster: Cluster;
let writes: Writes;

beforeAll(async () => {
  await prepareEngine();
  cluster = await galera.launch({
    runId: `galera-${process.pid}`,
    nodes: NODES.length,
    options: {},
    progress: () => undefined,
  });
  writes = new Writes(cluster);
  await cluster.ready(READY_MS);
  await writes.createTable('n1');
});
afterAll(() => cluster[Symbol.asyncDispose]());

describe('a cluster of galera', () => {
  it('whose nodes all died begins anew at the most advanced one, and loses nothing', async () => {
    const { network, processes } = cluster.abilities;
    await writes.write(['n1'], 'early', READY_MS);
    // Misses what the others agree on, and would be the first by name.
    await network!.cut(
      ['n2', 'n3'].flatMap((other) => [
        { from: 'n1', to: other },
        { from: other, to: 'n1' },
      ]),
    );
    await writes.write(['n2'], 'late', READY_MS);
    await Promise.all(NODES.map((node) => processes!.signal(node, 'KILL')));
    await network!.heal();
    await Promise.all(NODES.map((node) => processes!.start(node)));
    await cluster.ready(READY_MS);
    for (const node of NODES) expect(await writes.keysAt(node)).toEqual(['early', 'late']);
    expect(await cluster.primaries()).toEqual(NODES);
  });

  it('takes a node back that was killed, moved to another address, or lost its data', async () => {
    const { processes, orchestrator } = cluster.abilities;
    await processes!.signal('n1', 'KILL');
    await writes.write(['n2'], 'without n1', READY_MS);
    await processes!.start('n1');
    await cluster.ready(READY_MS);
    const moved = await orchestrator!.reschedule('n2', 'kept');
    expect(moved.to).not.toBe(moved.from);
    await cluster.ready(READY_MS);
    await orchestrator!.reschedule('n3', 'wiped');
    await cluster.ready(READY_MS);
    await writes.write(['n3'], 'whole', READY_MS);
    for (const node of NODES) expect(await writes.keysAt(node)).toEqual(['early', 'late', 'whole', 'without n1']);
  });
});
