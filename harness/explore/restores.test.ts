import { describe, expect, it } from 'vitest';
import type { System } from '../../docker/system.js';
import { nemeses, runCheckers, workloads } from '../registry.js';
import { simulated } from '../simulated/system.js';
import { attempt, type Means } from './proof.js';

const means: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };
const run = (workload: string, seed: number, changed: Partial<Means> = {}) => {
  const faults = ['backup-restore'];
  const exercise = { workload, options: {}, nemeses: faults, systemOptions: {}, length: 'short' as const };
  return attempt(exercise, seed, { ...means, ...changed });
};

/** Whatever backup is asked for, what is restored is one from before the test began. */
const restoresTheWrongOne: System = {
  ...simulated,
  async launch(request) {
    const cluster = await simulated.launch(request);
    const backups = cluster.abilities.backups!;
    const old = await cluster.virtualClock!.run(backups.take('n1'));
    Object.assign(cluster.abilities, { backups: { ...backups, take: () => Promise.resolve(old) } });
    return cluster;
  },
};

describe('a run across restores', () => {
  it.each(['register', 'set', 'bank', 'append', 'counter'])(
    'of %s is valid, and says what was lost',
    async (workload) => {
      const { results } = await run(workload, 3);
      expect(
        results.faults.filter(({ kind, effective, healed }) => kind === 'backup-restore' && effective && healed),
      ).not.toEqual([]);
      expect(results.outcome).toBe('valid');
      const told = results.checks.find(({ required }) => required)!.verdict;
      expect(told.details['survival']).toMatchObject([
        { fault: 1, missing: 0 },
        { fault: 2, missing: 0 },
      ]);
      expect(told.checked.join()).toMatch(/\d+ acknowledged after it, in [\d.]+ s, are lost as a restore loses them/);
    },
  );

  it.each([
    ['register', 'nonlinearizable'],
    ['set', 'lost-by-restore'],
    ['bank', 'lost-by-restore'],
    ['append', 'lost-by-restore'],
  ])('of %s is invalid where another backup is restored', async (workload, kind) => {
    const { results } = await run(workload, 3, { system: restoresTheWrongOne });
    expect(results.outcome).toBe('invalid');
    expect(results.checks.flatMap(({ verdict }) => verdict.anomalies.map((anomaly) => anomaly.kind))).toContain(kind);
  });

  it('of a queue is not decided', async () => {
    const { results } = await run('queue', 3);
    expect(results.outcome).toBe('inconclusive');
  });
});
