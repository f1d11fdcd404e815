import type { Model, ModelOperation } from '../model.js';
import type { VectorSet } from './configurations.js';

/** Past this many interned states, those that no configuration is in are forgotten. */
const COMPACT_ABOVE = 1 << 14;

/** States as small integers, and the memoised transition (state, class of operation) → state. */
export class StateTable<State> {
  private states: State[];
  private ids: Map<string, number>;
  /** `state × classes + class` → state after, or −1 where the answer contradicts the state. */
  private transitions = new Map<number, number>();

  constructor(
    private readonly model: Model<State>,
    private readonly classes: readonly ModelOperation[],
    initial: State,
  ) {
    this.states = [initial];
    this.ids = new Map([[model.key(initial), 0]]);
  }

  step(state: number, operationClass: number): number {
    const transition = state * this.classes.length + operationClass;
    let after = this.transitions.get(transition);
    if (after === undefined) {
      const result = this.model.step(this.states[state], this.classes[operationClass]);
      after = result === undefined ? -1 : this.intern(result);
      this.transitions.set(transition, after);
    }
    return after;
  }

  describe(state: number): string {
    return this.model.describeState(this.states[state]);
  }

  private intern(state: State): number {
    const key = this.model.key(state);
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.states.length;
      this.states.push(state);
      this.ids.set(key, id);
    }
    return id;
  }

  /** Forgets states that are in none of the configurations (whose first word is the state), when there are many. */
  compact(configurations: VectorSet): void {
    if (this.states.length < COMPACT_ABOVE || this.states.length < configurations.size * 8) return;
    const { data, width, size } = configurations;
    const kept: State[] = [];
    const renumbered = new Map<number, number>();
    for (let index = 0; index < size; index++) {
      const old = data[index * width];
      let id = renumbered.get(old);
      if (id === undefined) {
        id = kept.length;
        kept.push(this.states[old]);
        renumbered.set(old, id);
      }
      data[index * width] = id;
    }
    this.states = kept;
    this.ids = new Map(kept.map((state, id) => [this.model.key(state), id]));
    this.transitions = new Map();
  }
}
