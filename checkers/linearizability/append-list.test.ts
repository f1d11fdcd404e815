import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import type { Dice } from '../../harness/kit/random.js';
import { kv } from '../models/kv.js';
import { Deadline } from './budget.js';
import { decidePartition } from './decide-partition.js';
import { partitions, timedOperations, type Partition } from './partition.js';
import { searchLinearizable } from './search.js';
import { bruteForce } from './testing/oracle.js';
import { simulate, type Vocabulary } from './testing/random-history.js';
import { validateOrder } from './validate.js';

/** Updates with texts that are all different, and reads of the whole; a wrong read misses something or knows too much. */
function lists(puts: number, texts = Number.POSITIVE_INFINITY): Vocabulary<Json> {
  return {
    model: kv,
    ask: (dice, count) =>
      dice.chance(0.5)
        ? { f: dice.chance(puts) ? 'put' : 'append', input: `${count % texts} ` }
        : { f: 'get', input: null },
    answer: (state, f, input) => (f === 'get' ? state : input),
    corrupt: (dice, f, output) => {
      if (f !== 'get' || typeof output !== 'string') return output;
      const words = output.split(' ').filter((word) => word !== '');
      const kept = dice.pick([words.slice(0, -1), [...words.slice(1), ...words.slice(0, 1)], [...words, '77']]);
      return kept.map((word) => `${word} `).join('');
    },
  };
}

function decide(partition: Partition, order: 'wanted' | 'unwanted' = 'unwanted') {
  const pairs = { pairs: Int32Array.from({ length: 1000 }, () => -1), length: 1000 };
  return decidePartition(pairs, kv, partition, { order }, new Deadline(10_000, 200_000));
}

describe('a register that is appended to', () => {
  it('agrees with brute force on small histories and with the general search on larger ones (2,000)', () => {
    const seen = { valid: 0, invalid: 0, unknown: 0 };
    for (let seed = 0; seed < 2000; seed++) {
      const isSmall = seed % 2 === 0;
      const shape = {
        operations: isSmall ? 3 + (seed % 7) : 8 + (seed % 8),
        concurrency: 1 + (seed % 5),
        infoShare: (seed % 3) * 0.1,
        corruption: [0, 0.1, 0.2, 0.05][seed % 4],
      };
      const [partition] = partitions(historyOf(simulate(lists([0, 0.2, 0.5][seed % 3]), shape, seed)), kv);
      const result = decide(partition);
      expect(result.engine).toBe('sequence');
      seen[result.validity]++;
      const expected = isSmall
        ? bruteForce(kv, timedOperations(partition))
          ? 'valid'
          : 'invalid'
        : searchLinearizable(kv, partition, new Deadline(10_000, 200_000)).validity;
      expect(result.validity, `seed ${seed}`).toBe(expected);
      if (result.validity === 'valid') {
        const order = decide(partition, 'wanted');
        if (order.validity !== 'valid') throw new Error('it was valid before');
        const numbers = order.order!.map((position) => partition.invocations.indexOf(position));
        expect(validateOrder(kv, timedOperations(partition), numbers), `order of seed ${seed}`).toBeUndefined();
      }
      if (result.validity !== 'invalid') continue;
      const witness = timedOperations(partition).filter((_, op) => result.culprits!.includes(op));
      if (witness.length < 9) expect(bruteForce(kv, witness), `witness of seed ${seed}`).toBe(false);
    }
    expect(seen.valid).toBeGreaterThan(500);
    expect(seen.invalid).toBeGreaterThan(300);
  });

  it('tells repeated texts apart, or leaves it to the search: agrees with brute force (3,000)', () => {
    const seen = { valid: 0, invalid: 0, unknown: 0, sequence: 0 };
    for (let seed = 0; seed < 3000; seed++) {
      const shape = {
        operations: 4 + (seed % 6),
        concurrency: 1 + (seed % 4),
        infoShare: (seed % 3) * 0.1,
        corruption: [0, 0.1, 0.2][seed % 3],
      };
      const vocabulary = lists([0, 0.2, 0.5][seed % 3], 1 + (seed % 5));
      const [partition] = partitions(historyOf(simulate(vocabulary, shape, seed)), kv);
      const result = decide(partition);
      seen[result.validity]++;
      if (result.engine === 'sequence') seen.sequence++;
      const expected = bruteForce(kv, timedOperations(partition)) ? 'valid' : 'invalid';
      expect(result.validity, `seed ${seed}`).toBe(expected);
      if (result.validity !== 'valid' || result.engine !== 'sequence') continue;
      const order = decide(partition, 'wanted');
      if (order.validity !== 'valid') throw new Error('it was valid before');
      const numbers = order.order!.map((position) => partition.invocations.indexOf(position));
      expect(validateOrder(kv, timedOperations(partition), numbers), `order of seed ${seed}`).toBeUndefined();
    }
    expect(seen.valid).toBeGreaterThan(500);
    expect(seen.invalid).toBeGreaterThan(300);
    expect(seen.sequence).toBeGreaterThan(2500);
  });
});

describe('texts of which almost all are repeated', () => {
  it('leave the history to the general search before they have used up its time', () => {
    const text = (dice: Dice) => `x ${dice.int(2)} y`;
    const vocabulary: Vocabulary<Json> = {
      model: kv,
      ask: (dice) => {
        const f = dice.pick(['get', 'get', 'get', 'get', 'append', 'append', 'append', 'append', 'put']);
        return { f, input: f === 'get' ? null : text(dice) };
      },
      answer: (state, f, input) => (f === 'get' ? state : input),
      corrupt: (_dice, _f, output) => output,
    };
    const seen = new Set<string>();
    for (let seed = 0; seed < 4; seed++) {
      const events = simulate(vocabulary, { operations: 200, concurrency: 5, infoShare: 0, corruption: 0 }, seed);
      const history = historyOf(events);
      const [part] = partitions(history, kv);
      // Telling the texts apart by trial would take longer than anybody waits.
      const decision = decidePartition(history.columns, kv, part, {}, new Deadline(60_000, 1_000_000));
      expect(decision.validity, `seed ${seed}`).toBe('valid');
      seen.add(decision.engine);
    }
    expect(seen).toContain('search');
  });
});
