import { OverBudget, type Limits } from '../limits.js';
import { Closure, MOST_NODES, rowsOf } from '../polygraph/closure.js';
import { lineUp } from '../polygraph/precedence.js';
import type { Constraints, Demands } from './constraints.js';

const OPEN = 2;

/**
 * Whether choices can be made so that nothing precedes itself and nothing forbidden is reached: by deciding what has but
 * one side left, and backtracking over the rest.
 *
 * @throws OverBudget
 */
export function satisfiable(constraints: Constraints, limits: Limits): boolean {
  const { nodes, known, choices } = constraints;
  const edges = Int32Array.from(known.edges);
  if (choices.length === 0 && known.forbidden.length === 0) {
    return !selfLoop(edges) && lineUp(rowsOf(nodes, edges)).length === nodes;
  }
  if (nodes > MOST_NODES) {
    throw new OverBudget(`${String(nodes)} transactions depend on each other's order, too many to search`);
  }
  const closure = selfLoop(edges) ? undefined : Closure.of(nodes, edges);
  return closure !== undefined && new Search(constraints, closure, limits).run();
}

function selfLoop(edges: Int32Array): boolean {
  for (let i = 0; i < edges.length; i += 2) if (edges[i] === edges[i + 1]) return true;
  return false;
}

class Search {
  /** By choice: the side chosen, or OPEN. */
  private readonly decided: Uint8Array;
  /** Choices in the order they were decided, and what is forbidden so far. */
  private readonly made: number[] = [];
  private readonly forbidden: number[];
  /** The choice that failed last is looked at first. */
  private troubled = -1;

  constructor(
    private readonly constraints: Constraints,
    private readonly closure: Closure,
    private readonly limits: Limits,
  ) {
    this.decided = new Uint8Array(constraints.choices.length).fill(OPEN);
    this.forbidden = [...constraints.known.forbidden];
  }

  run(): boolean {
    const { choices } = this.constraints;
    if (this.reached(this.forbidden) || !this.propagate()) return false;
    const tries: {
      readonly choice: number;
      readonly mark: number;
      readonly made: number;
      readonly forbidden: number;
    }[] = [];
    this.closure.forget();
    let consistent = true;
    for (;;) {
      if (consistent) {
        const troubled = this.troubled >= 0 && this.decided[this.troubled] === OPEN;
        const choice = troubled ? this.troubled : this.decided.indexOf(OPEN);
        if (choice < 0 || choices.length === 0) return true;
        tries.push({
          choice,
          mark: this.closure.mark(),
          made: this.made.length,
          forbidden: this.forbidden.length,
        });
        consistent = this.decide(choice, 0) && this.propagate();
        continue;
      }
      const last = tries.pop();
      if (!last) return false;
      this.closure.undoTo(last.mark);
      while (this.made.length > last.made) this.decided[this.made.pop()!] = OPEN;
      this.forbidden.length = last.forbidden;
      consistent = this.decide(last.choice, 1) && this.propagate();
    }
  }

  /** Decides what has but one side left, until nothing changes. False if a choice has none. */
  private propagate(): boolean {
    const { choices } = this.constraints;
    for (let changed = true; changed;) {
      changed = false;
      for (let choice = 0; choice < choices.length; choice++) {
        if (this.decided[choice] !== OPEN) continue;
        this.limits.tick('deciding the order of writes');
        const [first, second] = choices[choice];
        const side = this.impossible(first) ? 1 : this.impossible(second) ? 0 : OPEN;
        if (side === OPEN) continue;
        changed = true;
        if (!this.decide(choice, side)) return false;
      }
    }
    return true;
  }

  private decide(choice: number, side: 0 | 1): boolean {
    const { edges, forbidden } = this.constraints.choices[choice][side];
    this.decided[choice] = side;
    this.made.push(choice);
    let holds = true;
    for (let i = 0; i < edges.length && holds; i += 2) holds = this.closure.add(edges[i], edges[i + 1]);
    this.forbidden.push(...forbidden);
    if (holds && !this.reached(this.forbidden)) return true;
    this.troubled = choice;
    return false;
  }

  private impossible({ edges, forbidden }: Demands): boolean {
    for (let i = 0; i < edges.length; i += 2) {
      if (edges[i] === edges[i + 1] || this.closure.has(edges[i + 1], edges[i])) return true;
    }
    return this.reached(forbidden);
  }

  private reached(pairs: readonly number[]): boolean {
    for (let i = 0; i < pairs.length; i += 2) if (this.closure.has(pairs[i], pairs[i + 1])) return true;
    return false;
  }
}
