import { describe, expect, it } from 'vitest';
import type { KvSession } from '../docker/system.js';
import { set } from './set.js';
import { holdsOnEveryInterleaving, outcome } from './testing/promises.js';
import { onSql } from './testing/stores.js';

const strict = { consistency: 'strict-serializable' };

describe('set', () => {
  for (const layout of ['rows', 'list']) {
    const options = { layout };
    holdsOnEveryInterleaving(set, { options });
    holdsOnEveryInterleaving(set, { ...onSql(), options });

    it(`finds lost elements, in ${layout}`, async () => {
      const kv = { ...strict, options, bug: 'lost updates', bugShare: 0.02 } as const;
      expect(await outcome(set, kv)).toEqual(expect.arrayContaining(['invalid', 'lost']));
      const sql = { ...strict, options, ...onSql({ bug: 'lost commits' }), bugShare: 0.02 };
      expect(await outcome(set, sql)).toEqual(expect.arrayContaining(['invalid', 'lost']));
    });

    it(`finds stale reads where they are forbidden, in ${layout}`, async () => {
      const stale = { options, ...onSql({ bug: 'stale reads' }), bugShare: 0.3, unknownShare: 0 };
      expect(await outcome(set, { ...stale, ...strict })).toEqual(['invalid', 'stale-read']);
      expect(await outcome(set, { ...stale, consistency: 'serializable' })).toEqual(['valid', 'stale-read']);
    });

    it(`finds what was refused and happened, in ${layout}`, async () => {
      const aborted = { ...strict, options, ...onSql({ bug: 'aborted commits' }), bugShare: 0.05 };
      expect(await outcome(set, aborted)).toEqual(['invalid', 'dirty-read']);
    });
  }

  it('finds elements overwritten in a list, which rows do not show', async () => {
    const unchecked = { ...strict, bug: 'unchecked conditions' } as const;
    const list = await outcome(set, { ...unchecked, options: { layout: 'list' } });
    expect(list).toEqual(expect.arrayContaining(['invalid', 'lost']));
    expect(await outcome(set, { ...unchecked, options: { layout: 'rows' } })).toEqual(['valid']);
  });

  it('shows what nobody wrote as it is', async () => {
    const texts = ['7', '0', '999999999999999', '1000000000000000', '12x', '-1', '1e3', ' 7', ''];
    const entries = texts.map((value, at) => ({ key: `k${at}`, value, version: 1, revision: at }));
    const session = { transact: () => Promise.resolve({ succeeded: true, results: [entries] }) };
    const context = { keyspace: 's', options: {} } as Parameters<NonNullable<typeof set.clients.kv>['client']>[1];
    const client = set.clients.kv!.client(session as unknown as KvSession, context);
    const { value } = await client.invoke({ f: 'read', value: null });
    expect(value).toEqual([7, 0, 999999999999999, ...texts.slice(3)]);
  });
});
