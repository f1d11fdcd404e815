import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from '../engine/bootstrap.js';
import type { Cluster, KvSession, SessionError } from '../system.js';
import { originOf } from './admin.js';
import { EtcdSession, type Reads } from './session.js';
import { etcd } from './system.js';

let cluster: Cluster;
let session: KvSession;
const sessions: KvSession[] = [];

beforeAll(async () => {
  await prepareEngine();
  cluster = await etcd.launch({
    runId: `etcd-${process.pid}`,
    nodes: 3,
    options: { version: '3.5' },
    progress: () => undefined,
  });
  await cluster.ready(30_000);
  session = await cluster.open('kv', 'n1', { process: 0, timeoutMs: 5_000 });
});
afterAll(async () => {
  await Promise.all([session, ...sessions].map((each) => each.close()));
  await cluster[Symbol.asyncDispose]();
});

const put = (key: string, value: string) => ({ kind: 'put', key, value }) as const;
const get = (key: string) => ({ kind: 'get', key }) as const;

describe('a kv session', () => {
  it('gets what was put, with version and revision', async () => {
    expect(await session.get('absent')).toBeUndefined();
    await session.put('x', '1');
    const first = await session.get('x');
    await session.put('x', 'ä ✓ "\n');
    const second = await session.get('x');
    expect(first).toMatchObject({ key: 'x', value: '1', version: 1 });
    expect(second).toEqual({ key: 'x', value: 'ä ✓ "\n', version: 2, revision: first!.revision + 1 });
    await session.put('empty', '');
    expect((await session.get('empty'))?.value).toBe('');
  });

  it('compares and sets', async () => {
    await session.put('c', '1');
    expect(await session.compareAndSet('c', '1', '2')).toBe(true);
    expect(await session.compareAndSet('c', '1', '3')).toBe(false);
    expect(await session.compareAndSet('never', '', '3')).toBe(false);
    expect((await session.get('c'))?.value).toBe('2');
    expect(await session.get('never')).toBeUndefined();
  });

  it('runs one branch of a transaction over several keys', async () => {
    await session.put('t/a', '10');
    const entry = await session.get('t/a');
    const conditions = [
      { kind: 'revision', key: 't/a', revision: entry!.revision },
      { kind: 'absent', key: 't/b' },
    ] as const;
    const then = [put('t/a', '7'), put('t/b', '3'), { kind: 'get-prefix', prefix: 't/' }] as const;
    const done = await session.transact(conditions, then, [get('t/a')]);
    expect(done.succeeded).toBe(true);
    expect(done.results.map((entries) => entries.map(({ value }) => value))).toEqual([[], [], ['7', '3']]);

    const refused = await session.transact(conditions, then, [get('t/a'), get('t/none')]);
    expect(refused.succeeded).toBe(false);
    expect(refused.results.map((entries) => entries.map(({ value }) => value))).toEqual([['7'], []]);

    await session.transact([], [{ kind: 'delete', key: 't/b' }]);
    expect(await session.transact([{ kind: 'absent', key: 't/b' }], [])).toEqual({ succeeded: true, results: [] });
    expect(await session.transact([{ kind: 'absent', key: 't/a' }], [])).toEqual({ succeeded: false, results: [] });
  });

  it('is told what is wrong with a request, definitely', async () => {
    const twice = session.transact([], [put('d', '1'), put('d', '2')]);
    await expect(twice).rejects.toMatchObject({ outcome: 'fail', code: 'invalid' });
    await expect(session.put('', 'x')).rejects.toMatchObject({ outcome: 'fail', code: 'invalid' });
    await expect(session.put('big', 'x'.repeat(2_000_000))).rejects.toMatchObject({
      outcome: 'fail',
      code: 'too-large',
    });
    expect(await session.get('d')).toBeUndefined();
  });
});

describe('on a node cut off from the others', () => {
  const isolated = (reads: Reads) => {
    const made = new EtcdSession(originOf(cluster.nodes[2]!), { timeoutMs: 1_500, reads });
    sessions.push(made);
    return made;
  };
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: SessionError) => error.outcome,
    );

  it('serializable reads are stale, in and out of transactions; linearizable ones never are', async () => {
    await session.put('s', 'old');
    const network = cluster.abilities.network!;
    await cluster.ready(10_000);
    await network.cut(
      ['n1', 'n2'].flatMap((peer) => [
        { from: peer, to: 'n3' },
        { from: 'n3', to: peer },
      ]),
    );
    await writeWhenLed('s', 'new');

    const [stale, fresh] = [isolated('serializable'), isolated('linearizable')];
    expect((await stale.get('s'))?.value).toBe('old');
    expect((await stale.transact([], [get('s')])).results[0]![0]!.value).toBe('old');
    expect((await stale.transact([{ kind: 'value', key: 's', value: 'old' }], [])).succeeded).toBe(true);
    expect(await failureOf(fresh.get('s'))).toBe('info');
    expect(await failureOf(fresh.transact([], [get('s')]))).toBe('info');
    // The trap: etcd would answer a transaction of conditions alone from the stale node.
    expect(await failureOf(fresh.transact([{ kind: 'value', key: 's', value: 'old' }], []))).toBe('info');
    // A transaction that writes is never served from the node's own state.
    expect(await failureOf(stale.transact([], [get('s'), put('s2', 'x')]))).toBe('info');

    await network.heal();
    await cluster.ready(15_000);
    expect((await fresh.get('s'))?.value).toBe('new');
  });

  /** The cut may have taken the leader away. */
  async function writeWhenLed(key: string, value: string): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      if ((await failureOf(session.put(key, value))) === undefined) return;
    }
    throw new Error('two of three nodes found no leader');
  }
});
