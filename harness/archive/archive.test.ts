import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nightly, store } from '../../reports/testing/nights.js';
import { historyOf, planOf, resultsOf } from '../../reports/testing/runs.js';
import type { FaultRecord } from '../history/faults.js';
import { configurationOf } from './archive.js';
import { metricsOf } from './metrics.js';
import { readArchive } from './read.js';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'faultline-archive-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('an archive', () => {
  it('finds every run once, however deep, oldest first, and tells of what is damaged', async () => {
    const runs = nightly({ seed: 1, nights: 3 });
    await store(join(root, 'suite', 'cell', '1'), runs.slice(2));
    await store(root, runs.slice(0, 2));
    await symlink(runs[0].plan.runId, join(root, 'latest'));
    await mkdir(join(root, 'torn'));
    await writeFile(join(root, 'torn', 'plan.json'), '{"formatVersion":1,');
    await mkdir(join(root, 'running'));
    await writeFile(
      join(root, 'running', 'plan.json'),
      JSON.stringify(planOf({ createdAt: '2027-01-01T00:00:00.000Z' })),
    );
    const archive = await readArchive(root);
    expect(archive.runs.map(({ plan }) => plan.createdAt.slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-03-02',
      '2026-03-03',
      '2027-01-01',
    ]);
    expect(archive.runs[0].metrics?.calm.operations).toBe(6000);
    expect(archive.runs[3].results).toBeUndefined();
    expect(archive.troubles).toHaveLength(1);
    expect(archive.troubles[0]).toMatch(/torn.plan\.json:1 is damaged/);
  });

  it('refuses what is no directory', async () => {
    await expect(readArchive(join(root, 'nowhere'))).rejects.toThrow(/cannot be read.*name a directory of runs/);
  });

  it('tells configurations apart by everything but the seed', () => {
    const key = (overrides: Parameters<typeof planOf>[0]) => configurationOf(planOf(overrides)).key;
    expect(key({ seed: 1, runId: 'a' })).toBe(key({ seed: 2, runId: 'b' }));
    expect(key({ nemeses: [] })).not.toBe(key({}));
    expect(key({ consistency: 'sequential' })).not.toBe(key({}));
  });
});

describe('metrics', () => {
  const SECOND = 1e9;
  /** A read a second from 0 to 9 s that takes 10 ms; from 4 to 6 s they fail. */
  const history = historyOf(
    Array.from({ length: 10 }, (_, at) => [
      { process: 0, type: 'invoke' as const, f: 'read', value: null, time: at * SECOND },
      {
        process: 0,
        type: at >= 4 && at < 6 ? ('fail' as const) : ('ok' as const),
        f: 'read',
        value: null,
        time: at * SECOND + 10e6,
        ...(at === 5 && { error: 'mismatch' }),
      },
    ]).flat(),
  );
  const fault = {
    kind: 'kill',
    injectedTime: 4 * SECOND,
    healedTime: 6 * SECOND,
    recoveryNs: 0.25 * SECOND,
    effective: true,
  };

  it('are counted where they happened: under each kind of fault, and without any', () => {
    const { calm, faults } = metricsOf(history, resultsOf({ faults: [fault as FaultRecord] }));
    expect(calm).toMatchObject({ operations: 8, availability: 1, p50Ms: 10, p99Ms: 10 });
    expect(calm.throughputHz).toBeCloseTo(8 / 7.01, 6);
    // A compare-and-set that found another value was answered.
    expect(faults['kill']).toMatchObject({
      operations: 2,
      availability: 0.5,
      p50Ms: null,
      seconds: 2,
      throughputHz: 0,
      recoveryMs: [250],
    });
  });

  it('count time once where faults overlap', () => {
    const again = { ...fault, kind: 'partition', injectedTime: 5 * SECOND, healedTime: 7 * SECOND };
    const { calm, faults } = metricsOf(history, resultsOf({ faults: [fault, again] as FaultRecord[] }));
    expect(calm.seconds).toBeCloseTo(9.01 - 3, 6);
    expect(faults['partition'].seconds).toBe(2);
  });

  it('of nothing are nothing', () => {
    expect(metricsOf(historyOf([]), resultsOf())).toMatchObject({
      calm: { operations: 0, availability: null },
      faults: {},
    });
  });
});
