import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Owners } from './by-key.js';
import { DependencyBuilder, RW, WR, WW } from './graph.js';

describe('DependencyBuilder', () => {
  it.each([0, 1, 3, 65_536, 65_537, 200_000])('gives each of %i nodes its own edges and no others', (nodes) => {
    const builder = new DependencyBuilder(nodes);
    const expected = new Map<number, number[]>();
    let state = 7;
    const below = (bound: number) => (state = (Math.imul(state, 48_271) >>> 0) % 0x7fffffff) % bound;
    for (let edge = 0; edge < nodes * 2; edge++) {
      const from = below(nodes);
      // Mostly near each other, as in a history, and sometimes anywhere.
      const to = edge % 5 === 0 ? below(nodes) : Math.min(nodes - 1, from + below(20));
      const relation = [WW, WR, RW][edge % 3];
      builder.add(from, to, relation);
      if (from !== to) expected.set(from, [...(expected.get(from) ?? []), (to << 2) | relation]);
    }
    const { offsets, targets } = builder.build();
    const wrong: number[] = [];
    for (let node = 0; node < nodes; node++) {
      const row = [...targets.subarray(offsets[node], offsets[node + 1])].sort((a, b) => a - b);
      const own = (expected.get(node) ?? []).sort((a, b) => a - b);
      if (row.length !== own.length || row.some((target, i) => target !== own[i])) wrong.push(node);
    }
    expect(wrong).toEqual([]);
    expect(offsets).toHaveLength(nodes + 1);
    expect(offsets[nodes]).toBe(targets.length);
  });

  it('keeps the order in which a source was given its edges while all fit into one block', () => {
    const builder = new DependencyBuilder(4);
    builder.add(2, 3, WR);
    builder.add(0, 1, WW);
    builder.add(2, 0, RW);
    expect([...builder.build().targets]).toEqual([(1 << 2) | WW, (3 << 2) | WR, (0 << 2) | RW]);
  });
});

describe('Owners', () => {
  it('finds the transaction of every micro-operation, past transactions that have none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }), (sizes) => {
        const owners = sizes.flatMap((size, transaction) => Array.from({ length: size }, () => transaction));
        const starts = Int32Array.from([0, ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0))]);
        const found = new Owners({
          starts,
          mops: new Uint8Array(owners.length),
          length: sizes.length,
        });
        expect(owners.map((_, mop) => found.of(mop))).toEqual(owners);
      }),
    );
  });
});
