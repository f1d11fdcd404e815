import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { etcd } from '../../docker/etcd/system.js';
import { register } from '../../workloads/register.js';
import { readHistory } from '../history/formats/read.js';
import { nemeses, runCheckers, workloads } from '../registry.js';
import type { Laboratory, Rerun } from './laboratory.js';
import { runAnew } from './laboratory.js';
import { recordedPlan } from './recorded-plan.js';
import { replayAttempts } from './replay.js';
import { shrink } from './shrink/shrink.js';
import { anomaliesLike, type Signature, signatureOf } from './signature.js';
import { planFor } from './testing/plans.js';

/**
 * Reads that any member answers from its own state: behind a cut they are stale for as long as it lasts, which is longer
 * than the others take to elect a leader where it is the leader that was cut off.
 */
const stale = planFor({
  ...{ system: etcd, workload: register, seed: 6, nodes: 3, timeLimitMs: 5000 },
  systemOptions: { reads: 'serializable' },
});
const cutOff = { id: 1, kind: 'partition', target: 'isolate-one', order: ['n2', 'n1', 'n3'] };
/** So few operations that next to no read is stale without the cut. */
const plan = { ...stale, rateHz: 15, schedule: [{ request: cutOff, atMs: 500, forMs: 4000 }] };

const budget = { timeMs: 20_000, memoryBytes: 2 ** 30 };
let laboratory: Laboratory;
let recorded: Rerun;
let signature: Signature;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'faultline-replay-'));
  laboratory = { workloads, nemeses, checkers: runCheckers, budget, root, system: etcd };
  recorded = await runAnew(plan, laboratory);
  signature = signatureOf(recorded.results)!;
});
afterAll(() => rm(laboratory.root, { recursive: true, force: true }));

it('a failure of a real cluster shows again when what was recorded is issued again', async () => {
  expect(signature).toMatchObject({ checker: 'linearizable', kind: 'nonlinearizable' });
  const { history } = await readHistory(recorded.store.historyPath, { format: 'jsonl' });
  const again = recordedPlan(recorded.plan, history);
  const { share, reruns } = await replayAttempts({ plan: again, attempts: 2, signature, laboratory });
  expect(share.of).toBe(2);
  expect(share.times).toBeGreaterThan(0);
  expect(share.low).toBeGreaterThan(0);
  const { operations = [] } = reruns[0].plan;
  expect(operations.length).toBeGreaterThan(50);
  expect(reruns[0].results.faults).toMatchObject([{ kind: 'partition', effective: true, healed: true }]);
});

it('and is shrunk to the fault it needs, each candidate run as often as it takes to tell', async () => {
  const idle = { request: { id: 2, kind: 'pause', target: 'one', order: ['n3', 'n1', 'n2'] }, atMs: 0, forMs: 200 };
  const shrunk = await shrink({
    plan: { ...plan, schedule: [idle, ...plan.schedule] },
    // Without any fault it does not fail, which takes five runs to believe; without the pause it does, which takes two.
    ...{ signature, laboratory, maxRuns: 8, attempts: 1 },
  });
  expect(shrunk.before.faults).toBe(2);
  expect(shrunk.plan.schedule.map(({ request }) => request.kind)).not.toContain('pause');
  expect(shrunk.runs).toBeGreaterThan(1);
  expect(shrunk.share).toMatchObject({ times: 1, of: 1 });
  expect(anomaliesLike(shrunk.reruns[0].results, signature)).not.toEqual([]);
});
