import { describe, expect, it } from 'vitest';
import { Deadline } from './budget.js';
import { partitions, timedOperations } from './partition.js';
import { searchLinearizable } from './search.js';
import { historyOf } from '../../harness/history/builder.js';
import { bruteForce } from './testing/oracle.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { vocabularies } from './testing/vocabularies.js';
import { validateOrder } from './validate.js';

const ROUNDS = 800;

describe('searchLinearizable', () => {
  for (const [name, any] of Object.entries(vocabularies)) {
    it(`agrees with brute force on ${ROUNDS} histories: ${name}`, () => {
      const vocabulary = any as Vocabulary<unknown>;
      const seen = { valid: 0, invalid: 0 };
      for (let seed = 0; seed < ROUNDS; seed++) {
        const shape = {
          operations: 3 + (seed % 6),
          concurrency: 1 + (seed % 4),
          infoShare: (seed % 3) * 0.15,
          corruption: (seed % 2) * 0.25,
        };
        const history = historyOf(simulate(vocabulary, shape, seed));
        for (const partition of partitions(history, vocabulary.model)) {
          const operations = timedOperations(partition);
          const expected = bruteForce(vocabulary.model, operations);
          const result = searchLinearizable(vocabulary.model, partition, new Deadline(10_000, 100_000), {
            order: 'wanted',
          });
          expect(result.validity, `seed ${seed}`).toBe(expected ? 'valid' : 'invalid');
          if (result.validity === 'valid')
            expect(validateOrder(vocabulary.model, operations, result.order!)).toBeUndefined();
          seen[expected ? 'valid' : 'invalid']++;
        }
      }
      expect(seen.valid).toBeGreaterThan(ROUNDS / 20);
      if (name !== 'honest mutex') expect(seen.invalid).toBeGreaterThan(ROUNDS / 20);
    });
  }
});
