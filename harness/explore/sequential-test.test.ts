import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../kit/random.js';
import { decide, type SequentialTest, testFor } from './sequential-test.js';

const test: SequentialTest = { low: 0.1, high: 0.5, error: 0.1 };

/** Trials until a decision, where it happens with this probability. */
function run(probability: number, seed: number): { readonly accepted: boolean; readonly trials: number } {
  const [result] = Random.fromSeed(seed).draw((dice) => {
    let times = 0;
    for (let of = 1; ; of++) {
      if (dice.chance(probability)) times++;
      const decision = decide(test, times, of);
      if (decision !== 'go-on') return { accepted: decision === 'accept', trials: of };
    }
  });
  return result;
}

describe('the sequential test', () => {
  it('errs no more often than it may, on either side', () => {
    const share = (probability: number) =>
      Array.from({ length: 2000 }, (_, seed) => run(probability, seed)).filter(({ accepted }) => accepted).length /
      2000;
    // Its bounds are Wald's approximation, which errs on the safe side; some slack for chance.
    expect(share(test.low)).toBeLessThan(test.error + 0.02);
    expect(share(test.high)).toBeGreaterThan(1 - test.error - 0.02);
  });

  it('is decided after a handful of trials', () => {
    for (const probability of [0, 0.1, 0.5, 1]) {
      const trials = Array.from({ length: 500 }, (_, seed) => run(probability, seed).trials);
      expect(trials.reduce((sum, each) => sum + each, 0) / 500).toBeLessThan(9);
    }
  });

  it('asks for what the original does: the two shares lie around, and neither is certain', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), (shown, others) => {
        const { low, high } = testFor(shown, shown + others);
        expect(low).toBeGreaterThan(0);
        expect(high).toBeGreaterThan(low);
        expect(high).toBeLessThan(0.75);
      }),
    );
    // What always failed so far is decided by two or three runs that fail too, and refused after five that do not.
    expect(decide(testFor(5, 5), 2, 2)).toBe('accept');
    expect(decide(testFor(5, 5), 0, 5)).toBe('refuse');
  });
});
