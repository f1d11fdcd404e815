import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { queue } from '../models/queue.js';
import { Deadline } from './budget.js';
import { checkFifo } from './fifo.js';
import { partitions, timedOperations } from './partition.js';
import { searchLinearizable } from './search.js';
import { bruteForce } from './testing/oracle.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { vocabularies } from './testing/vocabularies.js';

const vocabulary = vocabularies['queue'] as Vocabulary<unknown>;

describe('the FIFO patterns', () => {
  it('agree with brute force on small histories and with the general search on larger ones (1,600)', () => {
    const seen = { valid: 0, invalid: 0, open: 0 };
    for (let seed = 0; seed < 1600; seed++) {
      const isSmall = seed % 2 === 0;
      const shape = {
        operations: isSmall ? 3 + (seed % 7) : 8 + (seed % 6),
        concurrency: 1 + (seed % 4),
        infoShare: (seed % 3) * 0.1,
        corruption: [0, 0.1, 0.2, 0.05][seed % 4],
      };
      const history = historyOf(simulate(vocabulary, shape, seed));
      const [partition] = partitions(history, queue);
      const result = checkFifo(partition, 'enqueue');
      seen[result.validity]++;
      if (result.validity === 'open') continue;
      const expected = isSmall
        ? bruteForce(queue, timedOperations(partition))
          ? 'valid'
          : 'invalid'
        : searchLinearizable(queue, partition, new Deadline(10_000, 200_000)).validity;
      expect(result.validity, `seed ${seed}`).toBe(expected);
      if (result.validity !== 'invalid') continue;
      const witness = timedOperations(partition).filter((_, op) => result.ops.includes(op));
      if (witness.length < 9) expect(bruteForce(queue, witness), `witness of seed ${seed}`).toBe(false);
    }
    expect(seen.valid).toBeGreaterThan(150);
    expect(seen.invalid).toBeGreaterThan(150);
  });
});
