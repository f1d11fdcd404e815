import { describe, expect, it } from 'vitest';
import { UNLIMITED } from '../../checkers/checker.js';
import { SessionError, type KvAction, type KvCondition, type KvEntry, type KvSession } from '../../docker/system.js';
import { HistoryBuilder } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Completion, Json } from '../../harness/history/operation.js';
import { Random } from '../../harness/kit/random.js';
import { append } from '../append.js';
import type { Client, Workload, WorkloadContext } from '../workload.js';
import { wr } from '../wr.js';
import { simulate } from '../../harness/generator/simulate.js';

/** One store, answering a little later; `staleBy` reads: as of so many writes ago. */
class MemoryStore {
  private revision = 1;
  private readonly past: ReadonlyMap<string, KvEntry>[] = [new Map()];

  session(staleBy: () => number, fault: () => 'none' | 'lost' = () => 'none'): KvSession {
    const transact: KvSession['transact'] = async (conditions, then, otherwise = []) => {
      await tick();
      if (fault() === 'lost') throw new SessionError('info', 'timeout', 'no answer');
      const stale = conditions.length === 0 && then.every(({ kind }) => kind === 'get');
      const state = stale ? this.past[Math.max(0, this.past.length - 1 - staleBy())] : this.past.at(-1)!;
      const succeeded = conditions.every((condition) => holds(state, condition));
      const results = this.run(state, succeeded ? then : otherwise);
      await tick();
      return { succeeded, results };
    };
    const unused = () => Promise.reject(new Error('not used by transactions'));
    return { transact, get: unused, put: unused, compareAndSet: unused, close: () => Promise.resolve() };
  }

  private run(state: ReadonlyMap<string, KvEntry>, actions: readonly KvAction[]): KvEntry[][] {
    const next = new Map(state);
    const results = actions.map((action): KvEntry[] => {
      if (action.kind === 'get') return next.has(action.key) ? [next.get(action.key)!] : [];
      if (action.kind !== 'put') throw new Error(`not used by transactions: ${action.kind}`);
      const version = (next.get(action.key)?.version ?? 0) + 1;
      next.set(action.key, { key: action.key, value: action.value, version, revision: this.revision + 1 });
      return [];
    });
    if (actions.some(({ kind }) => kind === 'put')) {
      this.revision++;
      this.past.push(next);
    }
    return results;
  }
}

function holds(state: ReadonlyMap<string, KvEntry>, condition: KvCondition): boolean {
  const entry = state.get(condition.key);
  if (condition.kind === 'absent') return entry === undefined;
  return condition.kind === 'revision' ? entry?.revision === condition.revision : entry?.value === condition.value;
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

function contextOf(options: Readonly<Record<string, Json>> = {}): WorkloadContext {
  return { options, keyspace: 'a', nodes: ['n1'], concurrency: 5, random: Random.fromSeed(11) };
}

/** The workload's operations by several clients at once over one store. */
async function record(workload: Workload, clients: readonly Client[], count: number): Promise<History> {
  const generator = workload.generator(contextOf());
  const answer = () => ({ latencyNs: 1, completion: { type: 'ok', value: null } as Completion });
  const invocations = simulate({ generator, concurrency: 1, answer, random: Random.fromSeed(2), maxEvents: count * 2 })
    .filter(({ type }) => type === 'invoke')
    .map(({ f, value }) => ({ f, value }));
  const builder = new HistoryBuilder();
  await Promise.all(
    clients.map(async (client, process) => {
      for (let next = invocations.shift(); next !== undefined; next = invocations.shift()) {
        builder.append({ process, type: 'invoke', ...next });
        const { type, ...rest } = await client.invoke(next);
        builder.append({ process, type, f: next.f, value: next.value, ...rest });
      }
    }),
  );
  return builder.build();
}

describe.each([append, wr])('$name over a correct store', (workload) => {
  const { client } = workload.clients.kv!;
  const [{ checker }] = workload.checkers({});
  const options = { writesFollowReads: true };

  it('is strictly serializable, with operations of every outcome', async () => {
    const store = new MemoryStore();
    const clients = Array.from({ length: 5 }, () =>
      client(
        store.session(() => 0),
        contextOf({ attempts: 2 }),
      ),
    );
    const history = await record(workload, clients, 400);
    const verdict = await checker.check(history, { budget: UNLIMITED, options });
    expect(verdict.anomalies).toEqual([]);
    expect(verdict.validity).toBe('valid');
    expect(verdict.details['transactions']).toMatchObject({ info: 0 });
    const { ok, fail } = verdict.details['transactions'] as { readonly ok: number; readonly fail: number };
    expect(ok).toBeGreaterThan(200);
    expect(fail).toBeGreaterThan(0);
  });

  it('shows stale reads as read skew against real time, and still as serializable', async () => {
    const store = new MemoryStore();
    const clients = Array.from({ length: 5 }, (_, i) =>
      client(
        store.session(() => (i === 0 ? 3 : 0)),
        contextOf(),
      ),
    );
    const history = await record(workload, clients, 400);
    const strict = await checker.check(history, { budget: UNLIMITED, options });
    expect(strict.validity).toBe('invalid');
    expect(strict.details['prohibited']).toContain('G-single-item-realtime');
    const serializable = await checker.check(history, { budget: UNLIMITED, options, consistency: 'serializable' });
    expect(serializable.validity).toBe('valid');
  });
});

describe('a transaction', () => {
  const invocation = {
    f: 'txn',
    value: [
      ['r', 1, null],
      ['append', 2, 1],
    ] as Json,
  };

  it('fails when its reads got no answer: nothing was written yet', async () => {
    const client = append.clients.kv!.client(
      new MemoryStore().session(
        () => 0,
        () => 'lost',
      ),
      contextOf(),
    );
    expect(await client.invoke(invocation)).toEqual({ type: 'fail', error: 'read-timeout: no answer' });
  });

  it('leaves the outcome open when its write got no answer', async () => {
    let calls = 0;
    const session = new MemoryStore().session(
      () => 0,
      () => (++calls === 2 ? 'lost' : 'none'),
    );
    await expect(append.clients.kv!.client(session, contextOf()).invoke(invocation)).rejects.toMatchObject({
      outcome: 'info',
    });
  });

  it('gives up after its attempts, certainly without effect', async () => {
    const store = new MemoryStore();
    const client = append.clients.kv!.client(
      store.session(() => 1),
      contextOf({ attempts: 3 }),
    );
    expect(await client.invoke({ f: 'txn', value: [['append', 2, 1]] })).toMatchObject({ type: 'ok' });
    expect(await client.invoke({ f: 'txn', value: [['append', 2, 2]] })).toMatchObject({
      type: 'fail',
      error: expect.stringMatching(/^conflict: /) as string,
    });
  });
});
