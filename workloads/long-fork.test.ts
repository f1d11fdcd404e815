import { describe, expect, it } from 'vitest';
import { longFork } from './long-fork.js';
import { holdsOnEveryInterleaving, outcome } from './testing/promises.js';
import { onSql } from './testing/stores.js';

describe('long-fork', () => {
  holdsOnEveryInterleaving(longFork, {});
  holdsOnEveryInterleaving(longFork, { ...onSql() });

  it('finds readers that disagree on the order of writes', async () => {
    const fork = { ...onSql({ bug: 'long fork' }) };
    expect(await outcome(longFork, { ...fork, consistency: 'snapshot-isolation' })).toEqual(['invalid', 'long-fork']);
    expect(await outcome(longFork, { ...fork, consistency: 'read-committed' })).toEqual(['valid', 'long-fork']);
  });

  it('sees no fork in stale reads: those are of one order', async () => {
    const stale = { ...onSql({ bug: 'stale reads' }), bugShare: 0.3, consistency: 'serializable' };
    expect(await outcome(longFork, stale)).toEqual(['valid']);
  });

  it('finds reads of writes that were refused', async () => {
    const aborted = { ...onSql({ bug: 'aborted commits' }), bugShare: 0.05, consistency: 'serializable' };
    expect(await outcome(longFork, aborted)).toEqual(['invalid', 'dirty-read']);
  });

  it('sees forks at read committed where each key is read by a statement of its own', async () => {
    const options = { reads: 'statements', activeGroups: 1, readShare: 0.7 };
    const committed = {
      ...onSql({ isolation: 'read-committed' }),
      options,
      consistency: 'snapshot-isolation',
      operations: 1200,
    };
    expect(await outcome(longFork, committed)).toEqual(['invalid', 'long-fork']);
    const snapshot = { ...onSql({ isolation: 'snapshot' }), options, consistency: 'snapshot-isolation' };
    expect(await outcome(longFork, snapshot)).toEqual(['valid']);
  });
});
