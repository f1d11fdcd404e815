import { describe, expect, it } from 'vitest';
import { checkerOf } from './checker-of.js';
import { checkers, linearizable, models, workloads } from './registry.js';
import type { Model } from '../checkers/model.js';
import type { Json } from './history/operation.js';

describe('what a thread finds', () => {
  it.each(checkers.map((checker) => [checker.name, checker] as const))('checker %s: itself', async (name, checker) => {
    expect(await checkerOf({ what: 'checker', name })).toBe(checker);
  });

  it.each(models.map((model) => [model.name, model] as const))('model %s: its linearizability', async (name, model) => {
    const { name: wanted, summary } = linearizable(model as Model<unknown>);
    expect(await checkerOf({ what: 'model', name })).toMatchObject({ name: wanted, summary });
  });

  it.each(workloads.map((workload) => [workload.name, workload] as const))(
    'workload %s: its checkers',
    async (name, workload) => {
      const options = workload.options.parse({}) as Readonly<Record<string, Json>>;
      for (const [place, { checker }] of workload.checkers(options).entries()) {
        expect((await checkerOf({ what: 'workload', name, options, place })).name).toBe(checker.name);
      }
    },
  );

  it('says so where there is none', async () => {
    await expect(checkerOf({ what: 'checker', name: 'toString' })).rejects.toThrow('no checker toString');
    await expect(checkerOf({ what: 'workload', name: 'constructor', options: {}, place: 0 })).rejects.toThrow(
      'no workload',
    );
  });
});
