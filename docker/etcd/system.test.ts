import { describe, expect, it } from 'vitest';
import { hasLeader, leads } from './admin.js';
import { etcd } from './system.js';

describe('options of etcd', () => {
  it('all have a default and a description', () => {
    expect(etcd.options.parse({})).toEqual({
      reads: 'linearizable',
      version: '3.4',
      heartbeatMs: 100,
      unsafeNoFsync: false,
      electionMs: 1000,
    });
    for (const option of Object.values(etcd.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it('may come as text or as numbers', () => {
    expect(etcd.options.parse({ version: 3.5, electionMs: '2000' })).toMatchObject({
      version: '3.5',
      electionMs: 2000,
    });
  });

  it.each([
    { reads: 'stale' },
    { version: '2' },
    { colour: 'red' },
    { heartbeatMs: 300 },
    { electionMs: 1e9 },
    { unsafeNoFsync: true },
  ])('refuse %o', (options) => expect(etcd.options.safeParse(options).success).toBe(false));
});

describe('claims of etcd', () => {
  it('depend on how reads are served', () => {
    expect(etcd.claims({}).consistency).toBe('strict-serializable');
    expect(etcd.claims({ reads: 'serializable' }).consistency).toBe('serializable');
  });
});

describe('images of etcd', () => {
  it('are named by the release', () => {
    expect(etcd.images?.({}).map(({ name, args }) => [name, args['SUITE']])).toEqual([['etcd-3.4', 'bookworm']]);
    expect(etcd.images?.({ version: '3.5' })[0]?.args['SUITE']).toBe('trixie');
  });
});

describe('the status of a node', () => {
  it('tells who leads by decimal ids of 64 bits', () => {
    const header = { member_id: '10501334649042878790' };
    expect(leads({ header, leader: '10501334649042878790' })).toBe(true);
    expect(leads({ header, leader: '10501334649042878791' })).toBe(false);
    expect(leads({ header })).toBe(false);
    expect(hasLeader({ header, leader: '0' })).toBe(false);
  });
});
