import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Checker, Verdict } from '../../../checkers/checker.js';
import { UNLIMITED } from '../../../checkers/checker.js';
import type { Cluster, KvEntry, KvSession, SessionFamily, SessionsByFamily } from '../../../docker/system.js';
import { SessionError } from '../../../docker/system.js';
import type { Nemesis } from '../../../nemesis/nemesis.js';
import type { Client, Workload } from '../../../workloads/workload.js';
import { clients, fromState, once, repeat, untilOk } from '../../generator/combinators.js';
import { OK } from '../../history/history.js';
import type { Operation } from '../../history/operation.js';
import type { Clock } from '../../kit/clock.js';
import { RealClock } from '../../kit/clock.js';
import type { PlanRequest } from '../plan-making.js';
import { makePlan } from '../plan-making.js';
import type { RunRequest } from '../run.js';
import { createRun } from '../store.js';

export const NODES = ['n1', 'n2', 'n3'];

/** What can be made to go wrong. */
export interface Trouble {
  /** Nodes that refuse sessions and operations. */
  readonly down: Set<string>;
  /** Nodes that never answer. */
  readonly hanging: Set<string>;
  readonly loseWrites: boolean;
  readonly neverReady: boolean;
}

/** A cluster that loses writes keeps so many. */
const WRITES_KEPT = 20;

/** A linearizable map in memory, as a cluster of three. */
export class MemoryCluster implements Cluster {
  readonly nodes = NODES.map((name) => ({ name, address: '127.0.0.1' }));
  readonly abilities = {};
  readonly versions = {};
  readonly trouble: Trouble;
  private readonly entries = new Map<string, KvEntry>();
  private revision = 0;

  constructor(
    private readonly clock: Clock,
    trouble: Partial<Trouble> = {},
  ) {
    this.trouble = { down: new Set(), hanging: new Set(), loseWrites: false, neverReady: false, ...trouble };
  }

  /** Speaks kv only, which is what the tests ask for. */
  async open<F extends SessionFamily>(_family: F, node: string): Promise<SessionsByFamily[F]> {
    return (await this.openKv(node)) as unknown as SessionsByFamily[F];
  }

  private async openKv(node: string): Promise<KvSession> {
    const { clock, trouble } = this;
    const call = async <T>(f: () => T): Promise<T> => {
      if (trouble.down.has(node)) throw new SessionError('fail', 'refused', `${node} is down`);
      await clock.sleep(1);
      if (trouble.hanging.has(node)) await new Promise(() => undefined);
      return f();
    };
    if (trouble.down.has(node)) throw new SessionError('fail', 'refused', `${node} is down`);
    return {
      get: (key) => call(() => this.entries.get(key)),
      put: (key, value) => call(() => this.put(key, value)),
      compareAndSet: () => Promise.reject(new Error('not needed')),
      transact: () => Promise.reject(new Error('not needed')),
      close: () => Promise.resolve(),
    };
  }

  async primaries(): Promise<readonly string[]> {
    return ['n1'];
  }

  async ready(): Promise<void> {
    if (this.trouble.neverReady) throw new Error('n3 does not answer');
  }

  async collectLogs(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}

  private put(key: string, value: string): void {
    if (this.trouble.loseWrites && this.revision >= WRITES_KEPT) return;
    const version = (this.entries.get(key)?.version ?? 0) + 1;
    this.entries.set(key, { key, value, version, revision: ++this.revision });
  }
}

/** Takes nodes down and up again. */
export function outage(trouble: Trouble, changes: Partial<Nemesis> = {}): Nemesis {
  return {
    name: 'outage',
    summary: 'takes nodes down',
    needs: [],
    targets: ['one', 'all'],
    minNodes: 1,
    async inject({ target, order }) {
      const nodes = target === 'one' ? order.slice(0, 1) : order;
      for (const node of nodes) trouble.down.add(node);
      return {
        description: `${nodes.join(' ')} down`,
        nodes,
        leadersBefore: ['n1'],
        async heal() {
          const bit = nodes.every((node) => trouble.down.delete(node));
          const seen = { what: 'down', expected: 'yes', measured: bit ? 'yes' : 'no', bit };
          return {
            evidence: [seen],
            effective: bit,
            healing: [{ ...seen, bit: true }],
            healed: true,
            leadersAfter: ['n1'],
          };
        },
      };
    },
    ...changes,
  };
}

class EntryClient implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
  ) {}
  async invoke({ f, value }: { f: string; value: Operation['value'] }) {
    if (f === 'read') {
      const entry = await this.session.get(`${this.keyspace}/x`);
      return { type: 'ok', value: entry === undefined ? null : Number(entry.value) } as const;
    }
    await this.session.put(`${this.keyspace}/x`, JSON.stringify(value));
    return { type: 'ok', value } as const;
  }
}

/** Writes 1, 2, 3… one after the other on one thread, and reads the last at the end. */
export const ascending: Workload = {
  name: 'ascending',
  summary: 'ascending writes',
  options: z.object({}),
  operations: ['write', 'read'],
  clients: {
    kv: {
      setUp: (session, { keyspace }) => session.put(`${keyspace}/x`, '0'),
      client: (session, { keyspace }) => new EntryClient(session, keyspace),
    },
  },
  generator: ({ random }) =>
    clients(
      fromState(
        {
          initial: 1,
          next: (n, dice) => (dice.chance(0.5) ? [{ f: 'read', value: null }, n] : [{ f: 'write', value: n }, n + 1]),
        },
        random,
      ),
    ),
  finalGenerator: () => clients(untilOk(repeat({ f: 'read', value: null }), { attempts: 10, gapMs: 10 })),
  checkers: () => [{ checker: lastWriteKept, required: true }],
};

/** One more, of reads alone. */
export const reading: Workload = {
  ...ascending,
  name: 'reading',
  operations: ['read'],
  generator: () => clients(repeat({ f: 'read', value: null })),
  finalGenerator: () => clients(once({ f: 'read', value: null })),
  checkers: () => [{ checker: decided({ validity: 'valid' }), required: true }],
};

/** Writes that can overtake each other: no more threads than that. */
const CONCURRENT_WRITES = 10;

/** What is read after the last write is (about) as new as it. */
const lastWriteKept: Checker = {
  name: 'last-write-kept',
  summary: 'the last read is no older than the last write',
  check(history) {
    const ok = [...history.events()].filter((_, position) => history.columns.types[position] === OK);
    const written = ok.findLast(({ f }) => f === 'write');
    const read = ok.at(-1);
    if (written === undefined || read?.f !== 'read') {
      return verdict({ validity: 'unknown', reason: 'nothing was read after the last write' });
    }
    if (Number(read.value) >= Number(written.value) - CONCURRENT_WRITES) return verdict({ validity: 'valid' });
    const sentence = `${written.value} was written, and ${read.value} read afterwards.`;
    const operations = [written.index, read.index];
    return verdict({ validity: 'invalid', anomalies: [{ kind: 'lost-write', sentence, operations }] });
  },
};

type Decision = { readonly details?: Verdict['details'] } & (
  | { readonly validity: 'valid' }
  | { readonly validity: 'invalid'; readonly anomalies: (Verdict & { validity: 'invalid' })['anomalies'] }
  | { readonly validity: 'unknown'; readonly reason: string }
);

function verdict(decision: Decision): Verdict {
  return { anomalies: [], details: {}, checked: ['what it was told'], notChecked: [], ...decision };
}

/** A checker that has decided already. */
export function decided(decision: Decision, name = 'decided'): Checker {
  return { name, summary: 'says what it was told to say', observes: 'run', check: () => verdict(decision) };
}

export const planRequest: PlanRequest = {
  faultlineVersion: '0.0.0',
  runId: 'test',
  createdAt: '2026-01-01T00:00:00.000Z',
  command: 'faultline test memory',
  seed: 1,
  system: {
    name: 'memory',
    options: {},
    claims: { consistency: 'linearizable', source: 'it is a map' },
    versions: { memory: '1' },
  },
  nodes: NODES,
  workloads: [{ name: 'ascending', options: {} }],
  nemeses: [],
  concurrency: 3,
  rateHz: 500,
  operationTimeoutMs: 200,
  warmUpMs: 100,
  timeLimitMs: 300,
  recoveryMs: 500,
};

const roots: string[] = [];

/** Removes the run directories made so far. */
export function removeRuns(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** A test of a few hundred ms on a cluster in memory, with a directory of its own. */
export async function memoryRun(
  changes: Partial<RunRequest> & { readonly planned?: Partial<PlanRequest>; readonly trouble?: Partial<Trouble> } = {},
): Promise<RunRequest & { readonly cluster: MemoryCluster }> {
  const { planned, trouble, ...rest } = changes;
  const root = mkdtempSync(join(tmpdir(), 'faultline-run-'));
  roots.push(root);
  const clock = rest.clock ?? new RealClock();
  return {
    plan: makePlan({ ...planRequest, ...planned }),
    families: ['kv'],
    workloads: [ascending, reading],
    nemeses: [],
    checkers: [],
    budget: UNLIMITED,
    store: await createRun(root, 'test'),
    ...rest,
    cluster: new MemoryCluster(clock, trouble),
  };
}

export function eventsIn(path: string): readonly Operation[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation);
}
