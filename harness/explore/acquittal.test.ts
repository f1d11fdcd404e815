import { expect, it } from 'vitest';
import { nemeses, runCheckers, workloads } from '../registry.js';
import { simulated } from '../simulated/system.js';
import { correctExercise } from './acquittal.js';

const means = { system: simulated, workloads, nemeses, checkers: runCheckers };
const exercises = Array.from({ length: 2000 }, (_, at) => correctExercise(at + 1, means));

it('the correct store meets every kind of fault with every workload, but backups where nobody could judge them', () => {
  const judged = ['append', 'bank', 'counter', 'long-fork', 'monotonic', 'register', 'set', 'wr', 'write-skew'];
  for (const { name } of workloads) {
    const met = new Set(exercises.filter(({ workload }) => workload === name).flatMap((exercise) => exercise.nemeses));
    const missing = nemeses.map((nemesis) => nemesis.name).filter((nemesis) => !met.has(nemesis));
    expect([name, missing]).toEqual([name, judged.includes(name) ? [] : ['backup-restore']]);
  }
});
