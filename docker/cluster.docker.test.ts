import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareEngine } from './engine/bootstrap.js';
import type { Engine } from './engine/engine.js';
import { LABEL } from './engine/labels.js';
import { etcd } from './etcd/system.js';
import { CLIENTS, type Cluster, type KvSession, type SessionError } from './system.js';
import { until } from './wait.js';

const runId = `cluster-${process.pid}`;
let engine: Engine;
let cluster: Cluster;
const sessions: KvSession[] = [];

beforeAll(async () => {
  engine = await prepareEngine();
  cluster = await launch(runId, 3);
  await cluster.ready(30_000);
});
afterAll(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  await cluster[Symbol.asyncDispose]();
});

const launch = (id: string, nodes: number, signal?: AbortSignal) =>
  etcd.launch({ runId: id, nodes, options: {}, progress: () => undefined, ...(signal ? { signal } : {}) });

async function open(node: string, timeoutMs = 2_000): Promise<KvSession> {
  const session = await cluster.open('kv', node, { process: 0, timeoutMs });
  sessions.push(session);
  return session;
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: SessionError) => ({ outcome: error.outcome, code: error.code }),
  );

const leftovers = (id: string) => engine.listContainers({ all: true, filters: { label: [`${LABEL.run}=${id}`] } });

describe('a cluster', () => {
  it('has nodes with addresses, versions and one leader', async () => {
    expect(cluster.nodes.map(({ name }) => name)).toEqual(['n1', 'n2', 'n3']);
    expect(new Set(cluster.nodes.map(({ address }) => address)).size).toBe(3);
    expect(cluster.versions).toMatchObject({ etcd: '3.4.23', 'image etcd-3.4': expect.stringMatching(/sha256:/) });
    expect(await cluster.primaries()).toHaveLength(1);
  });

  it('keeps logs per node', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'logs-test-'));
    await cluster.collectLogs(directory);
    const log = await readFile(join(directory, 'n2', 'database.log'), 'utf8');
    expect(log.includes('elected leader')).toBe(true);
    await rm(directory, { recursive: true });
  });

  it('does not know other nodes', async () => {
    expect(() => cluster.abilities.processes!.status('n9')).toThrow('no node n9');
    await expect(cluster.abilities.network!.probe([{ from: 'n9', to: 'n1' }])).rejects.toThrow('no node n9');
  });

  it('that is not wanted any more while it starts leaves nothing behind', async () => {
    const abort = new AbortController();
    const starting = launch(`${runId}-aborted`, 3, abort.signal);
    await until(async () => ((await leftovers(`${runId}-aborted`)).length > 0 ? true : undefined), {
      timeoutMs: 30_000,
      everyMs: 20,
    });
    abort.abort(new Error('no longer wanted'));
    await expect(starting).rejects.toThrow('no longer wanted');
    expect(await leftovers(`${runId}-aborted`)).toEqual([]);
  });
});

describe('cutting the network', () => {
  const all = ['n1', 'n2', 'n3'].flatMap((from) =>
    [CLIENTS, 'n1', 'n2', 'n3'].flatMap((to) => (from === to ? [] : [{ from, to }])),
  );
  const unreachable = async () =>
    (await cluster.abilities.network!.probe(all)).flatMap(({ from, to, reachable }) =>
      reachable ? [] : `${from}→${to}`,
    );

  it('one way drops packets of that direction alone, and healing leaves nothing', async () => {
    const network = cluster.abilities.network!;
    expect(await unreachable()).toEqual([]);
    await network.cut([{ from: 'n1', to: 'n2' }]);
    const dropped = await until(
      async () => {
        const counters = await network.dropped();
        return counters.some(({ packets }) => packets > 0) ? counters : undefined;
      },
      { timeoutMs: 5_000, everyMs: 100 },
    );
    expect(dropped).toEqual([{ from: 'n1', to: 'n2', packets: expect.any(Number) }]);
    // A connection needs both directions, whoever makes it.
    expect(await unreachable()).toEqual(['n1→n2', 'n2→n1']);

    // Cutting again what is cut changes nothing: no second rule, and the counter goes on.
    await network.cut([{ from: 'n1', to: 'n2' }]);
    const again = await network.dropped();
    expect(again).toHaveLength(1);
    expect(again[0]!.packets).toBeGreaterThanOrEqual(dropped![0]!.packets);

    await network.heal();
    expect(await network.dropped()).toEqual([]);
    expect(await unreachable()).toEqual([]);
    await network.heal();
  });

  it('from the clients to a node makes new requests fail without leaving, for good', async () => {
    const network = cluster.abilities.network!;
    await network.cut([{ from: CLIENTS, to: 'n1' }]);
    const session = await open('n1');
    expect(await failureOf(session.put('never', 'sent'))).toEqual({ outcome: 'fail', code: 'connect-timeout' });
    expect(await unreachable()).toEqual(['n1→clients']);
    expect(await network.dropped()).toEqual([{ from: CLIENTS, to: 'n1', packets: expect.any(Number) }]);
    await network.heal();
    await sleep(1_500);
    expect(await session.get('never')).toBeUndefined();
  });

  it('from a node to the clients lets requests through and no answers: the outcome is unknown, and was a write', async () => {
    const network = cluster.abilities.network!;
    const session = await open('n1', 1_000);
    await session.put('one-way', 'before');
    await network.cut([{ from: 'n1', to: CLIENTS }]);
    expect(await failureOf(session.put('one-way', 'during'))).toEqual({ outcome: 'info', code: 'timeout' });
    expect((await (await open('n2')).get('one-way'))?.value).toBe('during');
    await network.heal();
  });

  it('around the leader makes another one lead', async () => {
    const network = cluster.abilities.network!;
    const [old] = await cluster.primaries();
    const others = cluster.nodes.map(({ name }) => name).filter((name) => name !== old);
    await network.cut(
      others.flatMap((other) => [
        { from: old!, to: other },
        { from: other, to: old! },
      ]),
    );
    const successor = await until(async () => (await cluster.primaries()).find((name) => name !== old), {
      timeoutMs: 15_000,
      everyMs: 100,
    });
    expect(others).toContain(successor);
    await network.heal();
    await cluster.ready(15_000);
    expect(await cluster.primaries()).toHaveLength(1);
  });
});

describe('killing the database', () => {
  it('takes the process away until it is started again, on its own data', async () => {
    const processes = cluster.abilities.processes!;
    const session = await open('n2');
    await session.put('kept', 'yes');
    const [before] = await processes.status('n2');
    expect(before).toMatchObject({ command: 'etcd', pid: expect.any(Number) });
    expect(await processes.exit('n2')).toBeUndefined();

    expect(await processes.signal('n2', 'KILL')).toEqual([before!.pid]);
    expect(await processes.status('n2')).toEqual([]);
    expect(await processes.exit('n2')).toEqual({ code: 137 });
    expect(await processes.signal('n2', 'KILL')).toEqual([]);
    // The kept-open connection was closed by the dying process, so the next request tries a new one.
    expect(await failureOf(session.put('kept', 'no'))).toEqual({ outcome: 'fail', code: 'refused' });
    // Where it led, the others are not ready either for a while.
    await expect(cluster.ready(300)).rejects.toThrow(/^not ready after 300 ms: .*n2: ended with exit code 137/);

    await processes.start('n2');
    await processes.start('n2');
    await cluster.ready(15_000);
    const [after] = await processes.status('n2');
    expect(after!.startTicks).toBeGreaterThan(before!.startTicks);
    expect(await processes.exit('n2')).toBeUndefined();
    expect((await session.get('kept'))?.value).toBe('yes');
  });
});

describe('pausing the database', () => {
  it('by signal stops it where it is: no ticks, no answers, and it goes on afterwards', async () => {
    const processes = cluster.abilities.processes!;
    const session = await open('n3', 500);
    await session.get('warm');
    expect(await processes.signal('n3', 'STOP')).toHaveLength(1);
    const [stopped] = await processes.status('n3');
    expect(stopped!.state).toBe('T');
    expect(await failureOf(session.put('paused', 'maybe'))).toEqual({ outcome: 'info', code: 'timeout' });
    const [later] = await processes.status('n3');
    expect(later).toEqual(stopped);
    await processes.signal('n3', 'CONT');
    await cluster.ready(15_000);
    expect((await processes.status('n3'))[0]!.state).not.toBe('T');
  });

  it('by freezing uses no CPU time; thawing twice is fine', async () => {
    const { freezer, processes } = cluster.abilities;
    await freezer!.freeze('n3');
    await freezer!.freeze('n3');
    expect(await freezer!.frozen('n3')).toBe(true);
    const spent = await freezer!.cpuTimeNs('n3');
    expect(spent).toBeGreaterThan(0);
    await sleep(300);
    expect(await freezer!.cpuTimeNs('n3')).toBe(spent);
    await expect(cluster.ready(300)).rejects.toThrow('n3: frozen');
    // Neither its absence nor an exit is reported: it is there, and stands still.
    expect(await processes!.status('n3')).toHaveLength(1);
    expect(await processes!.exit('n3')).toBeUndefined();
    await freezer!.thaw('n3');
    await freezer!.thaw('n3');
    expect(await freezer!.frozen('n3')).toBe(false);
    await cluster.ready(15_000);
    expect(await freezer!.cpuTimeNs('n3')).toBeGreaterThan(spent);
  });

  it('and killing meanwhile kills', async () => {
    const { freezer, processes } = cluster.abilities;
    await freezer!.freeze('n1');
    expect(await processes!.signal('n1', 'KILL')).toHaveLength(1);
    expect(await processes!.exit('n1')).toEqual({ code: 137 });
    await expect(freezer!.freeze('n1')).rejects.toThrow('n1: the database is down and cannot be frozen');
    await freezer!.thaw('n1');
    await processes!.start('n1');
    await cluster.ready(15_000);
  });
});

describe('taking a cluster down', () => {
  it('removes everything, also while a node is frozen, and may be asked for twice', async () => {
    const id = `${runId}-short`;
    const short = await launch(id, 1);
    await short.abilities.freezer!.freeze('n1');
    await Promise.all([short[Symbol.asyncDispose](), short[Symbol.asyncDispose]()]);
    expect(await leftovers(id)).toEqual([]);
    const filters = { label: [`${LABEL.run}=${id}`] };
    expect(await engine.listNetworks({ filters })).toEqual([]);
    expect((await engine.listVolumes({ filters })).Volumes ?? []).toEqual([]);
    await expect(cluster.ready(10_000)).resolves.toBeUndefined();
  });
});
