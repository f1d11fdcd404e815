import { describe, expect, it } from 'vitest';
import { generate } from '../../bench/generate.js';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { stack } from '../models/queue.js';
import { casRegister } from '../models/register.js';
import { linearizable } from './linearizability.js';

/** Many pushes open at once: every order of them is possible, and every one is another stack. */
function explosive(open: number): History {
  const events: { process: number; type: 'invoke' | 'ok'; f: string; value: Json }[] = [];
  for (let process = 0; process < open; process++) events.push({ process, type: 'invoke', f: 'push', value: process });
  for (let process = 0; process < open; process++) events.push({ process, type: 'ok', f: 'push', value: process });
  return historyOf(events);
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

  it('of time ends in unknown soon after', async () => {
    const started = performance.now();
    const verdict = await linearizable(stack).check(explosive(14), {
      budget: { timeMs: 200, memoryBytes: Number.POSITIVE_INFINITY },
      options: {},
    });
    expect(verdict.validity).toBe('unknown');
    expect(performance.now() - started).toBeLessThan(5_000);
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
