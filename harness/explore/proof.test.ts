import { describe, expect, it } from 'vitest';
import { nemeses, runCheckers, workloads } from '../registry.js';
import { BUGS } from '../simulated/bugs/bugs.js';
import { simulated } from '../simulated/system.js';
import { acquit, isFalseAlarm } from './acquittal.js';
import { type Exercise, hunt, type Means } from './proof.js';

const means: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };
const FAULTS = ['partition', 'kill', 'pause'];
const hurt: Exercise = {
  workload: 'bank',
  options: {},
  nemeses: FAULTS,
  systemOptions: { kill: 'power' },
};

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
