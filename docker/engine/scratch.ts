import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOwner, parseOwner, self, stateOf } from './owner.js';

const PREFIX = 'faultline-scratch-';

/** A temporary directory marked with its owner, so that the janitor finds it when the owner was killed. */
export async function withScratch<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(directory, 'owner'), formatOwner(self()));
  try {
    return await use(directory);
  } finally {
    await removeTree(directory);
  }
}

/** Removes scratch directories of dead owners; answers their paths. */
export async function sweepScratch(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = join(tmpdir(), name);
    const owner = parseOwner(await readFile(join(directory, 'owner'), 'utf8').catch(() => ''));
    // Of another boot, nobody can be using it any more; of another pid namespace, somebody may.
    if (owner === undefined || stateOf(owner) === 'alive') continue;
    if (stateOf(owner) === 'foreign' && owner.bootId === self().bootId) continue;
    if (await removeTree(directory)) removed.push(directory);
  }
  return removed;
}

/** A tree with something mounted inside is left alone: removing it would remove what is mounted. */
async function removeTree(directory: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  if (mounts.includes(` ${directory}/`)) return false;
  await rm(directory, { recursive: true, force: true });
  return true;
}
