import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, Results } from '../run/plan.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'harness', 'cli', 'main.ts');
let out = '';

/** The command line as a user runs it, from sources; plain text also where CI would make it colour. */
function faultline(...args: string[]) {
  const options = { cwd: root, reject: false, all: true, env: { NO_COLOR: '1' } } as const;
  return execa(process.execPath, ['--import', 'tsx', main, ...args], options);
}

const test = (...args: string[]) => faultline('test', 'etcd', '--out', out, ...args);

function latest(): string {
  return join(out, readlinkSync(join(out, 'latest')));
}

function results(): Results {
  return JSON.parse(readFileSync(join(latest(), 'results.json'), 'utf8')) as Results;
}

async function containersOf(runId: string): Promise<string[]> {
  const { stdout } = await execa('docker', ['ps', '-aq', '--filter', `label=faultline.run=${runId}`]);
  return stdout.split('\n').filter((line) => line !== '');
}

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'faultline-runs-'));
});

afterAll(() => rm(out, { recursive: true, force: true }));

describe('faultline test etcd', () => {
  it('finds linearizable reads valid under partition, kill and pause, with every fault proven', async () => {
    const run = await test('-w', 'bank,inventory,register', '-n', 'partition,kill,pause', '-t', '30', '--seed', '7');
    expect(run.all).toContain('VALID');
    expect(run.exitCode).toBe(0);
    const { outcome, faults, checks, counts } = results();
    expect(outcome).toBe('valid');
    expect(faults.length).toBeGreaterThanOrEqual(3);
    expect(faults.filter(({ effective, healed }) => !effective || !healed)).toEqual([]);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['partition', 'kill', 'pause']));
    expect(checks.map(({ verdict }) => verdict.validity)).toEqual(checks.map(() => 'valid'));
    expect(new Set(counts.map(({ workload }) => workload))).toEqual(new Set(['bank', 'inventory', 'register']));
    const report = readFileSync(join(latest(), 'report.html'), 'utf8');
    expect(report).toContain('no violation in');
    const lines = (run.all ?? '').trim().split('\n');
    expect(lines[0]).toContain('seed 7');
    expect(lines.at(-1)).toContain('seed 7');
  });

  it('finds the stale reads of serializable reads, naming value, writer and reader', async () => {
    const serializable = ['--set', 'reads=serializable', '--seed', '7'];
    const run = await test('-w', 'register', '-n', 'partition', '-t', '120', '--fail-fast', ...serializable);
    expect(run.exitCode).toBe(1);
    const [anomaly] = results().checks.flatMap(({ verdict }) =>
      verdict.validity === 'invalid' ? verdict.anomalies : [],
    );
    expect(anomaly.kind).toBe('nonlinearizable');
    expect(anomaly.sentence).toMatch(/n\d.*\d.*n\d/s);
    expect(anomaly.operations.length).toBeLessThanOrEqual(12);
    expect(run.all).toContain(anomaly.sentence.slice(0, 40));
    expect(results().notes.join()).toContain('--fail-fast');
  });

  it('heals, judges and reports after Ctrl-C', async () => {
    const run = test('-w', 'register', '-n', 'partition', '--nodes', '3', '-t', '60');
    run.all?.on('data', (text: Buffer) => {
      if (/faults \d+ of/.test(text.toString())) run.kill('SIGINT');
    });
    const { exitCode, all } = await run;
    expect(all).toContain('interrupted: healing');
    expect(exitCode).toBe(2);
    expect(results().notes.join()).toContain('ended early: interrupted');
    expect(readFileSync(join(latest(), 'report.html'), 'utf8')).toContain('proves too little');
    const plan = JSON.parse(readFileSync(join(latest(), 'plan.json'), 'utf8')) as Plan;
    expect(await containersOf(plan.runId)).toEqual([]);
  });

  it('leaves nothing alive 5 s after kill -9, and check finishes the run', async () => {
    const run = test('-w', 'register', '-n', 'pause', '--nodes', '3', '-t', '60');
    run.all?.on('data', (text: Buffer) => {
      if (/faults \d+ of/.test(text.toString())) run.kill('SIGKILL');
    });
    expect((await run).signal).toBe('SIGKILL');
    await sleep(5000);
    const plan = JSON.parse(readFileSync(join(latest(), 'plan.json'), 'utf8')) as Plan;
    const { stdout } = await execa('docker', ['ps', '-q', '--filter', `label=faultline.run=${plan.runId}`]);
    expect(stdout).toBe('');
    const checked = await faultline('check', latest());
    expect([0, 2]).toContain(checked.exitCode);
    expect(results().runId).toBe(plan.runId);
    await faultline('clean');
    expect(await containersOf(plan.runId)).toEqual([]);
    const networks = await execa('docker', ['network', 'ls', '-q', '--filter', `label=faultline.run=${plan.runId}`]);
    expect(networks.stdout).toBe('');
  });
});

describe('bad arguments', () => {
  it.each([
    [['test', 'etdc'], 'did you mean etcd?'],
    [['test', 'etcd', '--nodes', '9'], '1 to 7 nodes'],
    [['test', 'etcd', '-w', 'bnak'], 'did you mean bank?'],
    [['test', 'etcd', '-n', 'partiton'], 'did you mean partition?'],
    [['test', 'etcd', '-n', 'partition', '--nodes', '1'], 'at least'],
    [['test', 'etcd', '--set', 'reads=stale'], '--set reads=stale: etcd'],
    [['test', 'etcd', '--rate', 'fast'], '--rate'],
    [['test', 'etcd', '--concurrency', '0'], '--concurrency 0'],
    [['test', 'etcd', '--consistency', 'serialisable'], 'did you mean serializable?'],
    [['tset'], 'test'],
  ])('%j ends with one line and 254', async (args, text) => {
    const { exitCode, stderr } = await faultline(...args);
    expect(stderr).toContain(text);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(254);
  });
});
