import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { register } from '../../workloads/register.js';
import { runAnew } from '../explore/laboratory.js';
import { planFor } from '../explore/testing/plans.js';
import { nemeses, runCheckers, workloads } from '../registry.js';
import type { Plan } from '../run/plan.js';
import { simulated } from '../simulated/system.js';
import { exploreCommand } from './explore.js';
import { replayCommand } from './replay.js';
import { shrinkCommand } from './shrink.js';
import { testCommand } from './test.js';
import { faultlineVersion } from './version.js';

let root = '';
let printed: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'faultline-reproduce-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(root, { recursive: true, force: true });
});

/** A command line as the user gives it, in this process; answers the exit code. */
async function faultline(...words: string[]): Promise<number> {
  process.exitCode = undefined;
  const commands = [testCommand, replayCommand, shrinkCommand, exploreCommand];
  const parser = commands.reduce((parsed, command) => parsed.command(command), yargs(words).exitProcess(false));
  await parser
    .strict()
    .fail((message, error: Error | undefined) => {
      throw error ?? new Error(message);
    })
    .parseAsync();
  return Number(process.exitCode ?? 0);
}

/** A short run of the simulated system. */
async function runOf(bug: string, change: Partial<Plan> = {}): Promise<string> {
  const options = { system: simulated, workload: register, seed: 1, systemOptions: { bug }, timeLimitMs: 2000 };
  const plan = { ...planFor(options), faultlineVersion: faultlineVersion(), ...change };
  const budget = { timeMs: 20_000, memoryBytes: 2 ** 30 };
  const means = { root, system: simulated, workloads, nemeses, checkers: runCheckers, budget };
  return (await runAnew(plan, means)).store.directory;
}

async function changed(run: string, change: (plan: Plan) => object): Promise<string> {
  const path = join(run, 'plan.json');
  const plan = JSON.parse(await readFile(path, 'utf8')) as Plan;
  await writeFile(path, JSON.stringify(change(plan)));
  return run;
}

describe('faultline replay', () => {
  it('repeats a simulated run byte for byte, and a plan alone', async () => {
    const run = await runOf('stale-follower-read');
    expect(await faultline('replay', run, '--out', root)).toBe(1);
    expect(printed.join('\n')).toContain('byte for byte the same');
    expect(printed.join('\n')).toContain('nonlinearizable (register: linearizable) showed again');
    expect(await faultline('replay', join(run, 'plan.json'), '--out', root)).toBe(1);
    expect(await faultline('replay', await runOf('none'), '--out', root)).toBe(0);
  });

  it('counts attempts, with a confidence interval', async () => {
    const run = await runOf('stale-follower-read');
    expect(await faultline('replay', run, '--attempts', '2', '--out', root)).toBe(1);
    expect(printed.at(-1)).toMatch(/showed in 2 of 2 attempts \(100 %, 95 % confidence: 34 to 100 %\)/);
  });

  it.each([
    [
      () => ({ formatVersion: 99 }),
      /plan\.json has format 99, this Faultline reads 1: use the Faultline that wrote it/,
    ],
    [
      () => ({ faultlineVersion: '7.1.0' }),
      /plan\.json was made by Faultline 7\.1\.0, this is .*use Faultline 7\.1\.0/,
    ],
    [
      (plan: Plan) => ({ system: { ...plan.system, name: 'simulatd' } }),
      /plan\.json: unknown system simulatd; did you mean simulated\?/,
    ],
    [
      (plan: Plan) => ({ workloads: [{ ...plan.workloads[0], name: 'regster' }] }),
      /plan\.json: unknown workload regster; did you mean register\?/,
    ],
  ])('refuses a run made by another version or with other plug-ins: %s', async (change, message) => {
    const run = await changed(await runOf('none'), (plan) => ({ ...plan, ...change(plan) }));
    await expect(faultline('replay', run)).rejects.toThrow(message);
    await expect(faultline('replay', run)).rejects.toMatchObject({ exitCode: 254 });
  });

  it('names the nearest bug where a plan asks for one that is not there', async () => {
    const options = (plan: Plan) => ({ ...plan.system, options: { ...plan.system.options, bug: 'split-brian' } });
    const run = await changed(await runOf('none'), (plan) => ({ ...plan, system: options(plan) }));
    await expect(faultline('replay', run)).rejects.toThrow('unknown bug; did you mean split-brain?');
    await expect(faultline('test', 'simulated', '--set', 'bug=split-brian')).rejects.toThrow(
      'did you mean split-brain?',
    );
  });

  it('says when there is nothing there', async () => {
    await expect(faultline('replay', join(root, 'none'))).rejects.toThrow('no such run directory or plan file');
  });
});

describe('faultline shrink', () => {
  it('writes the smallest plan beside the run, which replay takes', async () => {
    const run = await runOf('stale-follower-read');
    expect(await faultline('shrink', run, '--max-runs', '40', '--out', root)).toBe(1);
    const shrunk = JSON.parse(await readFile(join(run, 'shrunk.json'), 'utf8')) as Plan;
    expect(shrunk.operations!.length).toBeLessThan(100);
    expect(await faultline('replay', join(run, 'shrunk.json'), '--out', root)).toBe(1);
  });

  it('of a passing run is one line', async () => {
    const run = await runOf('none');
    await expect(faultline('shrink', run)).rejects.toThrow(
      `${run}: the run was valid: there is no violation to shrink; choose a run that was invalid`,
    );
    await expect(faultline('shrink', run)).rejects.toMatchObject({ exitCode: 254 });
  });
});

describe('faultline explore', () => {
  it('ends with a run that is invalid, and says how to shrink it', async () => {
    const search = ['--set', 'bug=stale-follower-read', '-t', '2', '--runs', '2', '--seed', '1', '--out', root];
    expect(await faultline('explore', 'simulated', ...search)).toBe(1);
    expect(printed.join('\n')).toContain('faultline shrink');
    expect(printed.join('\n')).toContain('hit, by kind of fault');
  });

  it('says that nothing was violated', async () => {
    expect(await faultline('explore', 'simulated', '-t', '2', '--runs', '1', '--seed', '1', '--out', root)).toBe(0);
    expect(printed.at(-1)).toMatch(/^nothing was violated in 1 runs?, /);
  });
});
