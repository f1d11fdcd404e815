import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Mutable draws; lives only inside {@link Random.draw}. */
export interface Dice {
  /** Uniform integer, 0 ≤ result < bound. */
  int(bound: number): number;
  /** Uniform, 0 ≤ result < 1. */
  float(): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * An immutable source of randomness: the same value always draws the same. Generators carry one, so that asking twice
 * answers twice the same and one seed decides a whole run.
 */
export class Random {
  private constructor(private readonly state: RandomGenerator) {}

  static fromSeed(seed: number): Random {
    return Random.fromText(String(seed));
  }

  /** Runs `f` with dice at this state; answers its result and the source after it. */
  draw<T>(f: (dice: Dice) => T): readonly [T, Random] {
    const state = this.state.clone();
    return [f(new StateDice(state)), new Random(state)];
  }

  /** An independent source for a named purpose, so that adding one consumer does not shift the draws of another. */
  fork(label: string): Random {
    return Random.fromText(JSON.stringify([this.state.getState(), label]));
  }

  /**
   * The whole 128-bit state comes from a digest: the generator's own seeding makes the first draw of seed n the number
   * ~n itself, so that neighbouring seeds would begin alike.
   */
  private static fromText(text: string): Random {
    const digest = createHash('sha256').update(text).digest();
    return new Random(xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset))));
  }
}

/** One object a draw: dice are made for every operation of a run. */
class StateDice implements Dice {
  constructor(private readonly state: RandomGenerator) {}

  int(bound: number): number {
    return uniformInt(this.state, 0, bound - 1);
  }

  float(): number {
    return uniformFloat64(this.state);
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(choices.length)];
  }

  shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.int(last + 1);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }
}
