import { describe, expect, it } from 'vitest';
import type { Impairment } from '../../docker/system.js';
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

  const passages: readonly (readonly [Impairment, number])[] = [
    [{ kind: 'loss', share: 0.2 }, 500],
    [{ kind: 'throttle', kbitPerSecond: 1e6 }, 500],
    [{ kind: 'delay', delayMs: 20, jitterMs: 10 }, 500],
    [{ kind: 'duplicate', share: 0.3 }, 500],
  ];
  it.each(passages)('delivers in order, and counts what is hit, on a line with %o', (impairment, count) => {
    const { arrived, line } = badly(impairment, count);
    expect(arrived.map(({ message }) => message)).toEqual(sent);
    expect(line.packets).toBe(count);
    expect(line.hit).toBeGreaterThan(50);
  });

  it('delays by what was asked, sends again what is lost, and lets some overtake others', () => {
    for (const { time } of badly({ kind: 'delay', delayMs: 20, jitterMs: 10 }, 1).arrived) {
      expect(time).toBeGreaterThan(10e6);
      expect(time).toBeLessThan(31e6);
    }
    const [first] = badly({ kind: 'loss', share: 0.9 }, 1, 3).arrived;
    expect(first.time).toBeGreaterThan(200e6);
    expect(badly({ kind: 'loss', share: 1 }, 20).arrived).toEqual([]);
    const reordered = badly({ kind: 'reorder', share: 0.2, delayMs: 5 }, 500).arrived.map(({ message }) => message);
    expect(reordered).not.toEqual(sent);
    expect([...reordered].sort((a, b) => a - b)).toEqual(sent);
  });

  it('drops what would wait too long for a narrow line, and is as before once that is restored', () => {
    const { arrived, line, network } = badly({ kind: 'throttle', kbitPerSecond: 16 }, 500);
    expect(arrived.length).toBe(line.packets);
    expect(arrived.length).toBeLessThan(20);
    expect(line.hit).toBeGreaterThan(480);
    network.restore();
    expect(network.badLine(0, 1)).toBeUndefined();
  });
});

function badly(impairment: Impairment, count: number, seed = 1) {
  const world = new World();
  const network = new Network(world, new Chance(seed), CONDITIONS, 3);
  network.impair(0, 1, impairment);
  const line = network.badLine(0, 1)!;
  const arrived: { readonly message: number; readonly time: number }[] = [];
  for (let message = 0; message < count; message++) {
    network.send(0, 1, () => arrived.push({ message, time: world.nowNs() }));
  }
  world.until(() => false, 1e12);
  return { arrived, line, network };
}
