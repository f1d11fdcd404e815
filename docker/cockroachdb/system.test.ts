import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { classifyPostgres } from '../sql/postgres-errors.js';
import { cockroachdb, planOf } from './system.js';

const nodes = ['n1', 'n2', 'n3'].map((name, i) => ({ name, address: `10.0.0.${i + 10}` }));
const plan = planOf({ isolation: 'serializable', image: 'cockroachdb/cockroach:v24.1.5' });
const commandOf = (at: number) => plan.database(nodes[at]!, nodes).command;

describe('options of cockroachdb', () => {
  it('all have a default and a description', () => {
    expect(cockroachdb.options.parse({})).toEqual({
      isolation: 'serializable',
      image: 'cockroachdb/cockroach:v24.1.5',
    });
    for (const option of Object.values(cockroachdb.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it.each([{ isolation: 'repeatable-read' }, { image: 'a b' }, { colour: 'red' }])('refuse %o', (given) =>
    expect(cockroachdb.options.safeParse(given).success).toBe(false),
  );

  it('say that no live cluster was ever seen', () => expect(cockroachdb.summary).toContain('unproven'));
});

describe('claims of cockroachdb', () => {
  it('follow the isolation level', () => {
    expect(cockroachdb.claims({}).consistency).toBe('serializable');
    expect(cockroachdb.claims({ isolation: 'read-committed' }).consistency).toBe('read-committed');
  });
});

describe('the pods of cockroachdb', () => {
  it('run the official image as it is', () => {
    expect(plan.images).toEqual([]);
    expect(plan.database(nodes[0]!, nodes).image).toBe('cockroachdb/cockroach:v24.1.5');
    expect([plan.port, plan.dataPath, plan.processNames]).toEqual([26257, '/cockroach/cockroach-data', ['cockroach']]);
  });

  it('know each other by name, and one of them makes the cluster', () => {
    expect(commandOf(1)).toEqual([
      'shell',
      '-c',
      expect.stringContaining('/cockroach/cockroach start "$@" &'),
      'further',
      '--insecure',
      '--store=/cockroach/cockroach-data',
      '--listen-addr=0.0.0.0:26257',
      '--advertise-addr=n2:26257',
      '--join=n1:26257,n2:26257,n3:26257',
      '--cache=128MiB',
      '--max-sql-memory=128MiB',
      '--logtostderr=WARNING',
    ]);
    expect([0, 1, 2].map((at) => commandOf(at)[3])).toEqual(['first', 'further', 'further']);
  });

  it.each(['first', 'further'])('start by a script that runs: %s', async (role) => {
    // Stands for the server: says what it was asked, and how the cluster was made.
    const server = 'server() { echo "$@"; [ "$1" != init ] || echo success; [ "$1" != start ] || sleep 0.3; }';
    const script = `${server}\n${commandOf(0)[2]!.replaceAll('/cockroach/cockroach', 'server')}`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script, role, '--insecure', '--join=n1:1'], {
      timeout: 10_000,
    });
    expect(stdout).toContain('start --insecure --join=n1:1');
    expect(stdout.includes('success')).toBe(role === 'first');
  });
});

describe('errors of cockroachdb', () => {
  const error = (code: string) => Object.assign(new Error('restart transaction'), { code, severity: 'ERROR' });

  it('that ask for a restart are definite, also in answer to COMMIT; an ambiguous result is not', () => {
    expect(classifyPostgres(error('40001'), 'commit')).toMatchObject({ outcome: 'fail' });
    expect(classifyPostgres(error('40003'), 'commit')).toMatchObject({ outcome: 'info', code: 'ambiguous' });
  });
});
