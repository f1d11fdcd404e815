import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash, filesIn } from './folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-test-'));
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM x');
  await writeFile(join(folder, 'sub', 'start'), 'echo');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the content hash of an image folder', () => {
  it('is the same for the same content', async () => {
    const hash = await contentHash(folder, ['base']);
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(await contentHash(`${folder}/`, ['base'])).toBe(hash);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a content', () => writeFile(join(folder, 'Dockerfile'), 'FROM y')],
    ['a name', () => writeFile(join(folder, 'another'), '')],
    ['an execute bit', () => chmod(join(folder, 'sub', 'start'), 0o755)],
    [
      'a byte moved to the next file',
      async () => {
        await writeFile(join(folder, 'Dockerfile'), 'FROM ');
        await writeFile(join(folder, 'sub', 'start'), 'xecho');
      },
    ],
  ])('changes with %s', async (_, change) => {
    const before = await contentHash(folder, ['base']);
    await change();
    expect(await contentHash(folder, ['base'])).not.toBe(before);
  });

  it('changes with the base image and with the arguments, and how they are divided', async () => {
    const hashes = await Promise.all(
      [['a', 'bc'], ['ab', 'c'], ['a', 'bd'], []].map((list) => contentHash(folder, list)),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  it('takes files below folders, and follows no links', async () => {
    await symlink('/etc/passwd', join(folder, 'link'));
    expect(await filesIn(folder)).toEqual(['Dockerfile', 'sub/start']);
  });
});
