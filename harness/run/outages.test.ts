import { afterEach, describe, expect, it } from 'vitest';
import type { NodeOutage } from '../../docker/system.js';
import { VirtualClock } from '../kit/clock.js';
import { runCheckers } from '../registry.js';
import type { Results } from './plan.js';
import { runTest } from './run.js';
import { memoryRun, NODES, outage, removeRuns, type MemoryCluster } from './testing/world.js';

afterEach(removeRuns);

const FAULTS = { nemeses: [{ name: 'outage', targets: ['one'] }], timeLimitMs: 4000, faultMs: 500, pauseMs: 300 };

/** A run under faults, judged as every run is. */
async function run(trouble: { neverReady?: boolean }, prepare: (cluster: MemoryCluster) => void): Promise<Results> {
  const clock = new VirtualClock();
  const request = await memoryRun({ clock, trouble, planned: FAULTS, checkers: runCheckers });
  prepare(request.cluster);
  return clock.run(runTest({ ...request, nemeses: [outage(request.cluster.trouble)] }));
}

const tells = (outages: readonly NodeOutage[]) => (cluster: MemoryCluster) =>
  void Object.assign(cluster, { outages: () => Promise.resolve(outages) });
const findingOf = ({ checks }: Results) => checks.find(({ checker }) => checker === 'availability')!.verdict;

describe('a node that does not come back', () => {
  it('is a finding of its own, with its last words, and no trouble of the harness', async () => {
    const lastLines = ['reading wal', 'panic: crc mismatch'];
    const results = await run(
      { neverReady: true },
      tells([{ node: 'n3', reason: 'ended with exit code 2', lastLines }]),
    );
    expect(results.outcome).toBe('inconclusive');
    expect(results).not.toHaveProperty('harnessError');
    expect(results.notes).toEqual([]);
    expect(results.sentence).toMatch(
      /^No violation was found, but n3 did not come back.*: ended with exit code 2; last/,
    );
    expect(findingOf(results)).toMatchObject({
      validity: 'unknown',
      anomalies: [{ kind: 'unavailable', explanation: ['What n3 logged last:', ...lastLines] }],
    });
    expect(results.phases.map(({ name }) => name)).toContain('final');
  });

  it('is found also where it is no part of the cluster any more', async () => {
    const results = await run({}, (cluster) => {
      const left = cluster.nodes.filter(({ name }) => name !== 'n2');
      const ready = async () => void Object.assign(cluster, { nodes: left });
      Object.assign(cluster, { ready });
    });
    expect(results.sentence).toContain('n2 did not come back');
    expect(results.sentence).toContain('no part of the cluster any more');
    expect(results.outcome).toBe('inconclusive');
  });

  it('that cannot be named is a doubt about the run', async () => {
    const results = await run({ neverReady: true }, tells([]));
    expect(results.outcome).toBe('inconclusive');
    expect(results.notes).toEqual(['the cluster did not come back after healing: n3 does not answer']);
  });

  it('is none where all are back', async () => {
    const results = await run({}, tells(NODES.map((node) => ({ node, reason: 'not asked', lastLines: [] }))));
    expect(findingOf(results)).toMatchObject({ validity: 'valid', anomalies: [] });
    expect(results.outcome).toBe('valid');
  });
});
