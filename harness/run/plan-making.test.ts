import { expect, it } from 'vitest';
import type { PlanRequest } from './plan-making.js';
import { makePlan } from './plan-making.js';
import { planRequest } from './testing/world.js';

const request: PlanRequest = {
  ...planRequest,
  nemeses: [
    { name: 'kill', targets: ['one', 'leader'] },
    { name: 'pause', targets: ['one', 'all'] },
  ],
  workloads: [
    { name: 'bank', options: { accounts: 5 } },
    { name: 'register', options: {} },
  ],
  timeLimitMs: 60_000,
};

it('a plan is decided by its request and seed, byte for byte', () => {
  const text = (seed: number) => JSON.stringify(makePlan({ ...request, seed }));
  expect(text(1)).toBe(text(1));
  expect(text(1)).not.toBe(text(2));
});

it('a plan holds what a run needs and nothing else, and survives being stored', () => {
  const plan = makePlan(request);
  expect(plan).toMatchObject({
    formatVersion: 1,
    system: { name: 'memory', nodes: 3 },
    nemeses: ['kill', 'pause'],
    workloads: [
      { name: 'bank', options: { accounts: 5 }, keyspace: 'bank', concurrency: 3 },
      { name: 'register', options: {}, keyspace: 'register', concurrency: 3 },
    ],
  });
  expect(plan.schedule.length).toBeGreaterThanOrEqual(4);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  for (const name of ['nodes', 'concurrency', 'faultMs', 'pauseMs']) expect(plan).not.toHaveProperty(name);
});
