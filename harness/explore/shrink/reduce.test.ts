import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduceList, reduceNumber } from './reduce.js';

describe('reducing a list', () => {
  it('finds the one item that is needed, in a logarithm of tries and some', async () => {
    let tries = 0;
    const keeps = (items: readonly number[]) => {
      tries++;
      return Promise.resolve(items.includes(7));
    };
    expect(await reduceList([...Array(100).keys()], keeps)).toEqual([7]);
    expect(tries).toBeLessThan(30);
  });

  it('needs one question where nothing is needed', async () => {
    expect(await reduceList([1, 2, 3], () => Promise.resolve(true))).toEqual([]);
  });

  it('ends with what is needed in its order, whatever that is, and says yes to it last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(50)), fc.func(fc.boolean()), async (items, chosen) => {
        const needed = items.filter((item) => chosen(item));
        let accepted: readonly number[] = items;
        const left = await reduceList(items, (candidate) => {
          const yes = needed.every((item) => candidate.includes(item));
          if (yes) accepted = candidate;
          return Promise.resolve(yes);
        });
        expect(left).toEqual(needed);
        expect(left).toEqual(accepted);
      }),
    );
  });

  it('leaves nothing that could be left out by itself, also where items need each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), async (length, sum) => {
        const keeps = (items: readonly number[]) => items.reduce((total, item) => total + item, 0) >= sum;
        const items = [...Array(length).keys()];
        if (!keeps(items)) return;
        const left = await reduceList(items, (candidate) => Promise.resolve(keeps(candidate)));
        expect(keeps(left)).toBe(true);
        for (let at = 0; at < left.length; at++) expect(keeps(left.toSpliced(at, 1))).toBe(false);
      }),
    );
  });
});

describe('reducing a number', () => {
  it('comes within the grain of the smallest that is accepted', async () => {
    const numbers = fc.record({ value: fc.nat(10_000), least: fc.nat(100), grain: fc.integer({ min: 1, max: 50 }) });
    await fc.assert(
      fc.asyncProperty(numbers, fc.nat(10_000), async ({ value, least, grain }, limit) => {
        fc.pre(value >= limit);
        const found = await reduceNumber(value, least, grain, (candidate) => Promise.resolve(candidate >= limit));
        expect(found).toBeGreaterThanOrEqual(limit);
        expect(found - Math.max(limit, Math.min(least, value))).toBeLessThanOrEqual(grain);
      }),
    );
  });
});
