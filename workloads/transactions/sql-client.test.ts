import { describe, expect, it } from 'vitest';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { append } from '../append.js';
import { drive } from '../testing/drive.js';
import { holdsOnEveryInterleaving, outcome, plan, verdicts } from '../testing/promises.js';
import { onSql } from '../testing/stores.js';
import { wr } from '../wr.js';

/** Lists of few elements on few keys: where transactions meet. */
const crowded = { activeKeys: 3, maxOperations: 4 };

describe.each([append, wr])('$name in tables', (workload) => {
  holdsOnEveryInterleaving(workload, { ...onSql() });
  holdsOnEveryInterleaving(workload, {
    ...onSql(),
    options: { tables: 3, lookup: 'secondary-index', updates: 'computed' },
  });

  it('shows write skew at snapshot isolation, which allows it', async () => {
    const history = await drive(workload, { ...plan, ...onSql({ isolation: 'snapshot' }), options: crowded });
    const judged = async (model: string) =>
      Object.values(await verdicts(workload, history, crowded, model))[0].validity;
    expect(await judged('serializable')).toBe('invalid');
    expect(await judged('snapshot-isolation')).toBe('valid');
  });

  it('shows stale reads against real time alone', async () => {
    const stale = { ...onSql({ bug: 'stale reads' }), bugShare: 0.3 };
    expect((await outcome(workload, { ...stale, consistency: 'strict-serializable' }))[0]).toBe('invalid');
    expect((await outcome(workload, { ...stale, consistency: 'serializable' }))[0]).toBe('valid');
  });

  it('shows aborted writes that are read', async () => {
    const aborted = { ...onSql({ bug: 'aborted commits' }), bugShare: 0.05, consistency: 'read-committed' };
    expect(await outcome(workload, aborted)).toEqual(expect.arrayContaining(['invalid', 'G1a']));
  });
});

describe('append in tables', () => {
  it('overwrites appends at read committed where clients calculate, and none where the database does', async () => {
    const committed = { ...onSql({ isolation: 'read-committed' }), unknownShare: 0 };
    const overwritten = async (updates: string) => {
      const history = await drive(append, { ...plan, ...committed, options: { ...crowded, updates } });
      return elementsMissing(history);
    };
    expect(await overwritten('computed')).toBeGreaterThan(0);
    expect(await overwritten('relative')).toBe(0);
  });

  it('stays undecided where overwritten appends are allowed, and leave no order to judge by', async () => {
    const overwritten = {
      ...onSql({ isolation: 'read-committed' }),
      unknownShare: 0,
      options: { ...crowded, updates: 'computed' },
    };
    expect((await outcome(append, { ...overwritten, consistency: 'read-committed' }))[0]).toBe('unknown');
    expect((await outcome(append, { ...overwritten, consistency: 'snapshot-isolation' }))[0]).toBe('invalid');
    const relative = { ...overwritten, options: crowded, consistency: 'read-committed' };
    expect((await outcome(append, relative))[0]).toBe('valid');
  });
});

/** Acknowledged appends that a later read of the list, by one transaction after the other, does not show. */
function elementsMissing(history: History): number {
  const acknowledged = new Map<Json, Set<Json>>();
  const missing = new Set<string>();
  const before = new Map<unknown, ReadonlyMap<Json, ReadonlySet<Json>>>();
  const copy = () => new Map([...acknowledged].map(([key, elements]) => [key, new Set(elements)]));
  for (const { type, process, value } of history.events()) {
    if (type === 'invoke') before.set(process, copy());
    if (type !== 'ok') continue;
    for (const [f, key, shown] of value as readonly (readonly Json[])[]) {
      if (f === 'append') acknowledged.set(key, (acknowledged.get(key) ?? new Set()).add(shown));
      else
        for (const element of before.get(process)?.get(key) ?? []) {
          if (!(shown as readonly Json[]).includes(element)) missing.add(`${String(key)}/${String(element)}`);
        }
    }
  }
  return missing.size;
}
