import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { Deadline } from './budget.js';
import { checkFrontier, sweepStretch } from './frontier.js';
import { RegisterReader } from './registers.js';
import { simulate } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';

const NAMES = { read: 'read', write: 'write', cas: 'cas' };
const MIXES = [
  registers(2, [2, 2, 5]),
  registers(3, [2, 2, 2]),
  registers(5, [1, 1, 1]),
  registers(0, [2, 1, 3]),
  registers(3, [1, 2, 0]),
];

describe('a stretch of a history', () => {
  it('of a legal one is never refuted, wherever it starts (1,500 stretches)', () => {
    for (let seed = 0; seed < 300; seed++) {
      const shape = {
        operations: 150,
        concurrency: 2 + (seed % 9),
        infoShare: [0, 0.02, 0.1][seed % 3],
        corruption: 0,
      };
      const history = historyOf(simulate(MIXES[seed % MIXES.length], shape, seed));
      const operations = new RegisterReader(history, NAMES, null).read(undefined, undefined);
      const { length } = operations.events;
      for (let part = 0; part < 5; part++) {
        const start = (seed * 31 + part * 47) % length;
        const died = sweepStretch(operations, start, length, new Deadline(10_000, 100_000));
        expect(died, `seed ${seed}, from event ${start}`).toBeUndefined();
      }
    }
  });

  it('of an illegal one is refuted when it holds the reason', () => {
    let refuted = 0;
    let invalid = 0;
    for (let seed = 0; seed < 200; seed++) {
      const shape = { operations: 150, concurrency: 4, infoShare: 0, corruption: 0.02 };
      const history = historyOf(simulate(MIXES[seed % MIXES.length], shape, seed));
      const operations = new RegisterReader(history, NAMES, null).read(undefined, undefined);
      const result = checkFrontier(operations, new Deadline(10_000, 100_000));
      const died = sweepStretch(
        operations,
        operations.events.length >> 3,
        operations.events.length,
        new Deadline(10_000, 100_000),
      );
      if (died !== undefined) expect(result.validity, `seed ${seed}`).toBe('invalid');
      if (result.validity === 'invalid') invalid++;
      if (died !== undefined) refuted++;
    }
    expect(refuted).toBeGreaterThan(invalid / 2);
  });
});
