import type { Checker } from '../checkers/checker.js';
import type { Model } from '../checkers/model.js';
import type { Workload } from '../workloads/workload.js';
import type { CheckerSource, Resolver } from './checking/source.js';

type Load<T> = () => Promise<T>;

/**
 * Where each checker of the registry is: a thread loads the one it is asked for and no other, because loading all of them
 * takes longer than most checks. One that is not listed here is looked for in the registry.
 */
const CHECKERS: Readonly<Record<string, Load<Checker>>> = {
  bank: async () => (await import('../checkers/bank/bank.js')).bank,
  'bank-linearizable': async () => (await import('../checkers/bank/linearizable.js')).bankLinearizable,
  inventory: async () => (await import('../checkers/inventory/inventory.js')).inventory,
  'inventory-linearizable': async () => (await import('../checkers/inventory/linearizable.js')).inventoryLinearizable,
  'list-append': async () => (await import('../checkers/cycles/cycles.js')).listAppend,
  'rw-register': async () => (await import('../checkers/cycles/cycles.js')).rwRegister,
  set: async () => (await import('../checkers/set.js')).set,
  'set-full': async () => (await import('../checkers/set-full.js')).setFull,
  queue: async () => (await import('../checkers/queue.js')).queue,
  'total-queue': async () => (await import('../checkers/total-queue.js')).totalQueue,
  counter: async () => (await import('../checkers/counter.js')).counter,
  'unique-ids': async () => (await import('../checkers/unique-ids.js')).uniqueIds,
  lock: async () => (await import('../checkers/lock.js')).lock,
  'long-fork': async () => (await import('../checkers/long-fork.js')).longFork,
  'write-skew': async () => (await import('../checkers/write-skew.js')).writeSkew,
  monotonic: async () => (await import('../checkers/monotonic.js')).monotonic,
  'causal-reverse': async () => (await import('../checkers/causal-reverse.js')).causalReverse,
  'session-guarantees': async () => (await import('../checkers/sessions/session-guarantees.js')).sessionGuarantees,
  staleness: async () => (await import('../checkers/sessions/staleness.js')).staleness,
  availability: async () => (await import('../checkers/availability.js')).availability,
  'gone-nodes': async () => (await import('../checkers/gone-nodes.js')).goneNodes,
  statistics: async () => (await import('../checkers/statistics/statistics.js')).statistics,
};

const WORKLOADS: Readonly<Record<string, Load<Workload>>> = {
  register: async () => (await import('../workloads/register.js')).register,
  bank: async () => (await import('../workloads/bank.js')).bank,
  inventory: async () => (await import('../workloads/inventory.js')).inventory,
  append: async () => (await import('../workloads/append.js')).append,
  wr: async () => (await import('../workloads/wr.js')).wr,
  set: async () => (await import('../workloads/set.js')).set,
  counter: async () => (await import('../workloads/counter.js')).counter,
  queue: async () => (await import('../workloads/queue.js')).queue,
  lock: async () => (await import('../workloads/lock.js')).lock,
  'long-fork': async () => (await import('../workloads/long-fork.js')).longFork,
  'write-skew': async () => (await import('../workloads/write-skew.js')).writeSkew,
  monotonic: async () => (await import('../workloads/monotonic.js')).monotonic,
};

/** Finds a checker of the registry. */
export const checkerOf: Resolver['checkerOf'] = async (source) => {
  const found = await find(source);
  if (found === undefined) throw new Error(`this Faultline has no ${source.what} ${source.name}`);
  return found;
};

async function find(source: CheckerSource): Promise<Checker | undefined> {
  const { name } = source;
  switch (source.what) {
    case 'checker':
      if (Object.hasOwn(CHECKERS, name)) return CHECKERS[name]();
      return (await import('./checkers.js')).checkers.find((each) => each.name === name);
    case 'model': {
      const { models } = await import('../checkers/models/models.js');
      const { linearizable } = await import('../checkers/linearizability/linearizability.js');
      const model = models.find((each) => each.name === name);
      return model && linearizable(model as Model<unknown>);
    }
    case 'workload': {
      const workload = Object.hasOwn(WORKLOADS, name)
        ? await WORKLOADS[name]()
        : (await import('./registry.js')).workloads.find((each) => each.name === name);
      return workload?.checkers(source.options)[source.place]?.checker;
    }
  }
}
