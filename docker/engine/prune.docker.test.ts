import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensureBase, imageId } from './base.js';
import { prepareEngine } from './bootstrap.js';
import { ensureImage } from './images.js';
import { silent } from './progress.js';
import { pruneImages } from './prune.js';

it('an image that a newer one has replaced is removed, the newer one stays', async () => {
  const engine = await prepareEngine();
  const base = await ensureBase(engine, silent);
  const folder = await mkdtemp(join(tmpdir(), 'prune-test-'));
  const name = `prune-${process.pid}`;
  const build = async (text: string) => {
    await writeFile(join(folder, 'Dockerfile'), `ARG BASE\nFROM \${BASE}\nENV TEXT=${text}\n`);
    return (await ensureImage(engine, base, { name, folder, args: {} }, silent)).reference;
  };
  try {
    const first = await build('one');
    // Images are told apart by the second in which they were made.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const second = await build('two');
    expect((await pruneImages(engine)).filter((tag) => tag.includes(name))).toEqual([first]);
    expect(await imageId(engine, first)).toBeUndefined();
    expect(await imageId(engine, second)).toBeDefined();
    await engine.getImage(second).remove();
  } finally {
    await rm(folder, { recursive: true });
  }
});
