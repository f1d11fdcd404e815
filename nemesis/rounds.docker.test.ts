import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { etcd } from '../docker/etcd/system.js';
import type { Cluster } from '../docker/system.js';
import { crashLoop } from './crash-loop.js';
import { flapping } from './flapping.js';
import type { Nemesis } from './nemesis.js';
import { rollingRestart } from './rolling-restart.js';
import { request } from './testing/faults.js';

let cluster: Cluster;

beforeAll(async () => {
  const options = etcd.options.parse({}) as Readonly<Record<string, unknown>>;
  cluster = await etcd.launch({ runId: `rounds-${process.pid}`, nodes: 3, options, progress: () => undefined });
  await cluster.ready(60_000);
});
afterAll(() => cluster[Symbol.asyncDispose]());
afterEach(() => cluster.ready(60_000));

const faults: [Nemesis, string][] = [
  [flapping, 'isolate-leader'],
  [flapping, 'one-way'],
  [crashLoop, 'leader'],
  [crashLoop, 'majority'],
  [rollingRestart, 'all'],
];

it.each(faults.map(([nemesis, target]) => ({ name: nemesis.name, target, nemesis })))(
  '$name of $target bites in every round and heals',
  async ({ nemesis, target }) => {
    const order = cluster.nodes.map(({ name }) => name);
    const fault = await nemesis.inject(request(nemesis.name, target, order), { cluster });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const healed = await fault.heal();
    expect([...healed.evidence, ...healed.healing].filter(({ bit }) => !bit)).toEqual([]);
    expect(healed).toMatchObject({ effective: true, healed: true });
    expect(Number(healed.evidence[0].measured)).toBeGreaterThanOrEqual(2);
  },
);
