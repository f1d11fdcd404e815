import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of all files below a folder, relative, sorted; links and special files are not followed. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const root = folder.endsWith('/') ? folder : `${folder}/`;
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

/**
 * A digest of everything that decides what an image becomes: names, contents and execute bits of the folder's files,
 * and `ingredients` (the base image's id, build arguments). 12 hexadecimal digits.
 */
export async function contentHash(folder: string, ingredients: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  // Lengths are hashed with the parts, so that moving a byte from one part to the next changes the digest.
  const add = (part: string | Buffer) => hash.update(`${Buffer.byteLength(part)}:`).update(part);
  for (const file of await filesIn(folder)) {
    const path = join(folder, file);
    add(file);
    add((await stat(path)).mode & 0o100 ? 'x' : '-');
    add(await readFile(path));
  }
  for (const ingredient of ingredients) add(ingredient);
  return hash.digest('hex').slice(0, 12);
}
