/** Prints a digest of the history of each seed given: for comparing processes, and machines. */
import { createHash } from 'node:crypto';
import { nemeses, runCheckers, workloads } from '../../registry.js';
import { simulated } from '../../simulated/system.js';
import { correctExercise } from '../acquittal.js';
import { attempt, type Exercise, type Means } from '../proof.js';
import type { Trial } from '../trial.js';

export const MEANS: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };

/** A trial, and the SHA-256 of its history as it would be written. */
export async function digested(exercise: Exercise, seed: number): Promise<Trial & { readonly digest: string }> {
  const trial = await attempt(exercise, seed, MEANS);
  const hash = createHash('sha256');
  for (const event of trial.history.events()) hash.update(`${JSON.stringify(event)}\n`);
  return { ...trial, digest: hash.digest('hex') };
}

if (process.argv[1] === import.meta.filename) {
  for (const seed of process.argv.slice(2).map(Number)) {
    const { digest } = await digested(correctExercise(seed, MEANS), seed);
    console.log(seed, digest);
  }
}
