import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { acquit, type Acquittal, correctExercise } from '../explore/acquittal.js';
import type { Means } from '../explore/proof.js';
import { UserError } from '../kit/errors.js';

/** Which of the seeds from 1 a process tries: every n-th, from the i-th on. Written `i/n`. */
export interface Share {
  readonly first: number;
  readonly of: number;
}

export function parseShare(text: string): Share {
  const [first, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number) as (number | undefined)[];
  if (first === undefined || of === undefined || first < 1 || first > of) {
    throw new UserError(`--share ${text}: expected i/n with 1 ≤ i ≤ n`);
  }
  return { first, of };
}

/** Tries the correct store with the seeds of a share, telling of each. */
export async function trySeeds(
  seeds: number,
  { first, of }: Share,
  means: Means,
  tell: (acquittal: Acquittal) => void,
): Promise<void> {
  for (let seed = first; seed <= seeds; seed += of) tell(await acquit(correctExercise(seed, means), seed, means));
}

/** The same on several processes of this command, each with a share. Throws where one of them dies. */
export async function trySeedsInParallel(
  seeds: number,
  jobs: number,
  tell: (acquittal: Acquittal) => void,
): Promise<void> {
  const children: ChildProcess[] = [];
  try {
    await Promise.all(
      Array.from({ length: jobs }, (_, at) => {
        const share = ['--correct', String(seeds), '--share', `${at + 1}/${jobs}`];
        const child = spawn(process.execPath, [...process.execArgv, process.argv[1], 'prove', ...share], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        children.push(child);
        createInterface({ input: child.stdout }).on('line', (line) => tell(JSON.parse(line) as Acquittal));
        return ended(child);
      }),
    );
  } finally {
    for (const child of children) child.kill();
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a process that tried the correct store ended with ${code ?? signal}`));
    });
  });
}
