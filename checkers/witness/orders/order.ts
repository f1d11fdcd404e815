/** Operations to be put in an order, by number. */
export interface Puzzle<State> {
  readonly count: number;
  readonly initial: State;
  /** Whether an operation certainly took effect; others may be left out. */
  isRequired(op: number): boolean;
  /** Whether one has to come before another. */
  precedes(earlier: number, later: number): boolean;
  /** The state after an operation, or undefined where its answer contradicts the state. */
  step(op: number, state: State, placed: ReadonlySet<number>): State | undefined;
  key(state: State): string;
}

/** Places looked at: beyond that a proof is too long for a witness. */
const MOST_PLACES = 300_000;

/** Whether some order explains every answer: every way to go on is tried, but none twice from the same place. */
export function hasOrder<State>(puzzle: Puzzle<State>, hasTime: () => boolean): 'yes' | 'no' | 'too long' {
  const numbers = Array.from({ length: puzzle.count }, (_, op) => op);
  const required = numbers.filter((op) => puzzle.isRequired(op));
  const before = numbers.map((later) => required.filter((op) => op !== later && puzzle.precedes(op, later)));
  const seen = new Set<string>();
  const stack = [{ placed: new Set<number>() as ReadonlySet<number>, state: puzzle.initial }];
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    if (!hasTime()) return 'too long';
    const { placed, state } = place;
    if (required.every((op) => placed.has(op))) return 'yes';
    for (const op of numbers) {
      if (placed.has(op) || !before[op].every((earlier) => placed.has(earlier))) continue;
      const after = puzzle.step(op, state, placed);
      if (after === undefined) continue;
      const next = new Set(placed).add(op);
      const name = `${numbers.map((each) => (next.has(each) ? '1' : '0')).join('')} ${puzzle.key(after)}`;
      if (seen.has(name)) continue;
      if (seen.size >= MOST_PLACES) return 'too long';
      seen.add(name);
      stack.push({ placed: next, state: after });
    }
  }
  return 'no';
}
