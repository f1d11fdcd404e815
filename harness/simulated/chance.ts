import { Random } from '../kit/random.js';

/**
 * Draws of the simulated world, of which a run takes hundreds of thousands: xoshiro128** (Blackman and Vigna, 2018) in
 * 32-bit integers, the same on every machine.
 */
export class Chance {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number) {
    const [state] = Random.fromSeed(seed)
      .fork('simulated')
      .draw((dice) => Array.from({ length: 4 }, () => dice.int(2 ** 31)));
    [this.a, this.b, this.c] = state;
    // Not all zero, or it would draw nothing else.
    this.d = state[3] | 1;
  }

  /** Uniform integer, 0 ≤ result < bound ≤ 2³². */
  int(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }

  happens(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  private next(): number {
    const { b } = this;
    let result = Math.imul(b, 5);
    result = Math.imul((result << 7) | (result >>> 25), 9);
    const shifted = b << 9;
    this.c ^= this.a;
    this.d ^= b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }
}
