import type { Json } from '../../harness/history/operation.js';
import { NONE } from '../../harness/history/history.js';
import { CONFIGURATION_BYTES, type Deadline, OutOfBudget } from '../linearizability/budget.js';
import { type Model, type ModelOperation, readsAmong } from '../model.js';
import type { SequencedOperation, Sequences } from './sequences.js';

export type Interleaving =
  | { readonly kind: 'found'; readonly order: readonly SequencedOperation[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Whether the sessions can be interleaved so that every answer is explained, for any model; sound and complete, within
 * its budget. Depth first, by the time at which operations returned: databases that are nearly linearizable are nearly
 * explained by that. Two things keep it small:
 *
 * - a read that is next in its session and legal is taken at once: whatever order explains the rest still does with the
 *   read moved to the front, since it changes nothing and nobody waits for it to come later;
 * - where sessions stand and what the states are is all that matters of what was taken before (Lowe's memoisation), so
 *   each such place is looked at once.
 */
export function interleave<State>(
  model: Model<State>,
  sequences: Sequences,
  deadline: Deadline,
  options: Readonly<Record<string, Json>>,
): Interleaving {
  try {
    return new Search(model, sequences, deadline, options).run();
  } catch (error) {
    if (error instanceof OutOfBudget) return { kind: 'unknown', reason: error.message };
    throw error;
  }
}

/** A place in the search: how to come back to it, and what to try next from there. */
interface Choice {
  readonly taken: number;
  /** Sessions whose next operation may come, the one that returned first last. */
  readonly untried: number[];
}

interface Step<State> {
  readonly session: number;
  readonly object: number;
  readonly before: State;
}

class Search<State> {
  /** By session: how many of its operations were taken. */
  private readonly positions: Int32Array;
  private readonly states: State[];
  /** By object: the number of its state. */
  private readonly stateIds: Int32Array;
  private readonly ids: Map<string, number>[];
  private readonly order: Step<State>[] = [];
  private readonly seen = new Set<string>();
  private seenBytes = 0;
  private readonly isRead: (operation: ModelOperation) => boolean;
  /** Operations with a known outcome that are left. */
  private left = 0;

  constructor(
    private readonly model: Model<State>,
    private readonly sequences: Sequences,
    private readonly deadline: Deadline,
    options: Readonly<Record<string, Json>>,
  ) {
    const { sessions, objects } = sequences;
    this.isRead = readsAmong(
      model,
      sessions.flatMap(({ operations }) => operations.map(({ operation }) => operation)),
    );
    this.positions = new Int32Array(sessions.length);
    this.states = objects.map(() => model.initial(options));
    this.stateIds = new Int32Array(objects.length);
    this.ids = this.states.map((state) => new Map([[model.key(state), 0]]));
    for (const { operations } of sessions) for (const { completed } of operations) if (completed !== NONE) this.left++;
  }

  run(): Interleaving {
    const choices: Choice[] = [];
    this.readAhead();
    for (;;) {
      if (this.left === 0) return { kind: 'found', order: this.operationsTaken() };
      const place = this.place();
      if (!this.seen.has(place)) {
        this.seen.add(place);
        this.seenBytes += place.length;
        // With hundreds of sessions a place takes more than a configuration usually does.
        this.deadline.hold(Math.max(this.seen.size, Math.ceil(this.seenBytes / CONFIGURATION_BYTES)));
        choices.push({ taken: this.order.length, untried: this.candidates() });
      }
      if (!this.advance(choices)) return { kind: 'none' };
    }
  }

  /** Tries what is left to try, the latest choice first. False when nothing is. */
  private advance(choices: Choice[]): boolean {
    for (let choice = choices.at(-1); choice !== undefined; choice = choices.at(-1)) {
      this.deadline.tick();
      while (this.order.length > choice.taken) this.back();
      const session = choice.untried.pop();
      if (session === undefined) choices.pop();
      else if (this.take(session)) {
        this.readAhead();
        return true;
      }
    }
    return false;
  }

  private next(session: number): SequencedOperation | undefined {
    const { operations } = this.sequences.sessions[session];
    return operations[this.positions[session]];
  }

  private candidates(): number[] {
    const found: number[] = [];
    for (let session = 0; session < this.positions.length; session++) if (this.next(session)) found.push(session);
    const returned = (session: number) => {
      const { completed } = this.next(session)!;
      return completed === NONE ? Infinity : completed;
    };
    return found.sort((a, b) => returned(b) - returned(a) || b - a);
  }

  /** Lets a session's next operation take effect; false where its answer contradicts the state. */
  private take(session: number): boolean {
    const { object, operation, completed } = this.next(session)!;
    const before = this.states[object];
    const after = this.model.step(before, operation);
    if (after === undefined) return false;
    this.order.push({ session, object, before });
    this.enter(object, after);
    this.positions[session]++;
    if (completed !== NONE) this.left--;
    return true;
  }

  private back(): void {
    const { session, object, before } = this.order.pop()!;
    this.positions[session]--;
    if (this.next(session)!.completed !== NONE) this.left++;
    this.enter(object, before);
  }

  private enter(object: number, state: State): void {
    const ids = this.ids[object];
    const key = this.model.key(state);
    let id = ids.get(key);
    if (id === undefined) ids.set(key, (id = ids.size));
    this.states[object] = state;
    this.stateIds[object] = id;
  }

  private readAhead(): void {
    for (let session = 0; session < this.positions.length; session++) {
      for (let next = this.next(session); next && this.isRead(next.operation); next = this.next(session)) {
        this.deadline.tick();
        if (!this.take(session)) break;
      }
    }
  }

  private place(): string {
    return `${this.positions.join()};${this.stateIds.join()}`;
  }

  private operationsTaken(): SequencedOperation[] {
    const taken = new Int32Array(this.positions.length);
    return this.order.map(({ session }) => this.sequences.sessions[session].operations[taken[session]++]);
  }
}
