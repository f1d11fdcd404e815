import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '../engine/bootstrap.js';
import type { Cluster } from '../system.js';
import { Writes } from '../testing/writes.js';
import { patroni } from './system.js';

const NODES = ['n1', 'n2', 'n3'];
const READY_MS = 120_000;

let cluster: Cluster;
let writes: Writes;

beforeAll(async () => {
  await prepareEngine();
  cluster = await patroni.launch({
    runId: `patroni-${process.pid}`,
    nodes: NODES.length,
    options: { reads: 'standby' },
    progress: () => undefined,
  });
  writes = new Writes(cluster);
  await cluster.ready(READY_MS);
});
afterAll(() => cluster[Symbol.asyncDispose]());

describe('a cluster of patroni', () => {
  it('gets another primary when its own dies, and takes the old one back without losing anything', async () => {
    const { processes } = cluster.abilities;
    const [old] = await cluster.primaries();
    await writes.createTable(old!);
    await writes.write([old!], 'early', READY_MS);
    await processes!.signal(old!, 'KILL');
    const others = NODES.filter((node) => node !== old);
    const next = await writes.write(others, 'late', READY_MS);
    await processes!.start(old!);
    await cluster.ready(READY_MS);
    expect(await cluster.primaries()).toEqual([next]);
    expect(await writes.keysAt(old!)).toEqual(['early', 'late']);
  });

  it('takes a node back that moved to another address, or lost its data', async () => {
    const { orchestrator } = cluster.abilities;
    const [leader] = await cluster.primaries();
    const [moved, wiped] = NODES.filter((node) => node !== leader);
    await orchestrator!.reschedule(moved!, 'kept');
    await cluster.ready(READY_MS);
    await orchestrator!.reschedule(wiped!, 'wiped');
    await cluster.ready(READY_MS);
    await writes.write(NODES, 'whole', READY_MS);
    await expect.poll(() => writes.keysAt(wiped!), { timeout: READY_MS }).toEqual(['early', 'late', 'whole']);
  });
});
