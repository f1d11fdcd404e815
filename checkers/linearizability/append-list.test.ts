import { expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import type { Json } from '../../harness/history/operation.js';
import { kv } from '../models/kv.js';
import { checkAppendList } from './append-list.js';
import { Deadline } from './budget.js';
import { partitions, timedOperations } from './partition.js';
import { searchLinearizable } from './search.js';
import { bruteForce } from './testing/oracle.js';
import { simulate, type Vocabulary } from './testing/random-history.js';

/** Appends of texts that are all different, and reads of the whole; a wrong read misses something or knows too much. */
const lists: Vocabulary<Json> = {
  model: kv,
  ask: (dice, count) => (dice.chance(0.5) ? { f: 'append', input: `${count} ` } : { f: 'get', input: null }),
  answer: (state, f, input) => (f === 'get' ? state : input),
  corrupt: (dice, f, output) => {
    if (f !== 'get' || typeof output !== 'string') return output;
    const words = output.split(' ').filter((word) => word !== '');
    const kept = dice.chance(0.5) ? words.slice(0, -1) : [...words.slice(1), ...words.slice(0, 1)];
    return kept.map((word) => `${word} `).join('');
  },
};

it('agrees with brute force on small histories and with the general search on larger ones (1,000)', () => {
  const seen = { valid: 0, invalid: 0, open: 0 };
  for (let seed = 0; seed < 1000; seed++) {
    const isSmall = seed % 2 === 0;
    const shape = {
      operations: isSmall ? 3 + (seed % 7) : 8 + (seed % 8),
      concurrency: 1 + (seed % 5),
      infoShare: (seed % 3) * 0.1,
      corruption: [0, 0.1, 0.2, 0.05][seed % 4],
    };
    const [partition] = partitions(historyOf(simulate(lists, shape, seed)), kv);
    const result = checkAppendList(partition, '');
    seen[result.validity]++;
    if (result.validity === 'open') continue;
    const expected = isSmall
      ? bruteForce(kv, timedOperations(partition))
        ? 'valid'
        : 'invalid'
      : searchLinearizable(kv, partition, new Deadline(10_000, 200_000)).validity;
    expect(result.validity, `seed ${seed}`).toBe(expected);
    if (result.validity !== 'invalid') continue;
    const witness = timedOperations(partition).filter((_, op) => result.ops.includes(op));
    if (witness.length < 9) expect(bruteForce(kv, witness), `witness of seed ${seed}`).toBe(false);
  }
  expect(seen.valid).toBeGreaterThan(250);
  expect(seen.invalid).toBeGreaterThan(120);
});
