import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedKeys } from './sorted-keys.js';

const keys = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/', '1'), maxLength: 4 }), { maxLength: 30 });

describe('sorted keys', () => {
  it('are those of a set, in order, by any prefix', () => {
    fc.assert(
      fc.property(keys, keys, keys, fc.constantFrom('', 'a', 'a/', 'b1'), (added, removed, later, prefix) => {
        const sorted = new SortedKeys();
        const expected = new Set(added);
        for (const key of added) sorted.add(key);
        for (const key of removed) {
          sorted.delete(key);
          expected.delete(key);
        }
        for (const key of later) {
          sorted.add(key);
          expected.add(key);
        }
        expect(sorted.all).toEqual([...expected].sort());
        expect(sorted.startingWith(prefix)).toEqual([...expected].filter((key) => key.startsWith(prefix)).sort());
      }),
      { numRuns: 200 },
    );
  });
});
