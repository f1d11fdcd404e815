import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareEngine } from '../docker/engine/bootstrap.js';
import { prepareImages } from '../docker/engine/prepare.js';
import { postgres } from '../docker/postgres/system.js';
import type { Cluster } from '../docker/system.js';
import { clock } from './clock.js';
import { request } from './testing/faults.js';

let cluster: Cluster;
beforeAll(async () => {
  const options = postgres.options.parse({}) as Readonly<Record<string, unknown>>;
  await prepareImages(postgres, options, undefined, await prepareEngine());
  const runId = `clock-${process.pid}`;
  cluster = await postgres.launch({ runId, nodes: 1, options, needs: clock.needs, progress: () => undefined });
  await cluster.ready(90_000);
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** The database itself is asked what time it is. */
it.each([
  ['jump-one', { offsetMs: -3_600_000 }],
  ['jump-one', { offsetMs: 5_000 }],
  ['drift-one', { rate: 3 }],
])('%s %j shows in what PostgreSQL calls now, and heals', async (target, options) => {
  const fault = await clock.inject({ ...request('clock', target, ['n1']), options }, { cluster });
  await sleep(2_500);
  const healed = await fault.heal();
  expect([...healed.evidence, ...healed.healing].filter(({ bit }) => !bit)).toEqual([]);
  expect(healed).toMatchObject({ effective: true, healed: true });
});

it('is ineffective when the clock goes on as before', async () => {
  const clocks = { ...cluster.abilities.clocks!, set: async () => undefined };
  const abilities = { ...cluster.abilities, clocks };
  const sabotaged = Object.assign(Object.create(cluster) as Cluster, { abilities });
  const fault = await clock.inject(request('clock', 'jump-one', ['n1']), { cluster: sabotaged });
  expect(await fault.heal()).toMatchObject({ effective: false, healed: true });
});
