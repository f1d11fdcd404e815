import { describe, expect, it } from 'vitest';
import type { SessionError } from '../system.js';
import { mysqlDialect } from './mysql-dialect.js';
import { postgresDialect } from './postgres-dialect.js';
import { RelationalSession } from './session.js';
import type { Answer, Statement, Wire } from './wire.js';

type Reply = Partial<Answer> | Error | 'silence';

/** A server that answers as told and remembers what it was sent. */
class FakeWire implements Wire {
  readonly sent: string[] = [];
  readonly ended: Promise<void>;
  destroyed = false;
  private end!: () => void;
  private reject: ((error: Error) => void) | undefined;

  constructor(private readonly reply: (text: string) => Reply = () => ({})) {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  send({ text }: Statement): Promise<Answer> {
    this.sent.push(text.split(' ')[0]!);
    const reply = this.reply(text);
    if (reply instanceof Error) return Promise.reject(reply);
    if (reply === 'silence') return new Promise((_, reject) => (this.reject = reject));
    return Promise.resolve({ rows: [], changed: 0, command: text.split(' ')[0]!, warnings: [], ...reply });
  }

  destroy(): void {
    this.destroyed = true;
    this.end();
    this.reject?.(new Error('the connection ended'));
  }
}

const serializationFailure = () => Object.assign(new Error('conflict'), { code: '40001', severity: 'ERROR' });
const reset = () => Object.assign(new Error('reset'), { code: 'ECONNRESET' });

function sessionOn(wire: Wire, dialect = postgresDialect): RelationalSession {
  return new RelationalSession(wire, dialect, { isolation: 'serializable', timeoutMs: 60 });
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: SessionError) => error,
  );

const at = (verb: string, reply: Reply) => new FakeWire((text) => (text.startsWith(verb) ? reply : {}));

describe('a transaction', () => {
  it('is begun, worked in and committed, in this order', async () => {
    const wire = new FakeWire((text) => (text.startsWith('SELECT') ? { rows: [{ key: 'a', n: 1 }] } : { changed: 1 }));
    const session = sessionOn(wire);
    const result = await session.transaction(async (transaction) => {
      const row = await transaction.select('t', 'a');
      return [row, await transaction.add('t', 'a', 'n', 1)];
    });
    expect(result).toEqual([{ key: 'a', columns: { n: 1 } }, 1]);
    expect(wire.sent).toEqual(['BEGIN', 'SELECT', 'UPDATE', 'COMMIT']);
  });

  it('is rolled back when its work throws, and the session goes on', async () => {
    const wire = new FakeWire();
    const session = sessionOn(wire);
    const own = new Error('no money');
    expect(await failureOf(session.transaction(() => Promise.reject(own)))).toBe(own);
    await session.transaction(() => Promise.resolve());
    expect(wire.sent).toEqual(['BEGIN', 'ROLLBACK', 'BEGIN', 'COMMIT']);
  });

  it('that failed in the database takes no further statement and is never committed, even if its work goes on', async () => {
    const wire = at('UPDATE', Object.assign(new Error('deadlock'), { errno: 1213, sqlState: '40001' }));
    const failure = await failureOf(
      sessionOn(wire, mysqlDialect).transaction(async (transaction) => {
        await transaction.add('t', 'a', 'n', 1).catch(() => undefined);
        await transaction.insert('t', { key: 'b', columns: {} }).catch(() => undefined);
      }),
    );
    expect(failure).toMatchObject({ name: 'SessionError', outcome: 'fail', code: 'deadlock' });
    expect(wire.sent).toEqual(['START', 'UPDATE', 'ROLLBACK']);
  });

  it('that cannot be begun is definite', async () => {
    const wire = at('BEGIN', reset());
    expect(await failureOf(sessionOn(wire).transaction(() => Promise.resolve()))).toMatchObject({
      outcome: 'fail',
      code: 'connection-lost',
    });
  });

  it('whose connection is lost is definite before COMMIT, and of unknown outcome from then on', async () => {
    const before = at('SELECT', reset());
    const select = sessionOn(before).transaction((transaction) => transaction.select('t', 'a'));
    expect(await failureOf(select)).toMatchObject({ outcome: 'fail', code: 'connection-lost' });
    const during = at('COMMIT', reset());
    const session = sessionOn(during);
    expect(await failureOf(session.transaction(() => Promise.resolve()))).toMatchObject({
      outcome: 'info',
      code: 'commit-lost',
    });
    expect(during.destroyed).toBe(true);
    // Nothing is sent twice, and no other connection is made.
    expect(await failureOf(session.transaction(() => Promise.resolve()))).toMatchObject({
      outcome: 'fail',
      code: 'closed',
    });
    expect(during.sent).toEqual(['BEGIN', 'COMMIT']);
  });

  it('refused at COMMIT is definite, and the session goes on', async () => {
    let refusals = 1;
    const wire = new FakeWire((text) => (text === 'COMMIT' && refusals-- > 0 ? serializationFailure() : {}));
    const session = sessionOn(wire);
    expect(await failureOf(session.transaction(() => Promise.resolve()))).toMatchObject({
      outcome: 'fail',
      code: 'serialization-failure',
    });
    await session.transaction(() => Promise.resolve());
  });

  it('answered ROLLBACK at COMMIT did not happen; one whose standby was not waited for may be lost', async () => {
    const rolledBack = sessionOn(at('COMMIT', { command: 'ROLLBACK' }));
    expect(await failureOf(rolledBack.transaction(() => Promise.resolve()))).toMatchObject({
      outcome: 'fail',
      code: 'rolled-back',
    });
    const warnings = ['canceling wait for synchronous replication due to user request'];
    const alone = sessionOn(at('COMMIT', { warnings }));
    expect(await failureOf(alone.transaction(() => Promise.resolve()))).toMatchObject({
      outcome: 'info',
      code: 'not-replicated',
    });
  });

  it.each(['BEGIN', 'SELECT', 'COMMIT'])(
    'without an answer to %s in time is given up with its connection',
    async (verb) => {
      const wire = at(verb, 'silence');
      const session = sessionOn(wire);
      const work = session.transaction((transaction) => transaction.select('t', 'a'));
      expect(await failureOf(work)).toMatchObject({ outcome: 'info', code: 'timeout' });
      expect(wire.destroyed).toBe(true);
      expect(wire.sent.at(-1)).toBe(verb);
    },
  );

  it('under way when the session is closed is never committed', async () => {
    const wire = at('SELECT', 'silence');
    const session = sessionOn(wire);
    const work = failureOf(session.transaction((transaction) => transaction.select('t', 'a')));
    await Promise.resolve();
    await session.close();
    await session.close();
    expect((await work)?.outcome).toBe('fail');
    expect(wire.sent).not.toContain('COMMIT');
  });

  it('that its work left with a statement under way is not committed', async () => {
    const wire = new FakeWire();
    const work = sessionOn(wire).transaction((transaction) => {
      void transaction.select('t', 'a');
      return Promise.resolve();
    });
    expect(await failureOf(work)).toMatchObject({ message: expect.stringContaining('under way') });
    expect(wire.sent).toEqual(['BEGIN', 'SELECT', 'ROLLBACK']);
  });

  it('takes one statement at a time, and none after its end', async () => {
    const session = sessionOn(new FakeWire());
    let leaked: (() => Promise<unknown>) | undefined;
    await session.transaction(async (transaction) => {
      const first = transaction.select('t', 'a');
      await expect(transaction.select('t', 'b')).rejects.toThrow('one statement at a time');
      await first;
      leaked = () => transaction.select('t', 'c');
      expect(await transaction.selectKeys('t', [])).toEqual([]);
    });
    await expect(leaked!()).rejects.toThrow('has ended');
  });

  it('excludes another one in the same session', async () => {
    const session = sessionOn(new FakeWire());
    const first = session.transaction(() => Promise.resolve(1));
    await expect(session.transaction(() => Promise.resolve(2))).rejects.toThrow('under way');
    expect(await first).toBe(1);
  });
});

describe('creating a table', () => {
  it('is of unknown outcome when the connection is lost, since it commits itself', async () => {
    const session = sessionOn(at('CREATE', reset()));
    expect(await failureOf(session.createTable('t', { a: 'text' }))).toMatchObject({ outcome: 'info' });
  });
});
