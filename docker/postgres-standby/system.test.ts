import { describe, expect, it } from 'vitest';
import { postgresStandby, settingsOf } from './system.js';

const nodes = ['n1', 'n2', 'n3'].map((name, i) => ({ name, address: `10.0.0.${i + 10}` }));
const settings = (given: Record<string, unknown>) =>
  settingsOf(postgresStandby.options.parse(given) as Parameters<typeof settingsOf>[0], nodes[1]!, nodes, 'faultline-1');

describe('options of postgres-standby', () => {
  it('all have a default and a description', () => {
    expect(postgresStandby.options.parse({})).toEqual({
      isolation: 'serializable',
      version: '15',
      replication: 'sync',
      reads: 'primary',
      commits: 'alike',
      fencing: 'on',
    });
    for (const option of Object.values(postgresStandby.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it.each([{ replication: 'semisync' }, { reads: 'any' }, { fencing: true }, { fsync: 'off' }])('refuse %o', (given) =>
    expect(postgresStandby.options.safeParse(given).success).toBe(false),
  );
});

describe('claims of postgres-standby', () => {
  const claim = (given: Record<string, unknown>) => postgresStandby.claims(given).consistency;

  it('are those of one server where only the primary is read', () => {
    expect(claim({})).toBe('serializable');
    expect(claim({ isolation: 'repeatable-read' })).toBe('snapshot-isolation');
  });

  it('are never serializable where standbys are read', () => {
    expect(claim({ reads: 'standby' })).toBe('snapshot-isolation');
    expect(claim({ reads: 'standby', isolation: 'read-committed' })).toBe('read-committed');
  });
});

describe('settings of a node', () => {
  it('say what COMMIT waits for', () => {
    expect(settings({ replication: 'async' }).join(' ')).not.toContain('synchronous');
    expect(settings({ replication: 'sync' })).toContain('synchronous_standby_names=ANY 1 (*)');
    expect(settings({ replication: 'remote_apply' })).toEqual(
      expect.arrayContaining(['synchronous_standby_names=FIRST 2 (*)', 'synchronous_commit=remote_apply']),
    );
  });

  it('make it follow whoever takes writes, by name', () => {
    const conninfo = settings({}).find((setting) => setting.startsWith('primary_conninfo='));
    expect(conninfo).toContain('host=n1,n2,n3 ');
    expect(conninfo).toContain('application_name=n2');
    expect(conninfo).toContain('target_session_attrs=read-write');
  });
});
