import { describe, expect, it } from 'vitest';
import { argumentsOf } from './server.js';
import { mysqlGroupReplication, type GroupOptions } from './system.js';

const nodes = ['n1', 'n2', 'n3'].map((name, i) => ({ name, address: `10.0.0.${i + 10}` }));
const of = (given: Record<string, unknown>) =>
  argumentsOf(
    mysqlGroupReplication.options.parse(given) as GroupOptions,
    nodes[2]!,
    nodes,
    '00000000-0000-4000-8000-000000000000',
  );

describe('options of mysql-group-replication', () => {
  it('all have a default and a description', () => {
    expect(mysqlGroupReplication.options.parse({})).toEqual({
      isolation: 'repeatable-read',
      primaries: 'single',
      consistency: 'EVENTUAL',
      reads: 'primary',
      innodb_flush_log_at_trx_commit: 1,
    });
    for (const option of Object.values(mysqlGroupReplication.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it.each([{ consistency: 'eventual' }, { primaries: 2 }, { reads: 'any' }, { isolation: 'snapshot' }])(
    'refuse %o',
    (given) => expect(mysqlGroupReplication.options.safeParse(given).success).toBe(false),
  );

  it('refuse serializable where every member takes writes, as the server would', () => {
    const { error } = mysqlGroupReplication.options.safeParse({ primaries: 'multi', isolation: 'serializable' });
    expect(error?.issues[0]?.message).toContain('primaries=single');
  });
});

describe('claims of mysql-group-replication', () => {
  it('follow the isolation level', () => {
    expect(mysqlGroupReplication.claims({}).consistency).toBe('repeatable-read');
    expect(mysqlGroupReplication.claims({ isolation: 'read-committed' }).consistency).toBe('read-committed');
  });
});

describe('arguments of a member', () => {
  it('know all members by name', () => {
    expect(of({})).toEqual(
      expect.arrayContaining([
        '--server-id=3',
        '--group-replication-local-address=n3:33061',
        '--group-replication-group-seeds=n1:33061,n2:33061,n3:33061',
      ]),
    );
  });

  it('let nobody write outside the group, and nobody wait for ever for those who are gone', () => {
    expect(of({})).toEqual(
      expect.arrayContaining(['--super-read-only=ON', '--group-replication-unreachable-majority-timeout=15']),
    );
  });

  it('let one member take writes, or all', () => {
    expect(of({})).toContain('--group-replication-single-primary-mode=ON');
    expect(of({ primaries: 'multi' })).toEqual(
      expect.arrayContaining([
        '--group-replication-single-primary-mode=OFF',
        '--group-replication-enforce-update-everywhere-checks=ON',
      ]),
    );
  });
});
