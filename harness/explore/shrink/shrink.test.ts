import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../docker/system.js';
import { bank } from '../../../workloads/bank.js';
import { register } from '../../../workloads/register.js';
import { nemeses, runCheckers, workloads } from '../../registry.js';
import type { Plan, ScheduledFault } from '../../run/plan.js';
import { simulated } from '../../simulated/system.js';
import type { Laboratory } from '../laboratory.js';
import { type Signature, shows, signatureOf } from '../signature.js';
import { planFor } from '../testing/plans.js';
import { runTrial } from '../trial.js';
import { keysOf } from './operations.js';
import { shrink } from './shrink.js';
import { sizeText } from './size.js';

let root = '';
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'faultline-shrink-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

const means = { workloads, nemeses, checkers: runCheckers, budget: { timeMs: 20_000, memoryBytes: 2 ** 30 } };
const laboratory = (system: System = simulated): Laboratory => ({ ...means, root, system });
const FAULTS = [
  { name: 'kill', targets: ['leader', 'one'] },
  { name: 'partition', targets: ['random-halves', 'isolate-leader', 'isolate-one'] },
  { name: 'pause', targets: ['one', 'leader'] },
];
const run = async (plan: Plan) => (await runTrial({ ...means, system: simulated, plan })).results;
const STALE: Signature = { workload: 'register', checker: 'linearizable', kind: 'nonlinearizable' };

describe('shrinking', () => {
  it('leaves the one fault of twelve that a planted bug needs', async () => {
    const spared = ['kill', 'pause'].map((name) => ({ name, targets: ['non-leader'] }));
    const cut = (fault: ScheduledFault) => ({ ...fault.request, kind: 'partition', target: 'isolate-leader' });
    const planOf = (seed: number): Plan => {
      const harmless = planFor({
        ...{ system: simulated, workload: register, seed, nemeses: spared, timeLimitMs: 13_500 },
        ...{ systemOptions: { bug: 'acknowledged-when-deposed' }, faultMs: 600, pauseMs: 300 },
      });
      const schedule = harmless.schedule.map((fault, at) =>
        at === 6 ? { ...fault, forMs: 2000, request: cut(fault) } : fault,
      );
      return { ...harmless, schedule };
    };
    let plan = planOf(1);
    for (let seed = 2; seed <= 20 && !shows(await run(plan), STALE); seed++) plan = planOf(seed);
    expect(plan.schedule.length).toBe(12);
    expect(shows(await run(plan), STALE)).toBe(true);
    expect(shows(await run({ ...plan, schedule: plan.schedule.toSpliced(6, 1) }), STALE)).toBe(false);
    const shrunk = await shrink({ plan, signature: STALE, laboratory: laboratory(), maxRuns: 120, attempts: 1 });
    expect(shrunk.plan.schedule.map(({ request }) => request.id)).toEqual([7]);
    expect(shrunk.plan.schedule[0].request).toMatchObject({ kind: 'partition', target: 'isolate-leader' });
    expect(shrunk.before).toMatchObject({ faults: 12, nodes: 5, clients: 10 });
    expect(shrunk.after.operations).toBeLessThan(shrunk.before.operations / 2);
    expect(shrunk.after.ms).toBeLessThan(shrunk.before.ms);
    expect(shrunk.share).toMatchObject({ times: 1, of: 1 });
    expect(shows(await run(shrunk.plan), STALE)).toBe(true);
    expect(existsSync(shrunk.reruns[0].store.planPath)).toBe(true);
  });

  it('never yields a run that passes, nor one that fails in another way, however early it ends', async () => {
    const bugs = ['stale-follower-read', 'lost-update', 'uncommitted-read', 'last-write-wins-by-clock'];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.constantFrom(...bugs),
        fc.integer({ min: 1, max: 40 }),
        async (seed, bug, maxRuns) => {
          const plan = planFor({
            ...{ system: simulated, workload: register, seed, nemeses: FAULTS.slice(0, 1), systemOptions: { bug } },
            timeLimitMs: 3600,
          });
          const signature = signatureOf(await run(plan));
          fc.pre(signature !== undefined);
          const shrunk = await shrink({ plan, signature: signature!, laboratory: laboratory(), maxRuns, attempts: 1 });
          expect(shows(await run(shrunk.plan), signature!)).toBe(true);
          expect(shrunk.runs).toBeLessThanOrEqual(maxRuns);
        },
      ),
      { numRuns: 3 },
    );
  });

  it('takes transactions by the keys that they touch, and what has no keys by its operations', async () => {
    expect(
      keysOf({
        value: [
          ['append', 3, 1],
          ['r', 4, null],
          ['r', 3, null],
        ],
      }),
    ).toEqual(['3', '4']);
    expect(keysOf({ key: 'r1', value: 2 })).toEqual(['r1']);
    expect(keysOf({ value: { from: 1, to: 2 } })).toEqual([]);
    const systemOptions = { bug: 'torn-multi-key-write' };
    const plan = planFor({ system: simulated, workload: bank, seed: 1, systemOptions, timeLimitMs: 3000 });
    const signature = signatureOf(await run(plan))!;
    const shrunk = await shrink({ plan, signature, laboratory: laboratory(), maxRuns: 60, attempts: 1 });
    expect(shrunk.after.operations).toBeLessThan(shrunk.before.operations / 2);
  });

  it('does not claim that nothing smaller fails where there were no runs left to try', async () => {
    const systemOptions = { bug: 'stale-follower-read' };
    const plan = planFor({ system: simulated, workload: register, seed: 6, systemOptions, timeLimitMs: 2000 });
    const request = { plan, signature: STALE, laboratory: laboratory(), maxRuns: 1, attempts: 1 };
    expect(await shrink(request)).toMatchObject({ runs: 1, ended: 'out of runs' });
  });

  it('of a run that does not fail again says so', async () => {
    const plan = planFor({ system: simulated, workload: register, seed: 1, timeLimitMs: 1000 });
    await expect(
      shrink({ plan, signature: STALE, laboratory: laboratory(), maxRuns: 10, attempts: 1 }),
    ).rejects.toThrow('nonlinearizable (register: linearizable) did not show when it was run again');
  });
});

describe('where runs are not alike', () => {
  /** The simulated system with another seed at every launch: what happened once may not happen again. */
  function fickle(): System {
    let launches = 0;
    return {
      ...simulated,
      deterministic: undefined,
      launch: (request) => simulated.launch({ ...request, seed: 1000 + launches++ }),
    };
  }

  it('repeats candidates and tells how often the smallest fails, in runs that had no part in finding it', async () => {
    const plan = planFor({
      ...{ system: simulated, workload: register, seed: 6, timeLimitMs: 3000, nodes: 3 },
      systemOptions: { bug: 'stale-follower-read' },
    });
    const shrunk = await shrink({ plan, signature: STALE, laboratory: laboratory(fickle()), maxRuns: 30, attempts: 3 });
    expect(shrunk.after.faults).toBe(0);
    expect(shrunk.after.operations).toBeLessThan(shrunk.before.operations / 2);
    expect(shrunk.share.times).toBeGreaterThan(0);
    expect(shrunk.share.of).toBe(3);
    // Candidates leave nothing behind: three runs of the original, three of the result (and the link to the latest).
    expect((await readdir(root)).filter((name) => name !== 'latest').length).toBeLessThanOrEqual(9);
  });
});

describe('a size', () => {
  it('is said in words', () => {
    const size = { faults: 1, ms: 800, keys: 1, clients: 2, operations: 3, nodes: 3 };
    expect(sizeText(size)).toBe('1 fault, 0.8 s, 2 clients, 3 operations on 1 key, 3 nodes');
    expect(sizeText({ ...size, faults: 2, keys: 0 })).toBe('2 faults, 0.8 s, 2 clients, 3 operations, 3 nodes');
  });
});
