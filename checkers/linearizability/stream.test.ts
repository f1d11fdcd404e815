import { describe, expect, it } from 'vitest';
import { generate, type Kind } from '../../bench/generate.js';
import { historyOf } from '../../harness/history/builder.js';
import { UNLIMITED } from '../checker.js';
import { casRegister } from '../models/register.js';
import { linearizable } from './linearizability.js';
import { streamRegisters } from './stream.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';

function firstViolation(history: ReturnType<typeof generate>) {
  const checker = streamRegisters({ everyNs: 1_000_000 });
  for (const event of history.events()) {
    const anomaly = checker.push(event);
    if (anomaly !== undefined) return { anomaly, at: event.index };
  }
  const anomaly = checker.finish();
  return anomaly && { anomaly, at: history.length };
}

describe('a stream of registers', () => {
  const kinds: readonly Kind[] = ['register', 'cas', 'kv', 'unique-cas', 'few'];
  for (const kind of kinds) {
    it(`${kind}: stays silent on a legal history, and reports a stale read soon after it returned`, () => {
      const recipe = { kind, operations: 20_000, concurrency: 10, infoShare: 0.002, seed: 3 } as const;
      expect(firstViolation(generate({ ...recipe, flaw: 'none' }))).toBeUndefined();
      const found = firstViolation(generate({ ...recipe, flaw: 'stale' }));
      expect(found?.anomaly.kind).toBe('nonlinearizable');
      expect(found!.at - found!.anomaly.operations[1]).toBeLessThan(6_000);
    });
  }

  it('stays silent on legal histories of keys that are idle now and then, long after their beginning was forgotten', () => {
    for (let seed = 0; seed < 3; seed++) {
      const recipe = {
        kind: 'kv',
        operations: 18_000,
        concurrency: 1 + seed,
        infoShare: 0,
        flaw: 'none',
        seed,
      } as const;
      expect(firstViolation(generate(recipe)), `seed ${seed}`).toBeUndefined();
    }
  });

  it('reports nothing that the whole check does not (600 random histories)', async () => {
    let both = 0;
    for (let seed = 0; seed < 600; seed++) {
      const shape = { operations: 40, concurrency: 3 + (seed % 4), infoShare: 0.03 * (seed % 3), corruption: 0.04 };
      const history = historyOf(simulate(registers(3, [2, 2, 2]), shape, seed));
      const verdict = await linearizable(casRegister).check(history, { budget: UNLIMITED, options: {} });
      const found = firstViolation(history);
      if (found !== undefined) expect(verdict.validity, `seed ${seed}`).toBe('invalid');
      if (found !== undefined && verdict.validity === 'invalid') both++;
    }
    expect(both).toBeGreaterThan(50);
  });
});
