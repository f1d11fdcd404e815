import { OverBudget, type Limits } from '../limits.js';
import { components } from '../tarjan.js';
import { Closure, MOST_NODES, rowsOf } from './closure.js';
import type { Puzzle } from './puzzle.js';

const OPEN = 2;

/**
 * Orders the blocks of every key so that nothing precedes itself, or proves by exhaustion that no order does (undefined).
 * Answers the blocks of each of `puzzle.rivals` in order.
 *
 * A choice one side of which would close a cycle is decided, which may decide others (unit propagation over a transitive
 * closure, as PolySI and Cobra prune); what stays open is decided by backtracking, one strongly connected part of what is
 * possible at a time, as no cycle leaves such a part.
 *
 * @throws OverBudget
 */
export function solve(puzzle: Puzzle, limits: Limits): number[][] | undefined {
  if (puzzle.nodes > MOST_NODES) {
    throw new OverBudget(`${String(puzzle.nodes)} transactions depend on each other's order, too many to search`);
  }
  const closure = Closure.of(puzzle.nodes, puzzle.edges);
  if (!closure) return undefined;
  const search = new Search(puzzle, closure, limits);
  const everything = Int32Array.from(puzzle.choices, (_, choice) => choice);
  if (!search.propagate(everything)) return undefined;
  for (const part of independent(puzzle, search.decided)) {
    if (!search.run(part)) return undefined;
  }
  return arrange(puzzle, search.decided);
}

class Search {
  /** By choice: the side chosen, or OPEN. */
  readonly decided: Uint8Array;
  /** Choices in the order they were decided. */
  private readonly made: number[] = [];
  /** The choice whose both sides failed last: looked at first, so that a conflict is met where it arises. */
  private troubled = -1;

  constructor(
    private readonly puzzle: Puzzle,
    private readonly closure: Closure,
    private readonly limits: Limits,
  ) {
    this.decided = new Uint8Array(puzzle.choices.length).fill(OPEN);
  }

  /** Decides what has but one side left, until nothing changes. False if a choice has none. */
  propagate(choices: Int32Array): boolean {
    let open = choices.filter((choice) => this.decided[choice] === OPEN);
    for (;;) {
      const before = open.length;
      for (const choice of open) {
        this.limits.tick('deciding the order of writes');
        const [first, second] = this.puzzle.choices[choice].edges;
        const side = this.impossible(first) ? 1 : this.impossible(second) ? 0 : OPEN;
        if (side !== OPEN && !this.decide(choice, side)) return false;
      }
      open = open.filter((choice) => this.decided[choice] === OPEN);
      if (open.length === before) return true;
    }
  }

  /** Finds a side for each of these choices. False if there is none, whatever other parts do. */
  run(choices: Int32Array): boolean {
    const tries: { readonly choice: number; readonly mark: number; readonly made: number }[] = [];
    this.closure.forget();
    let consistent = true;
    let cursor = 0;
    for (;;) {
      if (consistent) {
        while (cursor < choices.length && this.decided[choices[cursor]] !== OPEN) cursor++;
        const troubled = this.troubled >= 0 && this.decided[this.troubled] === OPEN;
        const choice = troubled ? this.troubled : choices[cursor];
        if (!troubled && cursor === choices.length) return true;
        tries.push({ choice, mark: this.closure.mark(), made: this.made.length });
        consistent = this.decide(choice, 0) && this.propagate(choices);
        continue;
      }
      const last = tries.pop();
      if (!last) return false;
      this.closure.undoTo(last.mark);
      while (this.made.length > last.made) this.decided[this.made.pop()!] = OPEN;
      cursor = 0;
      // The other side holds for as long as the decisions before it do.
      consistent = this.decide(last.choice, 1) && this.propagate(choices);
    }
  }

  private decide(choice: number, side: 0 | 1): boolean {
    const edges = this.puzzle.choices[choice].edges[side];
    this.decided[choice] = side;
    this.made.push(choice);
    for (let i = 0; i < edges.length; i += 2) {
      if (this.closure.add(edges[i], edges[i + 1])) continue;
      this.troubled = choice;
      return false;
    }
    return true;
  }

  private impossible(edges: Int32Array): boolean {
    for (let i = 0; i < edges.length; i += 2) if (this.closure.has(edges[i + 1], edges[i])) return true;
    return false;
  }
}

/** Open choices by strongly connected part of known and possible edges, small parts first. */
function independent({ nodes, edges, choices }: Puzzle, decided: Uint8Array): Int32Array[] {
  const possible = choices.flatMap((choice, i) =>
    decided[i] === OPEN ? [...choice.edges[0], ...choice.edges[1]] : [...choice.edges[decided[i]]],
  );
  const all = new Int32Array(edges.length + possible.length);
  all.set(edges);
  all.set(possible, edges.length);
  const rows = rowsOf(nodes, all);
  const { of } = components({ ...rows, relations: new Uint8Array(rows.targets.length) }, ~0);
  const parts = new Map<number, number[]>();
  choices.forEach((choice, i) => {
    if (decided[i] !== OPEN) return;
    // Both ends of the edge between writers: either side puts them into one part.
    const part = of[choice.edges[0][0]];
    parts.set(part, [...(parts.get(part) ?? []), i]);
  });
  return [...parts.values()].sort((a, b) => a.length - b.length).map((part) => Int32Array.from(part));
}

/** Each key's blocks by how many come before. */
function arrange({ choices, rivals }: Puzzle, decided: Uint8Array): number[][] {
  const places = new Map<number, number>();
  choices.forEach(({ blocks }, i) => {
    const later = blocks[1 - decided[i]];
    places.set(later, (places.get(later) ?? 0) + 1);
  });
  return rivals.map((blocks) => [...blocks].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)));
}
