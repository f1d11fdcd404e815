import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '../checkers/checker.js';
import { prepareEngine } from '../docker/engine/bootstrap.js';
import { etcd } from '../docker/etcd/system.js';
import { SessionError, type Cluster, type KvSession } from '../docker/system.js';
import { simulate } from '../harness/generator/simulate.js';
import { HistoryBuilder } from '../harness/history/builder.js';
import type { History } from '../harness/history/history.js';
import type { Completion, Invocation } from '../harness/history/operation.js';
import { Random } from '../harness/kit/random.js';
import { append } from './append.js';
import type { Client } from './workload.js';

const CLIENTS = 9;
const OPERATIONS = 3_000;

describe.each([
  ['linearizable', 'strict-serializable'],
  ['serializable', 'serializable'],
] as const)('append on etcd with %s reads', (reads, holds) => {
  let cluster: Cluster;
  const sessions: KvSession[] = [];

  beforeAll(async () => {
    await prepareEngine();
    cluster = await etcd.launch({
      runId: `append-${reads}-${String(process.pid)}`,
      nodes: 3,
      options: { reads },
      progress: () => undefined,
    });
    await cluster.ready(30_000);
  });

  afterAll(async () => {
    await Promise.all(sessions.map((session) => session.close()));
    await cluster[Symbol.asyncDispose]();
  });

  it(`is ${holds}`, async () => {
    const context = { options: { readOnlyShare: 0.6 }, keyspace: 'append', concurrency: CLIENTS };
    const nodes = cluster.nodes.map(({ name }) => name);
    const clients: Client[] = [];
    for (let i = 0; i < CLIENTS; i++) {
      const session = await cluster.open('kv', nodes[i % nodes.length], { process: i, timeoutMs: 5_000 });
      sessions.push(session);
      clients.push(append.clients.kv!.client(session, { ...context, nodes, random: Random.fromSeed(1) }));
    }
    const history = await record(clients, invocations({ ...context, nodes, random: Random.fromSeed(1) }));
    const judge = (consistency: string) =>
      append.checkers({})[0].checker.check(history, { budget: UNLIMITED, options: {}, consistency });
    const verdict = await judge(holds);
    expect(verdict.validity, JSON.stringify(verdict.details)).toBe('valid');
    if (reads === 'linearizable') expect(verdict.anomalies).toEqual([]);
    else {
      // A follower answers from its own state, some milliseconds behind the leader.
      const strict = await judge('strict-serializable');
      expect(strict.validity, JSON.stringify(strict.details)).toBe('invalid');
      expect(strict.details['prohibited']).toContain('G-single-item-realtime');
    }
  });
});

function invocations(context: Parameters<typeof append.generator>[0]): Invocation[] {
  const answer = () => ({ latencyNs: 1, completion: { type: 'ok', value: null } as Completion });
  const generator = append.generator(context);
  return simulate({ generator, concurrency: 1, answer, random: Random.fromSeed(2), maxEvents: OPERATIONS * 2 })
    .filter(({ type }) => type === 'invoke')
    .map(({ f, value }) => ({ f, value }));
}

async function record(clients: readonly Client[], left: Invocation[]): Promise<History> {
  const builder = new HistoryBuilder();
  await Promise.all(
    clients.map(async (client, process) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        builder.append({ process, type: 'invoke', ...next });
        const { type, ...rest } = await client.invoke(next).catch(unanswered);
        builder.append({ process, type, f: next.f, value: next.value, ...rest });
        // An unknown outcome ends the process; so few of them need no fresh one.
        if (type === 'info') return;
      }
    }),
  );
  return builder.build();
}

function unanswered(error: unknown): Completion {
  return error instanceof SessionError && error.outcome === 'fail'
    ? { type: 'fail', error: error.code }
    : { type: 'info', error: String(error) };
}
