import { describe, expect, it } from 'vitest';
import { serverSettings } from './server.js';
import { postgres } from './system.js';

describe('options of postgres', () => {
  it('all have a default and a description', () => {
    expect(postgres.options.parse({})).toEqual({
      isolation: 'serializable',
      version: '15',
      synchronous_commit: 'on',
      walWriterDelayMs: 200,
      fsync: 'on',
    });
    for (const option of Object.values(postgres.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it('may come as text or as numbers', () => {
    expect(postgres.options.parse({ version: 17 })).toMatchObject({ version: '17' });
  });

  it.each([{ isolation: 'snapshot' }, { version: '16' }, { fsync: 'maybe' }, { colour: 'red' }])('refuse %o', (given) =>
    expect(postgres.options.safeParse(given).success).toBe(false),
  );
});

describe('claims of postgres', () => {
  it('follow the isolation level', () => {
    const claim = (isolation: string) => postgres.claims({ isolation }).consistency;
    expect(claim('read-committed')).toBe('read-committed');
    // Its documentation says so: what is called repeatable read is snapshot isolation.
    expect(claim('repeatable-read')).toBe('snapshot-isolation');
    expect(claim('serializable')).toBe('serializable');
  });
});

describe('images of postgres', () => {
  it('take each version from the suite that has it', () => {
    expect(postgres.images?.({ version: '17' }).map(({ name, args }) => [name, args])).toEqual([
      ['postgres-17', { VERSION: '17', SUITE: 'trixie' }],
    ]);
    expect(postgres.images?.({})[0]?.args['SUITE']).toBe('bookworm');
  });
});

describe('settings of the server', () => {
  it('are those every test needs, and those given', () => {
    const settings = serverSettings({ fsync: 'off' });
    expect(settings).toContain('fsync=off');
    expect(settings).toContain('listen_addresses=*');
    expect(settings.filter((word) => word === '-c')).toHaveLength(settings.length / 2);
  });
});
