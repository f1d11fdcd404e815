import { OverBudget, type Limits } from '../limits.js';
import { entangled } from './entangled.js';
import { Groups } from './groups.js';
import { lineUp, precedenceOf, type Question } from './precedence.js';
import { puzzleOf } from './puzzle.js';
import { solve } from './solve.js';

export type Arranged =
  | { readonly kind: 'line'; readonly line: Int32Array }
  /** Participants (ascending) that have no execution as a part of the whole. */
  | { readonly kind: 'impossible'; readonly members: Int32Array };

/** More rounds would mean that the guess has nothing to do with the history. */
const MOST_ROUNDS = 1000;

/**
 * Repairs a guessed arrangement of blocks until nothing precedes itself: what is entangled is solved exactly as a small
 * history of its own, and its solution put into the whole. Where that entangles further participants they join the small
 * history; so it grows until either it fits or nothing solves it (counterexample-guided refinement). Sound both ways: a
 * line orders everything, and a part without solution has none in the whole.
 *
 * @throws OverBudget
 */
export function arrange(question: Question, arrangement: Int32Array, limits: Limits): Arranged {
  return new Repair(question, arrangement, limits).run();
}

class Repair {
  private readonly groups = new Groups();
  private readonly ranks: Int32Array;

  constructor(
    private readonly question: Question,
    private readonly arrangement: Int32Array,
    private readonly limits: Limits,
  ) {
    this.ranks = new Int32Array(arrangement.length);
    arrangement.forEach((block, rank) => (this.ranks[block] = rank));
  }

  run(): Arranged {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.limits.look('ordering transactions');
      const precedence = precedenceOf(this.question, this.arrangement);
      const knots = entangled(this.question, precedence);
      if (knots.length === 0) {
        const line = lineUp(precedence);
        return { kind: 'line', line: line.filter((node) => node < precedence.moments.count) };
      }
      for (const knot of knots) this.join(knot);
      for (const root of new Set(knots.map((knot) => this.groups.rootOf(knot[0])))) {
        const members = this.membersOf(root);
        if (!this.repair(members)) return { kind: 'impossible', members };
      }
    }
    throw new OverBudget('transactions stayed entangled whatever order their writes were given');
  }

  /** A block that two groups move would be torn between their solutions; so it ties them together. */
  private join(knot: Int32Array): void {
    const { registers, blocks } = this.question;
    const items = [...knot];
    for (const member of knot) {
      for (let write = registers.writeStarts[member]; write < registers.writeStarts[member + 1]; write++) {
        const block = blocks.of[write];
        if (blocks.first[block] < registers.owners.length) items.push(registers.length + block);
      }
    }
    this.groups.unite(items);
  }

  private membersOf(root: number): Int32Array {
    const { length } = this.question.registers;
    return Int32Array.from(this.groups.membersOf(root).filter((item) => item < length)).sort();
  }

  private repair(members: Int32Array): boolean {
    const puzzle = puzzleOf(this.question, members, this.ranks, this.limits);
    const solution = solve(puzzle, this.limits);
    if (!solution) return false;
    for (const blocks of solution) {
      const slots = blocks.map((block) => this.ranks[block]).sort((a, b) => a - b);
      blocks.forEach((block, i) => {
        this.ranks[block] = slots[i];
        this.arrangement[slots[i]] = block;
      });
    }
    return true;
  }
}
