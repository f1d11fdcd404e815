import type { Checker } from '../checkers/checker.js';
import type { Model } from '../checkers/model.js';
import { checkers, linearizable, models } from './checkers.js';
import type { CheckerSource, Resolver } from './checking/source.js';

/** Finds a checker in the registry. Workloads are loaded when asked for: most bare histories are judged without. */
export const checkerOf: Resolver['checkerOf'] = async (source) => {
  const found = await find(source);
  if (found === undefined) throw new Error(`this Faultline has no ${source.what} ${source.name}`);
  return found;
};

async function find(source: CheckerSource): Promise<Checker | undefined> {
  switch (source.what) {
    case 'checker':
      return checkers.find(({ name }) => name === source.name);
    case 'model': {
      const model = models.find(({ name }) => name === source.name);
      return model && linearizable(model as Model<unknown>);
    }
    case 'workload': {
      const { workloads } = await import('./registry.js');
      return workloads.find(({ name }) => name === source.name)?.checkers(source.options)[source.place]?.checker;
    }
  }
}
