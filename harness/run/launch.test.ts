import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster, System } from '../../docker/system.js';
import { nemeses, runCheckers, workloads } from '../registry.js';
import { simulated } from '../simulated/system.js';
import { launchRun } from './launch.js';
import { makePlan } from './plan-making.js';
import { createRun } from './store.js';

let root = '';
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'faultline-launch-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

const plan = makePlan({
  ...{ faultlineVersion: '0', runId: 'launched', createdAt: '', command: '', seed: 3, nodes: ['n1', 'n2', 'n3'] },
  system: { name: 'simulated', options: {}, claims: simulated.claims({}), versions: {} },
  workloads: [{ name: 'register', options: { threadsPerKey: 3, operationsPerKey: 50, values: 'unique' } }],
  nemeses: [],
  ...{ concurrency: 3, rateHz: 50, operationTimeoutMs: 1000, warmUpMs: 100, timeLimitMs: 1000, recoveryMs: 1000 },
});

/** The simulated system, with its clusters watched and changed. */
function watched(change: (cluster: Cluster) => Cluster = (cluster) => cluster) {
  const seen = { disposed: 0 };
  const system: System = {
    ...simulated,
    launch: async (request) => {
      const cluster = change(await simulated.launch(request));
      const dispose = () => {
        seen.disposed++;
        return Promise.resolve();
      };
      return new Proxy(cluster, {
        get: (target, name) => (name === Symbol.asyncDispose ? dispose : (Reflect.get(target, name) as unknown)),
      });
    },
  };
  return { system, seen };
}

async function launch(system: System, stages: string[] = []) {
  const means = { workloads, nemeses, checkers: runCheckers, budget: { timeMs: 10_000, memoryBytes: 2 ** 30 } };
  return launchRun({
    ...{ plan, system, store: await createRun(root, plan.runId), ...means },
    observer: { cluster: (state) => stages.push(state), stage: (stage) => stages.push(stage) },
  });
}

describe('a launched run', () => {
  it('is run on a cluster of its own, judged, and taken down', async () => {
    const stages: string[] = [];
    const { system, seen } = watched();
    const { results, plan: told } = await launch(system, stages);
    expect(results.outcome).toBe('valid');
    expect(told.system.versions).toEqual({ simulated: expect.any(String) as unknown });
    expect(told.startedAt).toBeDefined();
    expect(stages).toEqual(['started', 'done', 'logs', 'tear-down']);
    expect(seen.disposed).toBe(1);
  });

  it('whose cluster does not start is taken down all the same, and says so in one line', async () => {
    const { system, seen } = watched((cluster) => {
      const ready = () => Promise.reject(new Error('n2 is missing'));
      return new Proxy(cluster, {
        get: (target, name) => (name === 'ready' ? ready : (Reflect.get(target, name) as unknown)),
      });
    });
    await expect(launch(system)).rejects.toMatchObject({
      message: 'the cluster did not start: n2 is missing',
      exitCode: 255,
    });
    expect(seen.disposed).toBe(1);
  });
});
