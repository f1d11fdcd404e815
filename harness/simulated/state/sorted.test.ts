import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Keyed, Sorted } from './sorted.js';

const keys = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/', '1'), maxLength: 4 }), { maxLength: 30 });

describe('sorted things', () => {
  it('are the last put for each key, in the order of keys, by any prefix', () => {
    fc.assert(
      fc.property(keys, keys, keys, fc.constantFrom('', 'a', 'a/', 'b1'), (added, removed, later, prefix) => {
        const sorted = new Sorted<Keyed>();
        const expected = new Map<string, Keyed>();
        const put = (key: string) => {
          const thing = { key, serial: expected.size };
          sorted.put(thing);
          expected.set(key, thing);
        };
        added.forEach(put);
        for (const key of removed) {
          sorted.delete(key);
          expected.delete(key);
        }
        later.forEach(put);
        const inOrder = [...expected.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
        const wanted = inOrder.filter(({ key }) => key.startsWith(prefix));
        expectSame(sorted.startingWith(prefix), wanted);
        expectSame(sorted.all, inOrder);
      }),
      { numRuns: 300 },
    );
  });

  it('are right where thousands wait', () => {
    const sorted = new Sorted<Keyed>();
    const expected = new Map<string, Keyed>();
    for (let serial = 0; serial < 5000; serial++) {
      const thing = { key: String((serial * 7919) % 2503), serial };
      sorted.put(thing);
      expected.set(thing.key, thing);
    }
    expectSame(
      sorted.all,
      [...expected.keys()].sort().map((key) => expected.get(key)!),
    );
  });
});

/** The very same, not only equal ones. */
function expectSame(things: readonly Keyed[], expected: readonly Keyed[]): void {
  expect(things).toHaveLength(expected.length);
  things.forEach((thing, at) => expect(thing).toBe(expected[at]));
}
