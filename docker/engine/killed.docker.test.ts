import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { etcd } from '../etcd/system.js';
import { postgres } from '../postgres/system.js';
import { leftovers } from '../testing/leftovers.js';
import { until } from '../wait.js';
import { prepareEngine } from './bootstrap.js';
import type { Engine } from './engine.js';
import { clean, removeRun } from './janitor.js';
import { prepareImages } from './prepare.js';

/** Once its harness is dead, nothing of a run is there after this time. */
const GONE_MS = 10_000;

let engine: Engine;
beforeAll(async () => {
  engine = await prepareEngine();
  for (const system of [etcd, postgres]) await prepareImages(system, {});
});

const runIds: string[] = [];
afterAll(() => Promise.all(runIds.map((runId) => removeRun(engine, runId))));

const script = fileURLToPath(new URL('../testing/victim.ts', import.meta.url));

it.each([
  ['lossy', 3, 'packets are lost, a disk is full and another one dead'],
  ['throttled', 3, 'a line is throttled and a node is on the move'],
  ['shrinking', 3, 'a member is being removed'],
  ['skewed', 1, 'a clock is wrong'],
] as const)('a harness killed (%s, %s nodes) while %s', async (...[faults, nodes]) => {
  const runId = `killed-${faults}-${process.pid}`;
  runIds.push(runId);
  const args = ['--import', 'tsx', script, runId, String(nodes), faults];
  const harness = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await Promise.race([once(harness.stdout, 'data'), once(harness, 'exit')])) as [unknown];
  expect(String(said)).toBe('faults in place\n');
  const mine = async () => (await leftovers(engine)).filter((line) => line.includes(runId) || line.startsWith('loop'));
  harness.kill('SIGKILL');
  await once(harness, 'exit');
  // Nobody else is there to do it: what ended with the harness goes by itself.
  await until(async () => ((await mine()).length === 0 ? true : undefined), { timeoutMs: GONE_MS, everyMs: 200 });
  expect(await mine()).toEqual([]);
  const { runs } = await clean('all', engine);
  expect(runs).not.toContain(runId);
});
