import { type KvEntry, SessionError } from '../../docker/system.js';
import { clients, repeat } from '../../harness/generator/combinators.js';
import { memory, type Sabotage, withCluster, withSession } from './means.js';

/** Calls with errors of another kind than the session says. */
function relabelled(which: (code: string) => boolean) {
  return withSession((session) => {
    const call =
      <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) =>
      (...args: A) =>
        work(...args).catch((error: unknown) => {
          if (!(error instanceof SessionError) || error.outcome === 'fail' || !which(error.code)) throw error;
          throw new SessionError('fail', error.code, error.message);
        });
    return {
      get: call((key: string) => session.get(key)),
      put: call((key: string, value: string) => session.put(key, value)),
      compareAndSet: call((key: string, from: string, to: string) => session.compareAndSet(key, from, to)),
    };
  });
}

/** Clients that do not do what they say. */
export const CLIENT_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'clients that answer from their own memory, and no database',
    faults: ['partition:isolate-one'],
    parts: withCluster(() => {
      const shared = memory();
      return { open: () => Promise.resolve(shared as never) };
    }),
    ...{
      expected: 'inconclusive',
      says: /n1 acknowledged \d+ operations, but only \d+ packets? /,
      real: true,
      quick: true,
    },
  },
  {
    name: 'all sessions on one node under the names of three',
    faults: ['partition:isolate-one'],
    parts: withCluster((cluster) => ({ open: (family, _, options) => cluster.open(family, 'n1', options) })),
    ...{ expected: 'inconclusive', says: /n[23] acknowledged \d+ operations, but only/, real: true, quick: true },
  },
  {
    name: 'every tenth write acknowledged and not sent',
    faults: ['partition:isolate-one'],
    parts: withSession((session) => {
      let writes = 0;
      return { put: (key, value) => (++writes % 10 === 0 ? Promise.resolve() : session.put(key, value)) };
    }),
    ...{ expected: 'invalid', says: /./, real: true },
  },
  {
    name: 'a cache before reads',
    faults: ['partition:isolate-one'],
    parts: withSession((session) => {
      const cache = new Map<string, KvEntry | undefined>();
      return {
        get: async (key) => {
          if (!cache.has(key)) cache.set(key, await session.get(key));
          return cache.get(key);
        },
      };
    }),
    ...{ expected: 'invalid', says: /./ },
  },
  {
    name: 'time-outs called failures',
    faults: ['pause:one'],
    parts: relabelled((code) => code === 'timeout'),
    ...{ expected: 'not valid', says: /called failed for timeout|broke its promises/ },
  },
  {
    name: 'all errors called failures',
    faults: ['kill:all'],
    parts: relabelled(() => true),
    ...{ expected: 'not valid', says: /called failed for|broke its promises/ },
  },
  {
    name: 'null for an answer',
    faults: ['kill:one'],
    parts: withSession(() => ({ get: () => Promise.resolve(null as never) })),
    ...{ expected: 'not valid', says: /./, quick: true },
  },
  {
    name: 'a number for an entry',
    faults: ['kill:one'],
    parts: withSession(() => ({ get: () => Promise.resolve(7 as never) })),
    ...{ expected: 'not valid', says: /./ },
  },
  {
    name: 'a workload that only reads',
    faults: ['kill:one'],
    parts: (parts) => ({
      ...parts,
      workload: {
        ...parts.workload,
        generator: () => clients(repeat({ f: 'read', value: null, key: '0' })),
      },
    }),
    ...{ expected: 'inconclusive', says: /write of register was never asked for|write/, quick: true },
  },
  {
    name: 'reads of another key than was asked for',
    faults: ['kill:one'],
    parts: withSession((session) => ({ get: (key) => session.get(`${key}-other`) })),
    ...{ expected: 'not valid', says: /./ },
  },
  {
    name: 'writes to another key than was asked for',
    faults: ['kill:one'],
    parts: withSession((session) => ({ put: (key, value) => session.put(`${key}-other`, value) })),
    ...{ expected: 'not valid', says: /./ },
  },
];
