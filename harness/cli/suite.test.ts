import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../kit/errors.js';
import { parseSuite } from '../suite/read.js';
import type { SuiteResults } from '../suite/suite.js';
import { validateCell } from './suite-cells.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-suite-'));
});
afterAll(() => rm(folder, { recursive: true }));

const faultline = (...args: string[]) =>
  execa(process.execPath, ['--import', 'tsx', join(root, 'harness/cli/main.ts'), ...args], {
    cwd: root,
    reject: false,
    all: true,
    env: { NO_COLOR: '1', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'step.md') },
  });

const FILE = `
name: small
seed: 5
test: { time-limit: 4, warm-up: 1, recovery: 3, rate: 50 }
cells:
  - { system: simulated, workloads: register, nemeses: kill }
  - { system: simulated, workloads: register, options: { bug: stale-follower-read } }
`;

describe('faultline suite', () => {
  it('runs its cells, writes what CI reads, and after an interruption goes on where it was', async () => {
    const file = join(folder, 'small.yaml');
    await writeFile(file, FILE);
    expect((await faultline('suite', file, '--out', folder, '--resume')).all).toContain('no unfinished suite small');
    const first = faultline('suite', file, '--out', folder);
    first.all.on('data', (text: Buffer) => {
      if (text.includes('✓ ')) first.kill('SIGINT');
    });
    const interrupted = await first;
    expect(interrupted.exitCode, interrupted.all).toBe(2);
    expect(interrupted.all).toContain('interrupted');
    const [directory] = (await readdir(folder)).filter((name) => name.includes('-suite-small-'));
    const load = async () => JSON.parse(await readFile(join(folder, directory, 'suite.json'), 'utf8')) as SuiteResults;
    expect((await load()).cells.map(({ outcome }) => outcome)).toEqual(['valid', 'not-run']);

    const resumed = await faultline('suite', file, '--out', folder, '--resume', join(folder, directory));
    expect(resumed.exitCode, resumed.all).toBe(1);
    const results = await load();
    expect(results.cells.map(({ outcome }) => outcome)).toEqual(['valid', 'invalid']);
    // The first was not run again.
    expect(results.cells[0].attempts).toHaveLength(1);
    expect(resumed.all).toMatch(/::error file=.*small\.yaml,line=\d+,title=invalid/);
    expect(await readFile(join(folder, 'step.md'), 'utf8')).toContain('Not as expected');
    expect((await readdir(join(folder, directory))).sort()).toEqual(
      expect.arrayContaining(['attempts.jsonl', 'index.html', 'junit.xml', 'suite.json', 'summary.md']),
    );
    for (const command of ['trend', 'matrix']) expect((await faultline(command, folder)).exitCode).toBe(0);
  });

  it.each([
    [
      'cells: [{ system: simulatd, workloads: register }]',
      /bad\.yaml:1: unknown system simulatd; did you mean simulated\?/,
    ],
    [
      'cells:\n  - { system: simulated, workloads: registre }',
      /bad\.yaml:2: -w registre: unknown workload; did you mean register\?/,
    ],
    [
      'cells:\n  - { system: simulated, workloads: register, options: { bgu: x } }',
      /bad\.yaml:2: --set bgu=x: simulated has no option bgu/,
    ],
    [
      'cells:\n  - { system: simulated, workloads: register, test: { tme-limit: 3 } }',
      /bad\.yaml:2: test\.tme-limit: no flag of faultline test; did you mean time-limit\?/,
    ],
    [
      'cells:\n  - { system: simulated, workloads: register, test: { seed: 3 } }',
      /bad\.yaml:2: test\.seed: belongs outside/,
    ],
  ])('refuses a mistake before anything starts: %s', async (text, message) => {
    const [cell] = parseSuite(text, 'bad.yaml', 1).cells;
    const error = await validateCell(cell).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).message).not.toContain('\n');
  });
});
