import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, shareText } from './confidence.js';

describe('the share of attempts', () => {
  it.each([
    // As published for the score interval: Newcombe, "Two-sided confidence intervals for the single proportion", 1998.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i is between %f and %f', (times, of, low, high) => {
    const share = shareOf(times, of);
    expect(share.low).toBeCloseTo(low, 4);
    expect(share.high).toBeCloseTo(high, 4);
  });

  it('is between its bounds, which come closer with every ten attempts', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), (shown, others) => {
        const of = shown + others;
        const { low, high } = shareOf(shown, of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        if (of === 0) return;
        expect(low).toBeLessThanOrEqual(shown / of);
        expect(high).toBeGreaterThanOrEqual(shown / of);
        const more = shareOf(10 * shown, 10 * of);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });

  it('is said in words', () => {
    expect(shareText(shareOf(3, 5))).toBe('3 of 5 attempts (60 %, 95 % confidence: 23 to 88 %)');
    expect(shareText(shareOf(1, 1))).toBe('1 of 1 attempt (100 %, 95 % confidence: 21 to 100 %)');
  });
});
