import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { casRegister } from '../models/register.js';
import { Deadline } from './budget.js';
import { checkFrontier, narrowPass, type NarrowPlan } from './frontier.js';
import { orderByEffects } from './order.js';
import { partitions, timedOperations } from './partition.js';
import { RegisterReader } from './registers.js';
import { searchLinearizable } from './search.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';
import { validateOrder } from './validate.js';

const MIXES = [registers(2, [2, 2, 5]), registers(3, [2, 2, 2]), registers(5, [1, 1, 1]), registers(3, [1, 3, 0])];
/** So narrow that it dies and goes back all the time. */
const BLIND: NarrowPlan = { beams: [1, 2, 4, 60], back: [0, 6, 20, 60], saveEvery: 3 };

describe('a narrow pass', () => {
  it('that keeps next to nothing and goes back often still never calls an illegal history legal (1,200 histories)', () => {
    const seen = { valid: 0, died: 0, invalid: 0 };
    for (let seed = 0; seed < 1200; seed++) {
      const shape = {
        operations: 20 + (seed % 50),
        concurrency: 3 + (seed % 6),
        infoShare: [0, 0.03, 0.1][seed % 3],
        corruption: [0, 0.03, 0.1][seed % 3],
      };
      const history = historyOf(simulate(MIXES[seed % MIXES.length], shape, seed));
      const [partition] = partitions(history, casRegister);
      const expected = searchLinearizable(casRegister, partition, new Deadline(20_000, 300_000)).validity;
      const operations = new RegisterReader(history, { read: 'read', write: 'write', cas: 'cas' }, null).read(
        undefined,
        undefined,
      );
      expect(checkFrontier(operations, new Deadline(20_000, 300_000)).validity, `seed ${seed}`).toBe(expected);
      const result = narrowPass(operations, new Deadline(20_000, 300_000), 'sparing', 'wanted', BLIND);
      if (expected === 'invalid') seen.invalid++;
      if (result.validity !== 'valid') {
        seen.died++;
        continue;
      }
      expect(expected, `seed ${seed}`).toBe('valid');
      const order = orderByEffects(operations, result.effects!);
      expect(validateOrder(casRegister, timedOperations(partition), order), `seed ${seed}`).toBeUndefined();
      seen.valid++;
    }
    expect(seen.valid).toBeGreaterThan(500);
    expect(seen.invalid).toBeGreaterThan(50);
  });
});
