import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../../docker/engine/engine.js';
import type { Results } from '../run/plan.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'harness', 'cli', 'main.ts');
let out = '';
beforeEach(async () => void (out = await mkdtemp(join(tmpdir(), 'faultline-interrupt-'))));
afterEach(() => rm(out, { recursive: true, force: true }));

function test(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const command = ['--import', 'tsx', main, 'test', 'etcd', '--out', out, '--nodes', '3', '-w', 'register', ...args];
  return execa(process.execPath, command, { cwd: root, reject: false, all: true, env: { NO_COLOR: '1', ...env } });
}

const path = (file: string) => join(out, 'latest', file);
const results = async () => JSON.parse(await readFile(path('results.json'), 'utf8')) as Results;

async function agentIds(): Promise<readonly string[]> {
  const filters = { label: ['faultline.role=agent'] };
  return (await (await connect()).listContainers({ filters })).map(({ Id }) => Id);
}

it.each(['SIGHUP', 'SIGQUIT'] as const)(
  '%s during a stall whose agent was killed: healed, judged, reported',
  async (signal) => {
    const before = await agentIds();
    const run = test(['-n', 'disk-stall', '-t', '60', '--fault-length', '20', '--warm-up', '1', '--recovery', '10']);
    const stalled = () =>
      existsSync(path('history.jsonl')) &&
      /"type":"ok","f":"disk-stall"/.test(readFileSync(path('history.jsonl'), 'utf8'));
    await expect.poll(stalled, { timeout: 180_000, interval: 200 }).toBe(true);
    const [agent] = (await agentIds()).filter((id) => !before.includes(id));
    void (await connect())
      .getContainer(agent)
      .kill()
      .catch(() => undefined);
    run.kill(signal);
    const { exitCode, all } = await run;
    expect(exitCode, all).toBe(2);
    expect((await results()).notes.join()).toContain('the run was ended early');
    expect(existsSync(path('report.html'))).toBe(true);
  },
);

it('a set-up that fails says why, in one line and in the run directory', async () => {
  const { exitCode, all } = await test([], { DOCKER_HOST: 'tcp://127.0.0.1:1' });
  expect(exitCode).toBe(255);
  const [line] = all.split('\n').filter((each) => each.startsWith('faultline:'));
  expect(line).toContain('No Docker Engine answers at DOCKER_HOST=tcp://127.0.0.1:1');
  expect(existsSync(path('plan.json'))).toBe(true);
  const { outcome, harnessError } = await results();
  expect([outcome, `faultline: ${harnessError}`]).toEqual(['harness-error', line]);
});
