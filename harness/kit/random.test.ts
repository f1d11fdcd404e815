import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.js';

const draws = (random: Random) => random.draw((dice) => Array.from({ length: 4 }, () => dice.int(1_000_000)))[0];

describe('a random source', () => {
  it('draws the same from the same value, and something else afterwards', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = Random.fromSeed(seed);
        const [first, next] = random.draw((dice) => dice.float());
        expect(random.draw((dice) => dice.float())[0]).toBe(first);
        expect(next.draw((dice) => dice.float())[0]).not.toBe(first);
        expect(draws(Random.fromSeed(seed))).toEqual(draws(random));
      }),
    );
  });

  it('begins differently on neighbouring seeds', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => Random.fromSeed(seed).draw((dice) => dice.float())[0]);
    const lower = firsts.filter((first) => first < 0.5).length;
    expect(lower).toBeGreaterThan(400);
    expect(lower).toBeLessThan(600);
    expect(new Set(firsts.map((first) => Math.floor(first * 10))).size).toBe(10);
  });

  it('forks independently of what others draw, by name', () => {
    const random = Random.fromSeed(3);
    expect(draws(random.fork('bank'))).toEqual(draws(random.fork('bank')));
    expect(draws(random.fork('bank'))).not.toEqual(draws(random.fork('register')));
  });

  it('shuffles into a permutation', () => {
    const [shuffled] = Random.fromSeed(1).draw((dice) => dice.shuffle([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(shuffled.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
