import type { Abilities, Cluster, KvEntry, KvSession, Session, SessionFamily, System } from '../../docker/system.js';
import type { Operation } from '../../harness/history/operation.js';
import type { Nemesis } from '../../nemesis/nemesis.js';
import type { Workload } from '../../workloads/workload.js';

/** What a run is made of, as a sabotage may change it. Nothing of Faultline itself knows of any of this. */
export interface Parts {
  readonly system: System;
  readonly workload: Workload;
  readonly nemeses: readonly Nemesis[];
}

/** One way to make a run prove less than it says. */
export interface Sabotage {
  readonly name: string;
  /** Kinds of fault of the run, with a target where it matters. */
  readonly faults: readonly string[];
  /** Changes what the run is made of. */
  readonly parts?: (parts: Parts) => Parts;
  /** Changes the events of the journal after the run, before it is judged; indices are given anew. */
  readonly journal?: (events: readonly Operation[]) => readonly Operation[];
  /** What the verdict must be. */
  readonly expected: 'valid' | 'inconclusive' | 'invalid' | 'not valid';
  /** What the verdict has to say, for the right reason. */
  readonly says: RegExp;
  /** Also worth its time on a real database. */
  readonly real?: true;
  /** Needs pods: nothing in this process could be tampered with like that. */
  readonly only?: 'pods';
  /** Told in a second: part of every build. */
  readonly quick?: true;
}

/** The object with some members replaced; methods keep their own `this`. */
function replaced<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(object, name) {
      if (Object.hasOwn(changes, name)) return changes[name as keyof T];
      const value: unknown = Reflect.get(object, name, object);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(object) : value;
    },
  });
}

/** A system whose clusters are not what they seem. */
export function withCluster(change: (cluster: Cluster) => Partial<Cluster>) {
  return (parts: Parts): Parts => ({
    ...parts,
    system: replaced(parts.system, {
      launch: async (request) => {
        const cluster = await parts.system.launch(request);
        return replaced(cluster, change(cluster));
      },
    }),
  });
}

/** A cluster one of whose abilities does something else than it should. */
export function withAbility<A extends keyof Abilities>(
  name: A,
  change: (ability: NonNullable<Abilities[A]>, cluster: Cluster) => Partial<NonNullable<Abilities[A]>>,
) {
  return withCluster((cluster) => {
    const ability = cluster.abilities[name]!;
    return { abilities: { ...cluster.abilities, [name]: replaced(ability, change(ability, cluster)) } };
  });
}

/** A cluster whose key–value sessions do something else than they should. */
export function withSession(change: (session: KvSession, node: string, cluster: Cluster) => Partial<KvSession>) {
  return withCluster((cluster) => ({
    open: async <F extends SessionFamily>(family: F, node: string, options: Parameters<Cluster['open']>[2]) => {
      const session = await cluster.open(family, node, options);
      const changed = replaced(session as unknown as KvSession, change(session as unknown as KvSession, node, cluster));
      return changed as Session as never;
    },
  }));
}

/** A map in the client's own memory, shared by all that claim to be sessions of a database. */
export function memory(): KvSession {
  const entries = new Map<string, KvEntry>();
  let revision = 0;
  const put = (key: string, value: string) => {
    const version = (entries.get(key)?.version ?? 0) + 1;
    entries.set(key, { key, value, version, revision: ++revision });
  };
  const slowly = async <T>(work: () => T): Promise<T> => {
    await Promise.resolve();
    return work();
  };
  return {
    get: (key) => slowly(() => entries.get(key)),
    put: (key, value) => slowly(() => put(key, value)),
    compareAndSet: (key, from, to) =>
      slowly(() => {
        if (entries.get(key)?.value !== from) return false;
        put(key, to);
        return true;
      }),
    transact: () => Promise.reject(new Error('no workload of this suite asks for it')),
    close: () => Promise.resolve(),
  };
}
