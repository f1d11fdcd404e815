import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let folder = '';

/** The package as a stranger gets it: packed, installed elsewhere, run through npx. */
beforeAll(async () => {
  if (!existsSync(join(root, 'dist', 'harness', 'cli', 'main.js')))
    throw new Error('no dist/: run npm run build first');
  folder = await mkdtemp(join(tmpdir(), 'faultline-packed-'));
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: root,
  });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const tarball = join(folder, stdout.trim().split('\n').at(-1)!);
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', tarball], { cwd: folder });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const npx = (...args: string[]) =>
  execa('npx', ['faultline', ...args], { cwd: folder, reject: false, env: { NO_COLOR: '1' } });

describe('the packed tarball', () => {
  it('judges a bare history and writes a report, far from its sources', async () => {
    const lines = [
      '{"process":0,"type":"invoke","f":"write","value":1}',
      '{"process":0,"type":"ok","f":"write","value":1}',
      '{"process":1,"type":"invoke","f":"read","value":null}',
    ];
    const read = (value: number) => `{"process":1,"type":"ok","f":"read","value":${value}}`;
    await writeFile(join(folder, 'good.jsonl'), [...lines, read(1)].join('\n') + '\n');
    await writeFile(join(folder, 'bad.jsonl'), [...lines, read(2)].join('\n') + '\n');
    expect((await npx('check', 'good.jsonl', '--model', 'cas-register')).exitCode).toBe(0);
    const bad = await npx('check', 'bad.jsonl', '--model', 'cas-register', '--report', 'bad.html');
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toContain('INVALID');
    expect(existsSync(join(folder, 'bad.html'))).toBe(true);
  });

  it('lists what there is, with its databases and their image folders inside', async () => {
    const { stdout, exitCode } = await npx('list');
    expect(exitCode).toBe(0);
    for (const name of ['etcd', 'bank', 'inventory', 'register', 'partition', 'kill', 'pause'])
      expect(stdout).toContain(name);
    expect(existsSync(join(folder, 'node_modules/faultline/dist/docker/etcd/image/Dockerfile'))).toBe(true);
    expect(existsSync(join(folder, 'node_modules/faultline/dist/docker/toolbox/Dockerfile'))).toBe(true);
  });

  it('explains itself', async () => {
    const { stdout } = await npx('--help');
    for (const word of ['test', 'check', 'report', 'list', 'doctor', 'clean', 'Exit codes'])
      expect(stdout).toContain(word);
  });
});
