import { describe, expect, it } from 'vitest';
import { generate } from '../../bench/generate.js';
import { type EventInput, historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { stack } from '../models/queue.js';
import { casRegister } from '../models/register.js';
import { Deadline } from './budget.js';
import { checkFrontier } from './frontier.js';
import { linearizable } from './linearizability.js';
import { partitions } from './partition.js';
import { type RegisterOperations, RegisterReader } from './registers.js';
import { searchLinearizable } from './search.js';

/** Many pushes open at once: every order of them is possible, and every one is another stack. */
function explosive(open: number): History {
  const events: { process: number; type: 'invoke' | 'ok'; f: string; value: Json }[] = [];
  for (let process = 0; process < open; process++) events.push({ process, type: 'invoke', f: 'push', value: process });
  for (let process = 0; process < open; process++) events.push({ process, type: 'ok', f: 'push', value: process });
  return historyOf(events);
}

/** Every value is written and changed into two others, all at once, again and again. */
function knot(values: number, rounds: number): RegisterOperations {
  const events: EventInput[] = [];
  for (let round = 0, process = 0; round < rounds; round++) {
    const open = Array.from({ length: values }, (_, value) => [
      { process: process++, f: 'write', value },
      { process: process++, f: 'cas', value: [value, (value + 1) % values] },
      { process: process++, f: 'cas', value: [value, (value + 2) % values] },
    ]).flat();
    for (const type of ['invoke', 'ok'] as const) events.push(...open.map((operation) => ({ ...operation, type })));
  }
  const history = historyOf(events);
  return new RegisterReader(history, { read: 'read', write: 'write', cas: 'cas' }, null).read(undefined, undefined);
}

describe('a budget', () => {
  it('of configurations ends in unknown, with what was proven', async () => {
    const verdict = await linearizable(stack).check(explosive(12), {
      budget: { timeMs: 60_000, memoryBytes: 1_000_000 },
      options: {},
    });
    expect(verdict.validity).toBe('unknown');
    expect(verdict.details['provenPrefix']).toBe(12);
    expect(verdict.notChecked[0]).toMatch(/^linearizability from event 12 on: more than \d+ configurations/);
  });

  it('of time ends in unknown', async () => {
    const verdict = await linearizable(stack).check(explosive(14), {
      budget: { timeMs: 200, memoryBytes: Number.POSITIVE_INFINITY },
      options: {},
    });
    expect(verdict).toMatchObject({
      validity: 'unknown',
      reason: expect.stringMatching(/time budget of 200 ms is used up/) as string,
    });
  });

  // A clock that goes on by a millisecond whenever somebody looks: who looks often enough stops at once.
  describe.each([
    ['the search', (deadline: Deadline) => searchLinearizable(stack, partitions(explosive(14), stack)[0], deadline)],
    ['the frontier', (deadline: Deadline) => checkFrontier(knot(16, 20), deadline)],
  ])('of time, in %s', (_, decide) => {
    it('is looked at every 1,024 steps, and no step is taken after it is over', () => {
      let looks = 0;
      const deadline = new Deadline(20, 1e9, undefined, () => looks++);
      expect(decide(deadline)).toMatchObject({ validity: 'unknown' });
      expect(looks).toBe(22);
    });
  });

  it('of no time at all proves nothing, and says so', async () => {
    const recipe = { kind: 'kv', operations: 20_000, concurrency: 10, infoShare: 0, flaw: 'none', seed: 1 } as const;
    const verdict = await linearizable(casRegister).check(generate(recipe), {
      budget: { timeMs: 0, memoryBytes: Number.POSITIVE_INFINITY },
      options: {},
    });
    expect(verdict.validity).toBe('unknown');
    expect(verdict.details['provenPrefix']).toBe(0);
  });
});
