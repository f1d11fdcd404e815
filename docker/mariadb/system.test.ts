import { describe, expect, it } from 'vitest';
import { serverArguments } from './server.js';
import { mariadb } from './system.js';

describe('options of mariadb', () => {
  it('all have a default and a description', () => {
    expect(mariadb.options.parse({})).toEqual({
      isolation: 'repeatable-read',
      version: '10.11',
      innodb_flush_log_at_trx_commit: 1,
      innodb_snapshot_isolation: 'default',
    });
    for (const option of Object.values(mariadb.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it('may come as text or as numbers', () => {
    expect(mariadb.options.parse({ version: 11.8, innodb_flush_log_at_trx_commit: '0' })).toMatchObject({
      version: '11.8',
      innodb_flush_log_at_trx_commit: 0,
    });
  });

  it.each([
    { isolation: 'snapshot' },
    { version: '10.6' },
    { innodb_flush_log_at_trx_commit: 3 },
    { innodb_snapshot_isolation: 'maybe' },
    { wsrep_sync_wait: 1 },
  ])('refuse %o', (given) => expect(mariadb.options.safeParse(given).success).toBe(false));
});

describe('claims of mariadb', () => {
  const claim = (given: Record<string, unknown>) => mariadb.claims(given).consistency;

  it('follow the isolation level', () => {
    expect(claim({ isolation: 'read-committed' })).toBe('read-committed');
    expect(claim({ isolation: 'serializable' })).toBe('serializable');
  });

  it('at repeatable-read depend on snapshot isolation, which 11.8 has by default', () => {
    expect(claim({})).toBe('repeatable-read');
    expect(claim({ innodb_snapshot_isolation: 'on' })).toBe('snapshot-isolation');
    expect(claim({ version: '11.8' })).toBe('snapshot-isolation');
    expect(claim({ version: '11.8', innodb_snapshot_isolation: 'off' })).toBe('repeatable-read');
  });
});

describe('arguments of the server', () => {
  const of = (given: Record<string, unknown>) =>
    serverArguments(mariadb.options.parse(given) as Parameters<typeof serverArguments>[0]);

  it('leave snapshot isolation to the product unless it is chosen', () => {
    expect(of({}).join(' ')).not.toContain('snapshot');
    expect(of({ innodb_snapshot_isolation: 'on' })).toContain('--innodb-snapshot-isolation=ON');
  });

  it('say when commits reach the disk', () => {
    expect(of({ innodb_flush_log_at_trx_commit: 2 })).toContain('--innodb-flush-log-at-trx-commit=2');
  });
});
