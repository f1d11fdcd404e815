import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCockroach } from '../cockroachdb/system.js';
import { prepareEngine } from '../engine/bootstrap.js';
import { mariadb } from '../mariadb/system.js';
import { postgres, targetsOf } from '../postgres/system.js';
import type { Cluster, SessionError, SqlSession, System } from '../system.js';

/** Both products have to answer the same to everything but the names of their refusals. */
const PRODUCTS: readonly (readonly [System, { readonly isolation: string; readonly conflict: string }])[] = [
  [postgres, { isolation: 'serializable', conflict: 'serialization-failure' }],
  // Both readers hold what the other one wants to change.
  [mariadb, { isolation: 'serializable', conflict: 'deadlock' }],
];

const COLUMNS = { n: 'integer', list: 'text', owner: 'text' } as const;
const CLIENT = { process: 0, timeoutMs: 5_000 };

const runIdOf = ({ name }: System) => `sql-${name}-${process.pid}`;

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ outcome, code }: SessionError) => ({ outcome, code }),
  );

describe.each(PRODUCTS.map(([system, expected]) => [system.name, system, expected] as const))(
  'a sql session of %s',
  (_name, system, { isolation, conflict }) => {
    let cluster: Cluster;
    const sessions: SqlSession[] = [];

    async function open(timeoutMs = 5_000): Promise<SqlSession> {
      const session = await cluster.open('sql', 'n1', { process: sessions.length, timeoutMs });
      sessions.push(session);
      return session;
    }

    beforeAll(async () => {
      await prepareEngine();
      cluster = await system.launch({
        runId: runIdOf(system),
        nodes: 1,
        options: { isolation },
        progress: () => undefined,
      });
      await cluster.ready(60_000);
      await (await open()).createTable('t', COLUMNS, ['owner']);
      // Where it is already, nothing is changed.
      await (await open()).createTable('t', COLUMNS, ['owner']);
    });
    afterAll(async () => {
      await Promise.all(sessions.map((session) => session.close()));
      await cluster[Symbol.asyncDispose]();
    });

    /** Other products' sessions, for their statements. */
    const speakers: readonly (readonly [string, () => Promise<SqlSession>])[] = [
      ['itself', open],
      ...(system.name === 'postgres'
        ? [
            [
              'cockroachdb',
              () => openCockroach(targetsOf(runIdOf(system))(cluster.nodes[0]!), { isolation: 'serializable' }, CLIENT),
            ] as const,
          ]
        : []),
    ];

    it.each(speakers)(
      'as %s reads what it wrote, by key and by a column, and counts the rows it found',
      async (_, speak) => {
        const session = await speak();
        sessions.push(session);
        await session.createTable('t', COLUMNS, ['owner']);
        await session.transaction(async (transaction) => {
          for (const { key } of await transaction.selectWhere('t')) await transaction.delete('t', key);
        });
        const done = await session.transaction(async (transaction) => {
          await transaction.insert('t', { key: 'a', columns: { n: 1, owner: 'ä ✓ "\'\n' } });
          await transaction.put('t', { key: 'b', columns: { n: 2 } });
          await transaction.put('t', { key: 'b', columns: { owner: 'x' } });
          await transaction.append('t', 'b', 'list', '1 ');
          await transaction.append('t', 'c', 'list', '2 ', { n: 9 });
          await transaction.append('t', 'c', 'list', '3 ', { n: 8 });
          return [
            await transaction.add('t', 'a', 'n', 5, { column: 'n', atLeast: 1 }),
            await transaction.add('t', 'a', 'n', 5, { column: 'n', atLeast: 7 }),
            // Found, although nothing is different afterwards.
            await transaction.update('t', 'a', { n: 6 }),
            await transaction.update('t', 'b', { n: 3 }, { column: 'owner', equals: 'y' }),
            await transaction.delete('t', 'none'),
          ];
        });
        expect(done).toEqual([1, 0, 1, 0, 0]);
        const [a, b, c] = [
          { key: 'a', columns: { n: 6, list: null, owner: 'ä ✓ "\'\n' } },
          { key: 'b', columns: { n: 2, list: '1 ', owner: 'x' } },
          { key: 'c', columns: { n: 9, list: '2 3 ', owner: null } },
        ];
        await session.transaction(async (transaction) => {
          expect(await transaction.selectWhere('t')).toEqual([a, b, c]);
          expect(await transaction.selectWhere('t', { column: 'owner', equals: 'x' })).toEqual([b]);
          expect(await transaction.selectKeys('t', ['c', 'a', 'none'])).toEqual([a, c]);
          expect(await transaction.select('t', 'none')).toBeUndefined();
        }, 'read-only');
        expect(await session.transaction((transaction) => transaction.select('t', 'a', 'update'))).toEqual(a);
      },
    );

    it('leaves nothing of a transaction that failed, and goes on with the next one', async () => {
      const session = await open();
      const twice = session.transaction(async (transaction) => {
        await transaction.put('t', { key: 'never', columns: {} });
        await transaction.insert('t', { key: 'a', columns: {} });
      });
      expect(await failureOf(twice)).toEqual({ outcome: 'fail', code: 'constraint' });
      const broken = session.transaction(async (transaction) => {
        await transaction.put('t', { key: 'never', columns: {} });
        throw new Error('changed my mind');
      });
      await expect(broken).rejects.toThrow('changed my mind');
      expect(await session.transaction((transaction) => transaction.select('t', 'never'))).toBeUndefined();
      const forbidden = session.transaction((transaction) => transaction.delete('t', 'a'), 'read-only');
      expect(await failureOf(forbidden)).toEqual({ outcome: 'fail', code: 'read-only' });
    });

    it('refuses one of two transactions that each change what both have read', async () => {
      let arrived = 0;
      let go: () => void = () => undefined;
      const both = new Promise<void>((resolve) => (go = resolve));
      const increment = async (session: SqlSession) =>
        session.transaction(async (transaction) => {
          const row = await transaction.select('t', 'a');
          if (++arrived === 2) go();
          await both;
          await transaction.update('t', 'a', { n: Number(row?.columns['n']) + 1 });
        });
      const outcomes = await Promise.all([open(), open()].map(async (session) => failureOf(increment(await session))));
      expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([{ outcome: 'fail', code: conflict }]);
    });

    it('does not know what became of a transaction whose server stands still, and is of no use afterwards', async () => {
      const session = await open(500);
      await cluster.abilities.freezer!.freeze('n1');
      const waiting = session.transaction((transaction) => transaction.put('t', { key: 'late', columns: {} }));
      expect(await failureOf(waiting)).toEqual({ outcome: 'info', code: 'timeout' });
      expect(await failureOf(session.transaction(() => Promise.resolve()))).toEqual({
        outcome: 'fail',
        code: 'closed',
      });
      await cluster.abilities.freezer!.thaw('n1');
      await cluster.ready(10_000);
    });

    it('loses what was not committed with its server, and nothing that was', async () => {
      const session = await open();
      await session.transaction((transaction) => transaction.put('t', { key: 'kept', columns: { n: 1 } }));
      const cut = session.transaction(async (transaction) => {
        await transaction.put('t', { key: 'lost', columns: {} });
        await cluster.abilities.processes!.signal('n1', 'KILL');
        await transaction.put('t', { key: 'lost too', columns: {} });
      });
      expect((await failureOf(cut))?.outcome).toBe('fail');
      expect(await failureOf(open())).toEqual({ outcome: 'fail', code: 'refused' });
      await cluster.abilities.processes!.start('n1');
      await cluster.ready(30_000);
      expect(await cluster.primaries()).toEqual(['n1']);
      const after = await (await open()).transaction((transaction) => transaction.selectKeys('t', ['kept', 'lost']));
      expect(after.map(({ key }) => key)).toEqual(['kept']);
    });
  },
);
