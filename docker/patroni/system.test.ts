import { describe, expect, it } from 'vitest';
import { configurationOf } from './configuration.js';
import { hasSynchronousStandby, patroni } from './system.js';

const node = { name: 'n2', address: '10.0.0.2' };

describe('options of patroni', () => {
  it('all have a default and a description', () => {
    expect(patroni.options.parse({})).toEqual({
      isolation: 'serializable',
      version: '15',
      synchronous_mode: 'on',
      reads: 'primary',
      ttl: 20,
      loop_wait: 5,
      retry_timeout: 5,
    });
    for (const option of Object.values(patroni.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it.each([{ synchronous_mode: true }, { kills: 'node' }, { ttl: 5 }, { loop_wait: 20 }, { retry_timeout: 10 }])(
    'refuse %o',
    (given) => expect(patroni.options.safeParse(given).success).toBe(false),
  );
});

describe('the configuration of a node', () => {
  const of = (synchronous_mode: 'off' | 'on' | 'strict') =>
    configurationOf(
      { synchronous_mode, ttl: 20, loop_wait: 5, retry_timeout: 5 },
      node,
      ['n1', 'n2', 'n3'],
      'faultline-1',
    ) as {
      readonly etcd3: unknown;
      readonly restapi: unknown;
      readonly bootstrap: { readonly dcs: Readonly<Record<string, unknown>> };
    };

  it('knows etcd and itself by name', () => {
    expect(of('on').etcd3).toEqual({ hosts: ['n1:2379', 'n2:2379', 'n3:2379'] });
    expect(of('on').restapi).toMatchObject({ connect_address: 'n2:8008' });
  });

  it('chooses whether commits wait for a standby', () => {
    expect(of('off').bootstrap.dcs).toMatchObject({ synchronous_mode: false, synchronous_mode_strict: false });
    expect(of('on').bootstrap.dcs).toMatchObject({ synchronous_mode: true, synchronous_mode_strict: false });
    expect(of('strict').bootstrap.dcs).toMatchObject({ synchronous_mode: true, synchronous_mode_strict: true });
  });

  it('gives a standby up that cannot be reached, well before the minute PostgreSQL would wait while it stops', () => {
    expect(of('on').bootstrap.dcs['postgresql']).toMatchObject({
      use_pg_rewind: true,
      parameters: { wal_sender_timeout: '5s' },
    });
  });

  it('leaves to Patroni what is Patroni’s', () => {
    const { parameters } = of('on').bootstrap.dcs['postgresql'] as { readonly parameters: object };
    expect(Object.keys(parameters)).not.toEqual(expect.arrayContaining(['listen_addresses']));
    expect(Object.keys(parameters)).not.toEqual(expect.arrayContaining(['port']));
  });
});

describe('the roles that all nodes have agreed on', () => {
  it('tell whether somebody could take over without loss', () => {
    const members = [{ role: 'leader' }, { role: 'replica' }];
    expect(hasSynchronousStandby({ members })).toBe(false);
    expect(hasSynchronousStandby({ members: [...members, { role: 'sync_standby' }] })).toBe(true);
    expect(hasSynchronousStandby({})).toBe(false);
  });
});
