import type { Operation } from '../../history/operation.js';
import type { Random } from '../../kit/random.js';
import type { Generator, GeneratorContext, Step } from '../generator.js';
import { continued, DONE } from '../generator.js';

/** A generator and how often it is taken, relative to the others. */
export type Weighted = readonly [weight: number, generator: Generator];

/**
 * A random mixture by weight. Events reach all of them. One that is done leaves the mixture; while the one drawn waits,
 * all wait, so that the proportions hold.
 */
export function mix(generators: readonly Weighted[], random: Random): Generator {
  return Mix.of(
    generators.filter(([weight]) => weight > 0),
    random,
  );
}

class Mix implements Generator {
  private constructor(
    private readonly generators: readonly Weighted[],
    private readonly random: Random,
    /** The one whose turn it is. */
    private readonly chosen: number,
  ) {}

  static of(generators: readonly Weighted[], random: Random): Mix {
    const [chosen, next] = random.draw((dice) => choose(generators, dice.float()));
    return new Mix(generators, next, chosen);
  }

  next(context: GeneratorContext): Step {
    if (this.generators.length === 0) return DONE;
    const [weight, generator] = this.generators[this.chosen];
    const step = generator.next(context);
    switch (step.kind) {
      case 'done':
        return Mix.of(this.generators.toSpliced(this.chosen, 1), this.random).next(context);
      case 'wait':
        return continued(step, (next) => this.replacing(this.chosen, next));
      case 'emit':
        return continued(step, (next) => Mix.of(this.generators.with(this.chosen, [weight, next]), this.random));
    }
  }

  update(context: GeneratorContext, event: Operation): Generator {
    const updated = (index: number) => this.generators[index][1].update(context, event);
    return this.generators.reduce<Mix>((mixed, _, index) => mixed.replacing(index, updated(index)), this);
  }

  private replacing(index: number, generator: Generator): Mix {
    const [weight, present] = this.generators[index];
    return present === generator
      ? this
      : new Mix(this.generators.with(index, [weight, generator]), this.random, this.chosen);
  }
}

function choose(generators: readonly Weighted[], uniform: number): number {
  let left = uniform * generators.reduce((sum, [weight]) => sum + weight, 0);
  const index = generators.findIndex(([weight]) => (left -= weight) < 0);
  return index < 0 ? generators.length - 1 : index;
}
