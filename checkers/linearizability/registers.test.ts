import { describe, expect, it } from 'vitest';
import { historyOf } from '../../harness/history/builder.js';
import { casRegister } from '../models/register.js';
import { Deadline } from './budget.js';
import { checkChains, isContradiction } from './chains.js';
import { checkFrontier, pass } from './frontier.js';
import { partitions, timedOperations } from './partition.js';
import { prepare } from './prepare.js';
import { quickZones } from './quick-zones.js';
import { RegisterReader, type RegisterOperations } from './registers.js';
import { bruteForce } from './testing/oracle.js';
import { simulate, type Shape } from './testing/random-history.js';
import { registers } from './testing/vocabularies.js';
import { checkZones, hasUniqueValues } from './zones.js';

const ROUNDS = 2500;
const MIXES = {
  'values 0..1, many cas': registers(2, [2, 2, 5]),
  'values 0..2': registers(3, [2, 2, 2]),
  'values 0..2, no cas': registers(3, [2, 2, 0]),
  'values 0..2, many writes': registers(3, [2, 5, 2]),
  'unique, no cas': registers(0, [3, 2, 0]),
  'unique, cas': registers(0, [2, 1, 3]),
};

const deadline = () => new Deadline(20_000, 100_000);

function reader(history: ReturnType<typeof historyOf>): RegisterReader {
  return new RegisterReader(history, { read: 'read', write: 'write', cas: 'cas' }, null);
}

function read(history: ReturnType<typeof historyOf>): RegisterOperations {
  return reader(history).read(undefined, undefined);
}

function shapeOf(seed: number): Shape {
  return {
    operations: 4 + (seed % 6),
    concurrency: 2 + (seed % 4),
    infoShare: (seed % 3) * 0.15,
    corruption: (seed % 5) * 0.1,
  };
}

describe('register engines', () => {
  for (const [name, vocabulary] of Object.entries(MIXES)) {
    it(`agree with brute force on ${ROUNDS} histories: ${name}`, () => {
      const seen = { valid: 0, invalid: 0, zones: 0, quick: 0, chains: 0 };
      for (let seed = 0; seed < ROUNDS; seed++) {
        const history = historyOf(simulate(vocabulary, shapeOf(seed), seed));
        const [partition] = partitions(history, casRegister);
        const expected =
          partition === undefined || bruteForce(casRegister, timedOperations(partition)) ? 'valid' : 'invalid';
        seen[expected]++;
        const raw = read(history);
        const prepared = prepare(raw);
        expect(checkFrontier(raw, deadline()).validity, `frontier, unprepared, seed ${seed}`).toBe(expected);
        expect(checkFrontier(prepared, deadline()).validity, `frontier, seed ${seed}`).toBe(expected);
        expect(pass(raw, deadline(), 'every', 'unwanted').validity, `exact pass, seed ${seed}`).toBe(expected);
        if (expected === 'valid')
          expect(pass(raw, deadline(), 'free', 'unwanted').validity, `seed ${seed}`).toBe('valid');
        if (!hasUniqueValues(prepared)) continue;
        const chains = checkChains(prepared);
        expect(isContradiction(chains) ? 'invalid' : 'valid', `chains, seed ${seed}`).toBe(expected);
        seen.chains++;
        if (prepared.kinds.includes(2)) continue;
        expect(checkZones(prepared) ? 'invalid' : 'valid', `zones, seed ${seed}`).toBe(expected);
        const quick = quickZones(history, reader(history).kindOf);
        if (quick !== undefined)
          expect(quick.found === 'valid', `quick zones, seed ${seed}`).toBe(expected === 'valid');
        if (quick !== undefined) seen.quick++;
        seen.zones++;
      }
      expect(seen.valid).toBeGreaterThan(ROUNDS / 10);
      expect(seen.invalid).toBeGreaterThan(ROUNDS / 10);
      if (name.startsWith('unique')) expect(seen.chains).toBe(ROUNDS);
      if (name === 'unique, no cas') expect(seen.quick).toBeGreaterThan(ROUNDS / 2);
    });
  }
});
