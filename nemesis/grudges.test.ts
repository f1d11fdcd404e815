import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../docker/system.js';
import { GRUDGES, type Grudge } from './grudges.js';
import { majorityOf } from './targets.js';

const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];
const orders = (min: number, max = names.length) =>
  fc.integer({ min, max }).chain((n) => fc.shuffledSubarray(names.slice(0, n), { minLength: n }));

const hears = (grudge: Grudge, node: string, other: string) =>
  !grudge.links.some(({ from, to }) => from === other && to === node);
/** Over TCP two nodes talk only if each hears the other. */
const seenBy = (grudge: Grudge, node: string, order: readonly string[]) =>
  order.filter((other) => hears(grudge, node, other) && hears(grudge, other, node)).sort();
const cutsOf = (grudge: Grudge) => grudge.links.map(({ from, to }) => `${from}→${to}`);

describe.each(Object.entries(GRUDGES))('%s', (_, shape) => {
  it('cuts something, nothing twice, no node from itself, and only what exists', () => {
    fc.assert(
      fc.property(orders(Math.max(2, shape.minNodes)), (order) => {
        const grudge = shape.draw(order);
        expect(grudge.links.length).toBeGreaterThan(0);
        expect(new Set(cutsOf(grudge)).size).toBe(grudge.links.length);
        for (const { from, to } of grudge.links) {
          expect(from).not.toBe(to);
          for (const end of [from, to]) expect([...order, CLIENTS]).toContain(end);
        }
        expect(grudge.nodes.length).toBeGreaterThan(0);
        for (const node of grudge.nodes) expect(order).toContain(node);
      }),
    );
  });
});

const oneWay = ['one-way', 'mute-leader', 'deaf-leader'];
const twoWay = Object.entries(GRUDGES).filter(([name]) => !oneWay.includes(name));

describe.each(twoWay)('%s', (_, shape) => {
  it('cuts both ways', () => {
    fc.assert(
      fc.property(orders(Math.max(2, shape.minNodes)), (order) => {
        const grudge = shape.draw(order);
        expect(grudge.links.map(({ from, to }) => `${to}→${from}`).sort()).toEqual(cutsOf(grudge).sort());
      }),
    );
  });
});

describe('majorities-ring', () => {
  const draw = GRUDGES['majorities-ring'].draw;

  it('lets every node see a majority, and no two nodes the same', () => {
    fc.assert(
      fc.property(orders(3), (order) => {
        const grudge = draw(order);
        const views = order.map((node) => seenBy(grudge, node, order));
        for (const view of views) expect(view.length).toBeGreaterThanOrEqual(majorityOf(order.length));
        expect(new Set(views.map((view) => view.join())).size).toBe(order.length);
      }),
    );
  });

  it('lets nobody see more than one node beyond a majority', () => {
    fc.assert(
      fc.property(orders(3), (order) => {
        const sizes = order.map((node) => seenBy(draw(order), node, order).length);
        expect(sizes.filter((size) => size > majorityOf(order.length)).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is a chain of three nodes', () => {
    expect(draw(['n2', 'n1', 'n3']).description).toBe('n2–n3 cut, both ways; every node hears a different majority');
  });
});

describe('sides', () => {
  it.each([
    ['random-halves', 5, 'n1 n2 | n3 n4 n5 cut, both ways', 12],
    ['random-halves', 4, 'n1 n2 | n3 n4 cut, both ways', 8],
    ['random-halves', 2, 'n1 | n2 cut, both ways', 2],
    ['majority-minority', 5, 'n1 n2 | n3 n4 n5 cut, both ways', 12],
    ['majority-minority', 4, 'n1 | n2 n3 n4 cut, both ways', 6],
    ['isolate-one', 5, 'n1 | n2 n3 n4 n5 cut, both ways', 8],
    ['isolate-leader', 3, 'n1 | n2 n3 cut, both ways', 4],
    ['bridge', 5, 'n2 n3 | n4 n5 cut, both ways; n1 hears both sides', 8],
    ['bridge', 3, 'n2 | n3 cut, both ways; n1 hears both sides', 2],
    ['one-way', 5, 'n1 n2 → n3 n4 n5 cut, one way', 6],
    ['mute-leader', 5, 'n1 → n2 n3 n4 n5 cut, one way', 4],
    ['deaf-leader', 5, 'n2 n3 n4 n5 → n1 cut, one way', 4],
    ['clients-half', 5, 'clients | n1 n2 cut, both ways', 4],
    ['region', 5, 'n1 n2 | n3 n4 n5 clients cut, both ways', 16],
    ['clients-node', 5, 'clients | n1 cut, both ways', 2],
  ])('%s of %i nodes: %s', (name, n, description, links) => {
    const grudge = GRUDGES[name].draw(names.slice(0, n));
    expect(grudge.description).toBe(description);
    expect(grudge.links).toHaveLength(links);
  });

  it('never cuts within a side', () => {
    fc.assert(
      fc.property(orders(2), fc.constantFrom('random-halves', 'isolate-one', ...oneWay), (order, name) => {
        const grudge = GRUDGES[name].draw(order);
        const inside = (node: string) => grudge.nodes.includes(node);
        for (const { from, to } of grudge.links) expect(inside(from)).not.toBe(inside(to));
      }),
    );
  });

  it('leaves the bridge connected to everybody, and the two sides apart', () => {
    fc.assert(
      fc.property(orders(3), (order) => {
        const grudge = GRUDGES.bridge.draw(order);
        expect(seenBy(grudge, order[0], order)).toEqual([...order].sort());
        for (const node of order.slice(1)) expect(seenBy(grudge, node, order).length).toBeLessThan(order.length);
      }),
    );
  });

  it('lets the mute half hear everything in a one-way cut', () => {
    const order = ['n3', 'n1', 'n2'];
    const grudge = GRUDGES['one-way'].draw(order);
    expect(hears(grudge, 'n3', 'n1')).toBe(true);
    expect(hears(grudge, 'n1', 'n3')).toBe(false);
  });

  it('takes the minority to be what leaves a majority', () => {
    fc.assert(
      fc.property(orders(3), (order) => {
        const { nodes } = GRUDGES['majority-minority'].draw(order);
        expect(order.length - nodes.length).toBe(majorityOf(order.length));
      }),
    );
  });
});
