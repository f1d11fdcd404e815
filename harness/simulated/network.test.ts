import { describe, expect, it } from 'vitest';
import { Chance } from './chance.js';
import { Network } from './network.js';
import { World } from './world.js';

const CONDITIONS = { latencyNs: 1000, lossProbability: 0, reorderProbability: 0 };

function arrivals(count: number, changes: Partial<typeof CONDITIONS> = {}): number[] {
  const world = new World();
  const network = new Network(world, new Chance(7), { ...CONDITIONS, ...changes }, 3);
  const arrived: number[] = [];
  for (let i = 0; i < count; i++) network.send(0, 1, () => arrived.push(i));
  world.until(() => false, 1e9);
  return arrived;
}

describe('the network', () => {
  const sent = Array.from({ length: 500 }, (_, i) => i);

  it('delivers in order, unless told otherwise', () => {
    expect(arrivals(500)).toEqual(sent);
    const reordered = arrivals(500, { reorderProbability: 0.2 });
    expect(reordered).not.toEqual(sent);
    expect([...reordered].sort((a, b) => a - b)).toEqual(sent);
  });

  it('loses as many messages as asked', () => {
    const { length } = arrivals(2000, { lossProbability: 0.1 });
    expect(length).toBeGreaterThan(1700);
    expect(length).toBeLessThan(1900);
  });

  it('drops and counts what arrives on a link that is cut, one way, until it is healed', () => {
    const world = new World();
    const network = new Network(world, new Chance(1), CONDITIONS, 3);
    const arrived: string[] = [];
    network.cut(0, 1);
    network.send(0, 1, () => arrived.push('cut'));
    network.send(1, 0, () => arrived.push('back'));
    world.until(() => false, 1e9);
    expect(arrived).toEqual(['back']);
    expect(network.dropped(0, 1)).toBe(1);
    expect(network.dropped(1, 0)).toBeUndefined();
    network.heal(0, 1);
    network.send(0, 1, () => arrived.push('healed'));
    world.until(() => false, 1e9);
    expect(arrived).toEqual(['back', 'healed']);
  });
});
