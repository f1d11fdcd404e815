import { describe, expect, it } from 'vitest';
import { argumentsOf, galera, inPrimaryComponent } from './system.js';

describe('options of galera', () => {
  it('all have a default and a description', () => {
    expect(galera.options.parse({})).toEqual({
      isolation: 'repeatable-read',
      version: '10.11',
      innodb_flush_log_at_trx_commit: 1,
      innodb_snapshot_isolation: 'default',
      wsrep_sync_wait: 0,
    });
    for (const option of Object.values(galera.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it.each([{ wsrep_sync_wait: 16 }, { wsrep_sync_wait: 'reads' }, { isolation: 'snapshot' }])('refuse %o', (given) =>
    expect(galera.options.safeParse(given).success).toBe(false),
  );
});

describe('claims of galera', () => {
  it('are never more than what holds between nodes', () => {
    const claim = (isolation: string) => galera.claims({ isolation }).consistency;
    expect(claim('read-committed')).toBe('read-committed');
    expect(claim('repeatable-read')).toBe('repeatable-read');
    expect(claim('serializable')).toBe('snapshot-isolation');
  });
});

describe('a node of galera', () => {
  it('is told who it is', () => {
    const chosen = galera.options.parse({}) as Parameters<typeof argumentsOf>[0];
    const given = argumentsOf(chosen, { name: 'n2', address: '10.0.0.2' }, 'faultline-1');
    expect(given).toEqual(
      expect.arrayContaining([
        '--wsrep-cluster-name=faultline-1',
        '--wsrep-node-name=n2',
        '--wsrep-node-address=10.0.0.2',
      ]),
    );
  });

  it('serves only in a primary component', () => {
    const status = (cluster: string, ready: string) =>
      new Map([
        ['wsrep_cluster_status', cluster],
        ['wsrep_ready', ready],
      ]);
    expect(inPrimaryComponent(status('Primary', 'ON'))).toBe(true);
    expect(inPrimaryComponent(status('Primary', 'OFF'))).toBe(false);
    expect(inPrimaryComponent(status('non-Primary', 'ON'))).toBe(false);
    expect(inPrimaryComponent(new Map())).toBe(false);
  });
});
