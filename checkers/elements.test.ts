import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../harness/history/builder.js';
import type { Json } from '../harness/history/operation.js';
import { Elements } from './elements.js';

/** What `Elements` makes of one list after another. */
function listsOf(values: readonly Json[]): (readonly string[] | undefined)[] {
  const history = historyOf(
    values.flatMap((value, i) => [
      { index: 2 * i, time: 2 * i, type: 'invoke', process: 0, f: 'read', value: null },
      { index: 2 * i + 1, time: 2 * i + 1, type: 'ok', process: 0, f: 'read', value },
    ]),
  );
  const elements = new Elements(history);
  return values.map((_, i) => {
    const list = elements.list(2 * i + 1);
    return list && Array.from(list.ids.subarray(0, list.length), (id) => elements.name(id));
  });
}

describe('Elements', () => {
  it('reads lists that begin as the one before did, wherever they part', () => {
    const size = fc.constantFrom(0, 1, 2, 3, 511, 512, 513, 1023, 1024, 1025, 1536, 2000);
    const change = fc.record({ size, at: fc.nat(2000), to: fc.constantFrom(-1, 7, 70_000, 'x', null) });
    fc.assert(
      fc.property(fc.array(fc.option(change), { maxLength: 8 }), (changes) => {
        const values: Json[] = changes.map((made) => {
          if (made === null) return null;
          const list: Json[] = Array.from({ length: made.size }, (_, i) => i * 3);
          if (made.at < list.length && made.to !== null) list[made.at] = made.to;
          return list;
        });
        const expected = values.map((value) =>
          value === null ? undefined : (value as readonly Json[]).map((element) => JSON.stringify(element)),
        );
        expect(listsOf(values)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
