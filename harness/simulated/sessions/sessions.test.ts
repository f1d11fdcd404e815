import { describe, expect, it } from 'vitest';
import type { SqlSession } from '../../../docker/system.js';
import type { Level } from '../behaviour.js';
import type { SimulatedCluster } from '../cluster.js';
import { clusterOf, open, within } from '../testing/cluster.js';

/** Two sessions and two accounts of ten. */
async function bank(on: SimulatedCluster): Promise<readonly [SqlSession, SqlSession]> {
  const [a, b] = [await open(on, 'sql', 'n1'), await open(on, 'sql', 'n4')];
  await a.createTable('accounts', { balance: 'integer', region: 'text' }, ['region']);
  await a.transaction(async (t) => {
    await t.insert('accounts', { key: 'x', columns: { balance: 10, region: 'north' } });
    await t.insert('accounts', { key: 'y', columns: { balance: 10, region: 'south' } });
  });
  return [a, b];
}

const balance = async (session: SqlSession, key: string): Promise<unknown> =>
  (await session.transaction((t) => t.select('accounts', key)))?.columns.balance;

describe('transactions over tables', () => {
  it('select, insert, put, update, add, append and delete rows, and count what they change', async () => {
    const on = clusterOf(1);
    await within(on, async () => {
      const [a, b] = await bank(on);
      await a.transaction(async (t) => {
        expect(await t.add('accounts', 'x', 'balance', -4, { column: 'balance', atLeast: 4 })).toBe(1);
        expect(await t.add('accounts', 'x', 'balance', -7, { column: 'balance', atLeast: 7 })).toBe(0);
        expect(await t.update('accounts', 'z', { balance: 1 })).toBe(0);
        await t.put('accounts', { key: 'z', columns: { balance: 1, region: 'north' } });
        await t.append('accounts', 'z', 'region', '-east');
        expect(await t.update('accounts', 'y', { balance: 3 }, { column: 'region', equals: 'south' })).toBe(1);
      });
      await b.transaction(async (t) => {
        expect((await t.selectWhere('accounts')).map(({ key, columns }) => [key, columns.balance])).toEqual([
          ['x', 6],
          ['y', 3],
          ['z', 1],
        ]);
        expect((await t.selectWhere('accounts', { column: 'region', equals: 'north' })).map(({ key }) => key)).toEqual([
          'x',
        ]);
        expect(await t.delete('accounts', 'x')).toBe(1);
        expect(await t.select('accounts', 'x')).toBeUndefined();
        expect((await t.selectKeys('accounts', ['z', 'x', 'y'])).map(({ key }) => key)).toEqual(['y', 'z']);
      });
      expect(await balance(a, 'x')).toBeUndefined();
      const twice = a.transaction((t) => t.insert('accounts', { key: 'y', columns: {} }));
      await expect(twice).rejects.toMatchObject({ outcome: 'fail', code: 'duplicate-key' });
    });
  });

  it('take nothing back and leave nothing behind when their work throws', async () => {
    const on = clusterOf(2);
    await within(on, async () => {
      const [a, b] = await bank(on);
      const doomed = a.transaction(async (t) => {
        await t.add('accounts', 'x', 'balance', 5);
        throw new Error('changed my mind');
      });
      await expect(doomed).rejects.toThrow('changed my mind');
      expect(await balance(b, 'x')).toBe(10);
    });
  });

  /** Two transactions that overlap: each reads, then both write, then both commit. What happened to them? */
  async function race(level: Level, first: Step, second: Step): Promise<readonly [string, string, unknown, unknown]> {
    const on = clusterOf(3, { isolation: level });
    return within(on, async () => {
      const sessions = await bank(on);
      await on.virtualClock.sleep(100);
      const run = (session: SqlSession, step: Step) =>
        session
          .transaction(async (t) => {
            const seen = await t.select('accounts', step.reads);
            await on.virtualClock.sleep(20);
            await t.update('accounts', step.writes, { balance: Number(seen?.columns.balance) + step.amount });
          })
          .then(
            () => 'committed',
            () => 'aborted',
          );
      const [one, two] = await Promise.all([run(sessions[0], first), run(sessions[1], second)]);
      await on.virtualClock.sleep(100);
      return [one, two, await balance(sessions[0], 'x'), await balance(sessions[0], 'y')];
    });
  }

  it.each([
    // Read committed loses an update; from repeatable read on one of the two is refused.
    ['read-committed', 2],
    ['repeatable-read', 1],
    ['snapshot', 1],
    ['serializable', 1],
    ['strict-serializable', 1],
  ] as const)('at %s let %i of two commit that change a row from what they read', async (level, expected) => {
    const on = clusterOf(3, { isolation: level });
    await within(on, async () => {
      const [a, b] = await bank(on);
      await on.virtualClock.sleep(100);
      let committed = 0;
      const change = async (session: SqlSession, pauseMs: number, amount: number) => {
        const done = session.transaction(async (t) => {
          const row = await t.select('accounts', 'x');
          await on.virtualClock.sleep(pauseMs);
          await t.update('accounts', 'x', { balance: Number(row?.columns.balance) + amount });
        });
        await done.then(
          () => committed++,
          () => undefined,
        );
      };
      // The second reads before the first commits, and writes after it.
      await Promise.all([change(a, 10, 1), change(b, 60, 5)]);
      expect(committed).toBe(expected);
      expect(await balance(a, 'x')).toBe(expected === 2 ? 15 : 11);
    });
  });

  it.each([
    ['read-committed', ['committed', 'committed']],
    ['snapshot', ['committed', 'committed']],
    ['repeatable-read', ['committed', 'aborted']],
    ['strict-serializable', ['committed', 'aborted']],
  ] as const)('at %s two that write what the other read end %j', async (level, expected) => {
    const outcome = await race(level, { reads: 'x', writes: 'y', amount: 1 }, { reads: 'y', writes: 'x', amount: 1 });
    expect([...outcome.slice(0, 2)].sort()).toEqual([...expected].sort());
  });

  it('show the rows of others before they commit at read uncommitted, and only there', async () => {
    const seen = async (isolation: Level) => {
      const on = clusterOf(4, { isolation });
      return within(on, async () => {
        const [a, b] = await bank(on);
        await on.virtualClock.sleep(100);
        const slow = a.transaction(async (t) => {
          await t.add('accounts', 'x', 'balance', 7);
          await on.virtualClock.sleep(50);
          throw new Error('rolled back');
        });
        await on.virtualClock.sleep(25);
        const during = await balance(b, 'x');
        await slow.catch(() => undefined);
        await on.virtualClock.sleep(25);
        return [during, await balance(b, 'x')];
      });
    };
    expect(await seen('read-uncommitted')).toEqual([17, 10]);
    expect(await seen('read-committed')).toEqual([10, 10]);
  });

  it('end as a failure when their node dies before the commit', async () => {
    const on = clusterOf(5);
    await within(on, async () => {
      const [a, b] = await bank(on);
      const doomed = a.transaction(async (t) => {
        await t.add('accounts', 'x', 'balance', 5);
        await on.abilities.processes.signal('n1', 'KILL');
        await on.abilities.processes.start('n1');
        await t.add('accounts', 'y', 'balance', -5);
      });
      await expect(doomed).rejects.toMatchObject({ outcome: 'fail', code: 'no-transaction' });
      await on.ready(5000);
      expect(await balance(b, 'x')).toBe(10);
    });
  });
});

interface Step {
  readonly reads: string;
  readonly writes: string;
  readonly amount: number;
}

describe('a queue', () => {
  it('gives every element once, in order, whichever node is asked', async () => {
    const on = clusterOf(6);
    await within(on, async () => {
      const [a, b] = [await open(on, 'queue', 'n1'), await open(on, 'queue', 'n5')];
      for (const element of ['1', '2', '3']) await a.enqueue('q', element);
      expect([await b.dequeue('q'), await a.dequeue('q'), await b.dequeue('q')]).toEqual(['1', '2', '3']);
      expect(await a.dequeue('q')).toBeUndefined();
    });
  });
});

describe('a lock', () => {
  it('has one owner at a time, and tokens that grow', async () => {
    const on = clusterOf(7);
    await within(on, async () => {
      const [a, b] = [await open(on, 'lock', 'n1'), await open(on, 'lock', 'n5')];
      const first = await a.acquire('l');
      expect(first?.token).toBeGreaterThan(0);
      expect(await b.acquire('l')).toBeUndefined();
      expect(await b.release('l')).toBe(false);
      expect(await a.release('l')).toBe(true);
      const second = await b.acquire('l');
      expect(second!.token).toBeGreaterThan(first!.token!);
    });
  });

  it('is free again when its owner closes his session, even while his node is dead', async () => {
    const on = clusterOf(8);
    await within(on, async () => {
      const [a, b] = [await open(on, 'lock', 'n1'), await open(on, 'lock', 'n5')];
      await a.acquire('l');
      await on.abilities.processes.signal('n1', 'KILL');
      await on.virtualClock.sleep(5000);
      // No time takes it away from an owner who may still believe in it.
      expect(await b.acquire('l')).toBeUndefined();
      await a.close();
      await on.virtualClock.sleep(5000);
      expect(await b.acquire('l')).toBeDefined();
    });
  });
});
