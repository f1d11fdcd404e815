import { describe, expect, it } from 'vitest';
import { Random } from '../../harness/kit/random.js';
import { changeIn } from './change.js';
import { fisher, verdictTrend } from './verdicts.js';

const NIGHTS = 30;

/** Recovery times around a second, log-normal with the deviation given, times a factor from some night on. */
function nights(seed: number, deviation: number, from = NIGHTS, factor = 1): readonly number[] {
  const [values] = Random.fromSeed(seed).draw((dice) =>
    Array.from({ length: NIGHTS }, (_, night) => {
      const normal = Math.sqrt(-2 * Math.log(1 - dice.float())) * Math.cos(2 * Math.PI * dice.float());
      return 1000 * Math.exp(deviation * normal) * (night >= from ? factor : 1);
    }),
  );
  return values;
}

const seeds = Array.from({ length: 100 }, (_, at) => at + 1);

describe('a change of level', () => {
  it('is not seen in noise, though every night is looked at', () => {
    const alarmed = seeds.filter((seed) => {
      const all = nights(seed, 0.2);
      return Array.from({ length: NIGHTS }, (_, night) => all.slice(0, night + 1)).some((soFar) => changeIn(soFar));
    });
    // One in a hundred would be chance; three hundred seeds of thirty nights each gave one.
    expect(alarmed.length).toBeLessThanOrEqual(1);
  });

  it('is seen when recovery doubles, at the right night, whichever night it is', () => {
    for (const seed of seeds) {
      const from = 8 + (seed % 16);
      const change = changeIn(nights(seed, 0.2, from, 2));
      expect(change, `seed ${seed}`).toBeDefined();
      expect(Math.abs(change!.at - from)).toBeLessThanOrEqual(3);
      expect(change!.factor).toBeGreaterThan(1.5);
      expect(change!.factor).toBeLessThan(2.8);
    }
  });

  it('is seen within six nights of a doubling', () => {
    const missed = seeds.filter((seed) => changeIn(nights(seed, 0.2, 20, 2).slice(0, 26)) === undefined);
    expect(missed.length).toBeLessThanOrEqual(2);
  });

  it('is seen downwards too, and not in one bad night, a handful of nights, or a small step', () => {
    expect(changeIn(nights(3, 0.1, 15, 0.5))!.factor).toBeLessThan(0.7);
    const spike = nights(4, 0.1).map((value, at) => (at === 20 ? value * 10 : value));
    expect(changeIn(spike)).toBeUndefined();
    expect(changeIn([1, 1, 1, 2, 2, 2, 2])).toBeUndefined();
    expect(changeIn(nights(5, 0.02, 15, 1.2))).toBeUndefined();
  });

  it('is undefined where a value is missing or not positive', () => {
    expect(changeIn([...nights(1, 0.1), 0])).toBeUndefined();
    expect(changeIn([])).toBeUndefined();
  });

  it('is the same whenever it is asked for', () => {
    const values = nights(9, 0.2, 15, 2);
    expect(changeIn(values)).toEqual(changeIn(values));
  });
});

describe('verdicts over time', () => {
  const of = (text: string) =>
    verdictTrend([...text].map((sign) => (sign === 'v' ? 'valid' : sign === 'x' ? 'invalid' : 'inconclusive')));

  it.each([
    ['vvvvvvvvvv', { kind: 'steady', what: 'valid' }],
    ['xxxx', { kind: 'steady', what: 'invalid' }],
    ['????', { kind: 'steady', what: 'undecided' }],
    ['vvvvvvvvvxvvvvvvvvvvxvvvvv', { kind: 'flake' }],
    ['vx', { kind: 'flake' }],
    ['vvvvvvvvvv?xxxxxx', { kind: 'regression', at: 11 }],
    ['xxxxxxxvvvvvvvvv', { kind: 'mended', at: 7 }],
  ])('%s', (text, expected) => expect(of(text)).toMatchObject(expected));

  it('a flake is no regression on any night, over seeds', () => {
    for (const seed of seeds) {
      const [runs] = Random.fromSeed(seed).draw((dice) =>
        Array.from({ length: 40 }, () => (dice.chance(0.15) ? ('invalid' as const) : ('valid' as const))),
      );
      expect(verdictTrend(runs).kind, `seed ${seed}`).not.toBe('regression');
    }
  });

  it('is decided by Fisher’s exact test', () => {
    // The lady tasting tea: all four told apart.
    expect(fisher(4, 4, 0, 4)).toBeCloseTo(2 / 70, 10);
    expect(fisher(3, 4, 1, 4)).toBeCloseTo(34 / 70, 10);
    expect(fisher(2, 4, 2, 4)).toBeCloseTo(1, 10);
  });
});
