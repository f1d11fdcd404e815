import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Link } from '../../docker/system.js';
import { partition } from '../../nemesis/partition.js';
import { nemeses, runCheckers, systems } from '../registry.js';
import { launchRun } from '../run/launch.js';
import type { Plan, Results } from '../run/plan.js';
import { createRun } from '../run/store.js';
import { prepareTest } from './prepare.js';
import { testOptions, type TestArguments } from './test.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'harness', 'cli', 'main.ts');
let out = '';

beforeAll(async () => void (out = await mkdtemp(join(tmpdir(), 'faultline-faults-'))));
afterAll(() => rm(out, { recursive: true, force: true }));

async function test(...args: string[]) {
  const command = ['--import', 'tsx', main, 'test', 'etcd', '--out', out, '--nodes', '3', '-w', 'register', ...args];
  const run = await execa(process.execPath, command, { cwd: root, reject: false, all: true, env: { NO_COLOR: '1' } });
  const stored = async <T>(file: string) => JSON.parse(await readFile(join(out, 'latest', file), 'utf8')) as T;
  return { run, results: await stored<Results>('results.json'), plan: await stored<Plan>('plan.json') };
}

describe('power loss tells durable settings from lazy ones', () => {
  const lossy = async () => {
    const file = join(out, 'power.json');
    await writeFile(file, JSON.stringify([{ at: '2s', for: '1s', fault: 'power-loss', target: 'all' }]));
    return ['--schedule', file, '-t', '10', '--seed', '1', '--set', 'version=3.5'];
  };

  it('etcd by default loses nothing', async () => {
    const { run, results } = await test(...(await lossy()));
    expect(run.all).toContain('VALID');
    expect(results.outcome).toBe('valid');
    expect(results.faults.length).toBeGreaterThan(0);
    for (const { effective, healed } of results.faults)
      expect({ effective, healed }).toEqual({ effective: true, healed: true });
  });

  it('etcd that never syncs loses acknowledged writes, and the checker names them', async () => {
    const { run, results } = await test(...(await lossy()), '--set', 'unsafeNoFsync=true');
    expect(results.outcome).toBe('invalid');
    expect(run.exitCode).toBe(1);
    const anomalies = results.checks.flatMap(({ verdict }) =>
      verdict.validity === 'invalid' ? verdict.anomalies : [],
    );
    const named = anomalies.filter(({ sentence }) => /returned .* had been written and acknowledged/.test(sentence));
    expect(named.length).toBeGreaterThan(0);
  });
});

it('a schedule file gives exact, overlapping and aimed faults, and the plan records them', async () => {
  const file = join(out, 'faults.json');
  const faults = [
    { at: '1s', for: '6s', fault: 'partition', target: 'isolate-leader' },
    { for: '1s', fault: 'kill', target: 'leader', when: 'leader-changed' },
    { at: '2s', for: '2s', fault: 'loss', target: 'all', options: { share: 0.1 } },
  ];
  await writeFile(file, JSON.stringify(faults));
  const { results, plan } = await test('--schedule', file, '-t', '12', '--seed', '3');
  expect(plan.schedule).toMatchObject([
    { atMs: 0, forMs: 1000, trigger: { kind: 'leader-changed' }, request: { kind: 'kill', target: 'leader' } },
    { atMs: 1000, request: { kind: 'partition', target: 'isolate-leader' } },
    { atMs: 2000, request: { kind: 'loss', options: { share: 0.1 } } },
  ]);
  expect(results.outcome).toBe('valid');
  const [kill, cut, loss] = ['kill', 'partition', 'loss'].map((kind) => results.faults.find((f) => f.kind === kind)!);
  expect(kill.firedBy).toMatch(/^leader changed from n\d to n\d$/);
  for (const inside of [kill, loss]) {
    expect(inside.injectedTime!).toBeGreaterThan(cut.injectedTime!);
    expect(inside.injectedTime!).toBeLessThan(cut.healedTime!);
  }
});

it('a fault that was sabotaged makes the run inconclusive', async () => {
  const defaults = Object.fromEntries(
    Object.entries(testOptions).map(([name, option]) => [
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      'default' in option ? option.default : undefined,
    ]),
  );
  const args = { ...defaults, nodes: 3, timeLimit: 6, nemeses: ['partition:isolate-one'], seed: 5, out };
  const prepared = await prepareTest('etcd', args as unknown as TestArguments);
  const wrong = (links: readonly Link[]): readonly Link[] =>
    links.map(({ to }) => ({ from: 'clients', to })).slice(0, 1);
  const sabotaged = {
    ...partition,
    inject: (request: Parameters<typeof partition.inject>[0], context: Parameters<typeof partition.inject>[1]) => {
      const network = context.cluster.abilities.network!;
      const abilities = {
        ...context.cluster.abilities,
        network: { ...network, cut: (links: readonly Link[]) => network.cut(wrong(links)) },
      };
      const cluster = Object.assign(Object.create(context.cluster) as typeof context.cluster, { abilities });
      return partition.inject(request, { ...context, cluster });
    },
  };
  const { results } = await launchRun({
    ...prepared,
    system: await systems['etcd'](),
    nemeses: nemeses.map((nemesis) => (nemesis === partition ? sabotaged : nemesis)),
    checkers: runCheckers,
    budget: { timeMs: 60_000, memoryBytes: 1e9 },
    store: await createRun(out, prepared.plan.runId),
  });
  expect(results.faults.map(({ effective }) => effective)).toContain(false);
  expect(results.outcome).toBe('inconclusive');
  expect(results.sentence).toMatch(/partition|fault/);
});
