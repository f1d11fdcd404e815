import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster, Link } from '../../docker/system.js';
import { corruption } from '../../nemesis/corruption.js';
import { DEFAULT_LIMITS, type Nemesis, type NemesisContext } from '../../nemesis/nemesis.js';
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
  expect(results.outcome, results.sentence).toBe('valid');
  const [kill, cut, loss] = ['kill', 'partition', 'loss'].map((kind) => results.faults.find((f) => f.kind === kind)!);
  expect(kill.firedBy).toMatch(/^leader changed from n\d to n\d$/);
  for (const inside of [kill, loss]) {
    expect(inside.injectedTime!).toBeGreaterThan(cut.injectedTime!);
    expect(inside.injectedTime!).toBeLessThan(cut.healedTime!);
  }
});

/** A run in this process, on three nodes, of a nemesis that is not quite itself. */
async function runWith(changed: Nemesis, given: Partial<TestArguments>): Promise<Results> {
  const defaults = Object.fromEntries(
    Object.entries(testOptions).map(([name, option]) => [
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      'default' in option ? option.default : undefined,
    ]),
  );
  const args = { ...defaults, nodes: 3, timeLimit: 6, out, ...given };
  const prepared = await prepareTest('etcd', args as unknown as TestArguments);
  const { results } = await launchRun({
    ...prepared,
    system: await systems['etcd'](),
    nemeses: nemeses.map((nemesis) => (nemesis.name === changed.name ? changed : nemesis)),
    checkers: runCheckers,
    budget: { timeMs: 60_000, memoryBytes: 1e9 },
    store: await createRun(out, prepared.plan.runId),
  });
  return results;
}

/** The nemesis in another context: a cluster with other abilities, other limits. */
const inContext = (nemesis: Nemesis, change: (context: NemesisContext) => NemesisContext): Nemesis => ({
  ...nemesis,
  inject: (request, context) => nemesis.inject(request, change(context)),
});

const withAbilities = ({ cluster }: NemesisContext, abilities: Partial<Cluster['abilities']>): Cluster =>
  Object.assign(Object.create(cluster) as Cluster, { abilities: { ...cluster.abilities, ...abilities } });

it('a fault that was sabotaged makes the run inconclusive', async () => {
  const wrong = (links: readonly Link[]) => links.map(({ to }) => ({ from: 'clients', to })).slice(0, 1);
  const sabotaged = inContext(partition, (context) => {
    const network = context.cluster.abilities.network!;
    const cut = (links: readonly Link[]) => network.cut(wrong(links));
    return { ...context, cluster: withAbilities(context, { network: { ...network, cut } }) };
  });
  const results = await runWith(sabotaged, { nemeses: ['partition:isolate-one'], seed: 5 });
  expect(results.faults.map(({ effective }) => effective)).toContain(false);
  expect(results.outcome).toBe('inconclusive');
  expect(results.sentence).toMatch(/partition|fault/);
});

it('a node that cannot come back is a finding, with its last words, and the run ends as every other', async () => {
  const schedule = join(out, 'rot.json');
  const rot = {
    at: '1s',
    for: '1s',
    fault: 'corruption',
    target: 'truncate-one',
    nodes: ['n2'],
    options: { file: 'snap/db' },
  };
  await writeFile(schedule, JSON.stringify([rot]));
  // Nobody replaces the node, and nobody waits for it as long as usual.
  const limits = { ...DEFAULT_LIMITS, effectMs: 2_000, slowMs: 4_000, healMs: 2_000 };
  const left = inContext(corruption, (context) => ({
    ...{ ...context, limits },
    cluster: withAbilities(context, { orchestrator: undefined }),
  }));
  const results = await runWith(left, { schedule, seed: 5, recovery: 5 });
  expect(results.outcome).toBe('inconclusive');
  expect(results).not.toHaveProperty('harnessError');
  expect(results.sentence).toMatch(/^No violation was found, but n2 did not come back after fault 1, corruption/);
  const { verdict } = results.checks.find(({ checker }) => checker === 'availability')!;
  expect(verdict.anomalies).toMatchObject([{ kind: 'unavailable', details: { node: 'n2', fault: 1 } }]);
  expect(verdict.anomalies[0].explanation!.join()).toMatch(/panic|fatal|unexpected fault/i);
  expect(results.phases.map(({ name }) => name)).toEqual(['warm-up', 'faults', 'recovery', 'final']);
});
