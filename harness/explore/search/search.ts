import type { Dice } from '../../kit/random.js';
import { Random } from '../../kit/random.js';
import { type Hit, Coverage } from './coverage.js';
import { blindIdea, type Idea, type SearchSpace } from './idea.js';
import { freshIdea, mutated, type Sight } from './mutation.js';

/** Decides what to try next, and learns from what was hit. */
export interface Strategy {
  readonly coverage: Coverage;
  next(): Idea;
  learn(idea: Idea, lesson: Lesson): void;
}

/** What a run has shown of an idea. */
export interface Lesson {
  readonly hits: readonly Hit[];
  /** Faults of the idea that were aimed at a moment that did not come. */
  readonly missed: Idea;
  /** Operations that it took. */
  readonly operations: number;
}

interface Kept {
  readonly idea: Idea;
  readonly novelty: number;
  readonly operations: number;
  /** How often something was made of it. */
  tries: number;
}

/** One idea of so many is made from nothing, so that the search does not end in a corner. */
const FRESH = 0.2;

/**
 * Search guided by coverage, as greybox fuzzers do it (after AFL and AFLFast: Böhme, Pham, Roychoudhury, 2016): ideas that
 * hit something new are kept and changed, more often the more was new, the less it cost, and the less often they were;
 * faults are aimed at the moments hit least.
 */
export class Guided implements Strategy {
  readonly coverage = new Coverage();
  private readonly corpus: Kept[] = [];
  private random: Random;

  constructor(
    private readonly space: SearchSpace,
    private readonly sight: Sight,
    seed: number,
  ) {
    this.random = Random.fromSeed(seed).fork('search');
  }

  next(): Idea {
    const [idea, random] = this.random.draw((dice) => this.think(dice));
    this.random = random;
    return idea;
  }

  learn(idea: Idea, { hits, missed, operations }: Lesson): void {
    for (const { kind, aim } of missed) if (aim.kind === 'moment') this.coverage.miss(aim.moment, kind);
    const novelty = this.coverage.add(hits);
    if (novelty > 0) this.corpus.push({ idea, novelty, operations, tries: 0 });
  }

  private think(dice: Dice): Idea {
    const { space, coverage, sight } = this;
    const mutating = { space, coverage, sight, dice };
    if (this.corpus.length === 0 || dice.chance(FRESH)) return freshIdea(mutating);
    const kept = this.pick(dice);
    kept.tries++;
    return mutated(kept.idea, this.pick(dice).idea, mutating);
  }

  private pick(dice: Dice): Kept {
    const energies = this.corpus.map(({ novelty, operations, tries }) => novelty / ((1 + operations) * (1 + tries)));
    let left = dice.float() * energies.reduce((sum, energy) => sum + energy, 0);
    return this.corpus.find((_, at) => (left -= energies[at]) < 0) ?? this.corpus[this.corpus.length - 1];
  }
}

/** Faults at random times on random targets: what the guided search is measured by. */
export class Blind implements Strategy {
  readonly coverage = new Coverage();
  private random: Random;

  constructor(
    private readonly space: SearchSpace,
    seed: number,
  ) {
    this.random = Random.fromSeed(seed).fork('search');
  }

  next(): Idea {
    const [idea, random] = this.random.draw((dice) => blindIdea(this.space, dice));
    this.random = random;
    return idea;
  }

  learn(_: Idea, { hits }: Lesson): void {
    this.coverage.add(hits);
  }
}
