import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lineage } from './lineage.js';
import { type Commit, Tables, type TablesEffect } from './tables.js';

const TABLE = { kind: 'table', table: 't', indexed: ['color'] } as const;
const KEYS = ['a', 'b', 'c', 'd'];
const COLORS = ['red', 'blue'];

const change = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), columns: fc.record({ color: fc.constantFrom(...COLORS) }) }),
  fc.record({ kind: fc.constant('insert' as const), columns: fc.record({ color: fc.constantFrom(...COLORS) }) }),
  fc.record({ kind: fc.constant('delete' as const) }),
);
const commits: fc.Arbitrary<Commit[]> = fc.array(
  fc.record({
    kind: fc.constant('commit' as const),
    checks: fc.array(
      fc.record({
        kind: fc.constant('row' as const),
        table: fc.constant('t'),
        key: fc.constantFrom(...KEYS),
        seen: fc.nat(4),
      }),
      { maxLength: 1 },
    ),
    writes: fc.array(
      fc.record({
        table: fc.constant('t'),
        key: fc.constantFrom(...KEYS),
        change,
        changes: fc.constant('row' as const),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { maxLength: 25 },
);

/** What a node's log does: entries of two histories, of which a node may take the other from some place on, and restarts. */
const logs = fc.array(fc.record({ turns: fc.nat(25), upTo: fc.nat(25), restarts: fc.boolean() }), {
  minLength: 2,
  maxLength: 5,
});

describe('tables', () => {
  it('are the same whether nodes share what commits do or not, also where their logs part', () => {
    fc.assert(
      fc.property(commits, commits, logs, (ours, theirs, nodes) => {
        const lineage = new Lineage<TablesEffect>();
        for (const { turns, upTo, restarts } of nodes) {
          const log = [...ours.slice(0, turns), ...theirs.slice(turns)].slice(0, upTo);
          const [sharing, alone] = [new Tables(lineage), new Tables()];
          for (let life = 0; life < (restarts ? 2 : 1); life++) {
            sharing.clear();
            const outcomes = [sharing, life === 0 ? alone : new Tables()].map((tables) => {
              tables.create(TABLE, 1);
              return log.map((commit, at) => tables.commit(commit, at + 2, at));
            });
            expect(outcomes[0]).toEqual(outcomes[1]);
          }
          for (let index = 0; index <= log.length + 1; index++) {
            const snapshot = { index };
            expect(sharing.select('t', undefined, snapshot)).toEqual(alone.select('t', undefined, snapshot));
            for (const equals of COLORS) {
              const where = { column: 'color', equals };
              expect(sharing.select('t', where, snapshot)).toEqual(alone.select('t', where, snapshot));
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('show every snapshot as it was, in the order of keys', () => {
    fc.assert(
      fc.property(commits, (log) => {
        const tables = new Tables();
        tables.create(TABLE, 1);
        const states: (readonly unknown[])[] = [[], []];
        const rows = new Map<string, unknown>();
        log.forEach((commit, at) => {
          // Each write alone, which is easily predicted.
          const [{ key, change: made }] = commit.writes;
          const { committed } = tables.commit({ ...commit, checks: [], writes: commit.writes.slice(0, 1) }, at + 2, at);
          const takesPlace = made.kind === 'put' || rows.has(key) === (made.kind === 'delete');
          expect(committed).toBe(takesPlace);
          if (takesPlace && made.kind === 'delete') rows.delete(key);
          else if (takesPlace && 'columns' in made) rows.set(key, made.columns);
          states.push(KEYS.filter((each) => rows.has(each)).map((each) => ({ key: each, columns: rows.get(each) })));
        });
        states.forEach((state, index) => expect(tables.select('t', undefined, { index })).toEqual(state));
      }),
      { numRuns: 300 },
    );
  });

  it('keep hundreds of versions of a row, and show none that is older', () => {
    const tables = new Tables();
    tables.create(TABLE, 1);
    const last = 2000;
    for (let index = 2; index <= last; index++) {
      const write = { table: 't', key: 'a', change: { kind: 'put', columns: { n: index } }, changes: 'row' } as const;
      tables.commit({ kind: 'commit', checks: [], writes: [write] }, index, 0);
    }
    for (let index = last - 256; index <= last; index++) {
      expect(tables.version({ table: 't', key: 'a' }, { index })?.row?.columns).toEqual({ n: index });
    }
    expect(tables.version({ table: 't', key: 'a' }, { index: 100 })).toBeUndefined();
  });
});
