import { describe, expect, it } from 'vitest';
import { nemeses, runCheckers, workloads } from '../registry.js';
import { BUGS } from '../simulated/bugs/bugs.js';
import { simulated } from '../simulated/system.js';
import { acquit, isFalseAlarm } from './acquittal.js';
import { attempt, type Exercise, hunt, type Means } from './proof.js';

const means: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };
const FAULTS = ['partition', 'kill', 'pause'];
const hurt: Exercise = {
  workload: 'bank',
  options: {},
  nemeses: FAULTS,
  systemOptions: { kill: 'power' },
};

describe('a test in virtual time', () => {
  it.each([
    ['faults of one piece', FAULTS],
    ['faults that go on by themselves', ['flapping', 'crash-loop', 'rolling-restart']],
  ])('gives the same history by the same seed, %s and their evidence included', async (_, nemeses) => {
    const journal = async (seed: number) => {
      const { history } = await attempt({ ...hurt, nemeses }, seed, means);
      return [...history.events()].map((event) => JSON.stringify(event));
    };
    const first = await journal(11);
    expect(first.length).toBeGreaterThan(8000);
    expect(await journal(11)).toEqual(first);
    expect(await journal(12)).not.toEqual(first);
  });

  it('has every fault bite and heal, and its clock never go back', async () => {
    const { history, results } = await attempt(hurt, 13, means);
    expect(results.faults.length).toBeGreaterThan(2);
    for (const { effective, healed } of results.faults) expect([effective, healed]).toEqual([true, true]);
    const { times } = history.columns;
    for (let at = 1; at < history.length; at++) expect(times[at]).toBeGreaterThanOrEqual(times[at - 1]);
  });
});

describe('the correct store', () => {
  it.each(workloads.map(({ name }, at) => [name, 100 + at] as const))(
    'raises no alarm under %s, whatever goes wrong (seed %i)',
    async (workload, seed) => {
      const acquittal = await acquit({ ...hurt, workload }, seed, means);
      expect(isFalseAlarm(acquittal), acquittal.sentence).toBe(false);
    },
  );
});

describe('a planted bug', () => {
  it.each(BUGS.map((bug) => [bug.name, bug] as const))('%s is caught and named rightly', async (name, bug) => {
    const exercise = { ...bug.exposedBy, systemOptions: { bug: name } };
    const score = await hunt(exercise, { checker: bug.caughtBy, kinds: bug.kinds }, { ...means, seeds: 50 });
    expect(score.caught, score.alsoFound.join(', ')).toBeDefined();
  });

  it('is not seen where nothing exposes it', async () => {
    const quiet: Exercise = { ...hurt, workload: 'register', nemeses: [], systemOptions: { bug: 'split-brain' } };
    expect((await acquit(quiet, 1, means)).outcome).toBe('valid');
  });
});
