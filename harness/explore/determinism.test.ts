import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nemeses, workloads } from '../registry.js';
import { simulated } from '../simulated/system.js';
import { correctExercise } from './acquittal.js';
import type { Exercise } from './proof.js';
import { digested, MEANS } from './testing/digest.js';

const obeyed = nemeses.filter(({ needs }) => needs.every((ability) => simulated.abilities.includes(ability)));
const short: Omit<Exercise, 'nemeses'> = { workload: 'bank', options: {}, systemOptions: {}, length: 'short' };

describe('the same seed', () => {
  it.each(obeyed.map(({ name }) => name))('gives the same history under %s, which bites and heals', async (name) => {
    const exercise = { ...short, nemeses: [name] };
    const { digest, results } = await digested(exercise, 21);
    expect(results.faults.length).toBeGreaterThan(0);
    for (const { description, effective, healed } of results.faults) {
      expect([description, effective, healed]).toEqual([description, true, true]);
    }
    expect((await digested(exercise, 21)).digest).toBe(digest);
    expect((await digested(exercise, 22)).digest).not.toBe(digest);
  });

  // So many seeds have every workload in every family it speaks.
  const seeds = Array.from({ length: 2 * workloads.length }, (_, at) => at + 1);
  it.each(seeds.map((seed) => [correctExercise(seed, MEANS), seed] as const))(
    'gives the same history with %o (seed %i), and time never goes back',
    async (exercise, seed) => {
      const { digest, history } = await digested(exercise, seed);
      expect((await digested(exercise, seed)).digest).toBe(digest);
      const { times } = history.columns;
      expect(times.every((time, at) => at === 0 || time >= times[at - 1])).toBe(true);
    },
  );

  it('gives the same histories in another process, time zone and language', async () => {
    const asked = [3, 7, 20];
    const script = join(import.meta.dirname, 'testing', 'digest.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...asked.map(String)], {
      env: { ...process.env, TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    });
    const here = [];
    for (const seed of asked) {
      const { digest } = await digested(correctExercise(seed, MEANS), seed);
      here.push(`${seed} ${digest}`);
    }
    expect(stdout.trim().split('\n')).toEqual(here);
  });
});
