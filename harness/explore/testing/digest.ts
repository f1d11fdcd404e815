/** Prints a digest of the history of each seed given: for comparing processes, and machines. */
import { createHash } from 'node:crypto';
import { nemeses, runCheckers, workloads } from '../../registry.js';
import { simulated } from '../../simulated/system.js';
import { correctExercise } from '../acquittal.js';
import { attempt, type Exercise, type Means } from '../proof.js';

export const MEANS: Means = { system: simulated, workloads, nemeses, checkers: runCheckers };

/** SHA-256 over the history as it would be written. */
export async function digestOf(exercise: Exercise, seed: number): Promise<string> {
  const { history } = await attempt(exercise, seed, MEANS);
  const hash = createHash('sha256');
  for (const event of history.events()) hash.update(`${JSON.stringify(event)}\n`);
  return hash.digest('hex');
}

if (process.argv[1] === import.meta.filename) {
  for (const seed of process.argv.slice(2).map(Number)) {
    console.log(seed, await digestOf(correctExercise(seed, MEANS), seed));
  }
}
