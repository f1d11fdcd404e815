import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Results } from '../run/plan.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let out = '';
let schedule = '';

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'faultline-power-'));
  schedule = join(out, 'power.json');
  await writeFile(schedule, JSON.stringify([{ at: '3s', for: '1s', fault: 'power-loss', target: 'all' }]));
});
afterAll(() => rm(out, { recursive: true, force: true }));

/** The power of everything is cut once, with these settings of the database. */
async function cut(system: string, nodes: number, workload: string, settings: readonly string[]): Promise<Results> {
  const main = join(root, 'harness', 'cli', 'main.ts');
  const test = ['test', system, '--nodes', String(nodes), '-w', workload, '--schedule', schedule, '--out', out];
  const brief = ['-t', '6', '--warm-up', '1', '--rate', '300', '--seed', '1'];
  const set = settings.flatMap((setting) => ['--set', setting]);
  const run = await execa(process.execPath, ['--import', 'tsx', main, ...test, ...brief, ...set], {
    ...{ cwd: root, reject: false, env: { NO_COLOR: '1' } },
  });
  const results = JSON.parse(await readFile(join(out, 'latest', 'results.json'), 'utf8')) as Results;
  expect(run.exitCode).toBe(results.outcome === 'valid' ? 0 : 1);
  expect(results.faults).toMatchObject([{ kind: 'power-loss', effective: true, healed: true }]);
  return results;
}

/** What each product calls durable, and the settings by which it says that it is lazy. */
const PRODUCTS = [
  {
    system: 'etcd',
    nodes: 3,
    workload: 'register',
    durable: ['version=3.5'],
    lazy: [['version=3.5', 'unsafeNoFsync=true']],
  },
  {
    ...{ system: 'postgres', nodes: 1, workload: 'set' },
    durable: ['fsync=on', 'synchronous_commit=on'],
    // On a machine under load the usual 200 ms may pass without a commit before the power goes.
    lazy: [['synchronous_commit=off', 'walWriterDelayMs=2000'], ['fsync=off']],
  },
  {
    ...{ system: 'mariadb', nodes: 1, workload: 'set' },
    durable: ['innodb_flush_log_at_trx_commit=1'],
    lazy: [['innodb_flush_log_at_trx_commit=0']],
  },
];

/** Of a set its elements, of a register the write and the read that came after it. */
const LOST =
  /^Element \d+ was known since .* and is missing from the read|returned .* had been written and acknowledged/;

describe.each(PRODUCTS)('power loss tells durable settings from lazy ones: $system', (product) => {
  const { system, nodes, workload, durable, lazy } = product;

  it(`with ${durable.join(' ')} nothing acknowledged is lost, and the database tells how it recovered`, async () => {
    const { outcome, sentence, faults } = await cut(system, nodes, workload, durable);
    expect(outcome, sentence).toBe('valid');
    expect(faults[0].healing.map(({ measured }) => measured).join()).toContain('it said: ');
  });

  it.each(lazy.map((settings) => [settings.join(' '), settings] as const))(
    'with %s acknowledged writes are lost, and the checker names them',
    async (_, settings) => {
      const { outcome, sentence, checks } = await cut(system, nodes, workload, settings);
      expect(outcome, sentence).toBe('invalid');
      const anomalies = checks.flatMap(({ verdict }) => (verdict.validity === 'invalid' ? verdict.anomalies : []));
      const named = anomalies.filter((anomaly) => LOST.test(anomaly.sentence));
      expect(named.length).toBeGreaterThan(0);
      for (const { operations } of named) expect(operations.length).toBeGreaterThanOrEqual(2);
    },
  );
});
