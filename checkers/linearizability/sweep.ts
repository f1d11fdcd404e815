import type { Deadline } from './budget.js';
import { Credits, type CreditsMemory, type Spending } from './credits.js';
import type { EffectOrder, Effects } from './effects.js';
import { Exploration } from './exploration.js';
import { Layout } from './layout.js';
import { keepMinimal } from './minimal.js';
import { NEVER } from './partition.js';
import { INITIAL, READ, WRITE, type RegisterOperations } from './registers.js';
import { Relaxation } from './relaxation.js';
import { Steps } from './steps.js';
import { Window } from './window.js';

export interface SweepMemory {
  readonly size: number;
  readonly configurations: Int32Array;
  readonly opIn: Int32Array;
  readonly credits: CreditsMemory;
}

/**
 * One pass of the frontier engine over the events of a register; frontier.ts tells the method, layout.ts what a
 * configuration is.
 */
export class Sweep {
  maxConfigurations = 1;
  /** Whether configurations were given up, so that dying proves nothing. */
  isTruncated = false;
  /** Configurations alive: `size` vectors. */
  private frontier: Int32Array;
  private size = 1;
  private readonly layout: Layout;
  private readonly credits: Credits;
  private readonly window: Window;
  private readonly steps: Steps;
  private readonly exploration: Exploration;
  private readonly relaxation: Relaxation | undefined;

  constructor(
    private readonly operations: RegisterOperations,
    private readonly deadline: Deadline,
    private readonly spending: Spending,
    private readonly effects: Effects | undefined,
    /** Most configurations to keep after a return. */
    public beam = Number.POSITIVE_INFINITY,
  ) {
    const window = new Window(operations);
    const credits = new Credits(operations, spending);
    const layout = new Layout(window.words, {
      unknown: operations.returns.includes(NEVER) ? 'some' : 'none',
      effects: effects === undefined ? 'forgotten' : 'recorded',
    });
    const steps = new Steps(layout, operations, window, credits, effects);
    const relaxation = spending === 'free' ? new Relaxation(operations, window, layout) : undefined;
    this.exploration = new Exploration(layout, operations, window, credits, steps, relaxation, spending, deadline);
    this.frontier = new Int32Array(layout.width * 64);
    this.frontier[0] = INITIAL;
    if (effects) this.frontier[layout.trace] = -1;
    this.layout = layout;
    this.credits = credits;
    this.window = window;
    this.steps = steps;
    this.relaxation = relaxation;
  }

  /** What took effect in the first configuration that is left, in order; when recorded. */
  get order(): EffectOrder | undefined {
    return this.effects?.order(this.frontier[this.layout.trace]);
  }

  /**
   * Starts from everything that could be at this moment: any value; what is open has no obligation left and may still
   * be used. `open`: writes that were open; unknown updates, and cas that were open, are granted as credits before.
   */
  startAnywhere(open: readonly number[]): void {
    const { operations, window } = this;
    const { width, old } = this.layout;
    for (const op of open) window.open(op);
    this.size = operations.values;
    this.frontier = new Int32Array(width * (this.size + 1));
    for (let value = 0, at = 0; value < operations.values; value++, at += width) {
      this.frontier[at] = value;
      this.frontier[at + old] = this.credits.granted;
    }
    this.relax();
  }

  /** This moment, to come back to. */
  save(): SweepMemory {
    this.settle();
    const { size } = this;
    const { width, spent } = this.layout;
    const configurations = this.frontier.slice(0, size * width);
    const vectors = Array.from({ length: size }, (_, index) => configurations[index * width + spent]);
    return { size, configurations, opIn: this.window.opIn.slice(), credits: this.credits.save(vectors) };
  }

  /** Keeps the recorded effects short: what leads to the only configuration left is settled. */
  settle(): void {
    if (!this.effects || this.size !== 1) return;
    const { trace } = this.layout;
    this.frontier[trace] = this.effects.settle(this.frontier[trace]);
  }

  restore({ size, configurations, opIn, credits }: SweepMemory): void {
    this.window.restore(opIn);
    const numbers = this.credits.restore(credits);
    this.size = size;
    if (this.frontier.length < configurations.length) this.frontier = new Int32Array(configurations.length * 2);
    this.frontier.set(configurations);
    for (let at = this.layout.spent; at < configurations.length; at += this.layout.width) {
      this.frontier[at] = numbers.get(configurations[at])!;
    }
  }

  /** True when nothing that is still to come can be refused any more (in a pass with free credits). */
  invoke(op: number, event: number): boolean {
    const { operations, window, frontier } = this;
    const { width, o } = this.layout;
    if (operations.returns[op] === NEVER) {
      const granted = this.credits.grant(op);
      if (granted === undefined || this.relaxation === undefined) return false;
      if (this.relaxation.grant(granted, event)) return true;
      this.relax();
      return false;
    }
    window.open(op);
    const word = window.slotOf[op] >> 5;
    const bit = 1 << (window.slotOf[op] & 31);
    const kind = operations.kinds[op];
    // A read of the current value is met at once; a write of it can be absorbed at once and still be used later.
    const value = kind === READ ? operations.from[op] : kind === WRITE ? operations.to[op] : -1;
    for (let at = 0, end = this.size * width; at < end; at += width) {
      if (frontier[at] !== value) frontier[at + 1 + word] |= bit;
      frontier[at + o + word] |= bit;
    }
    this.relax();
    return false;
  }

  private relax(): void {
    if (this.relaxation === undefined) return;
    for (let index = 0; index < this.size; index++) {
      this.relaxation.apply(this.frontier, index * this.layout.width, this.credits.granted);
    }
  }

  /** Lets `op` take effect before it returns; false when no configuration allows that. */
  complete(op: number, event: number): boolean {
    const { window, operations, exploration } = this;
    const word = window.slotOf[op] >> 5;
    const bit = 1 << (window.slotOf[op] & 31);
    if (operations.kinds[op] !== WRITE && !this.isNeeded(word, bit)) {
      this.forget(word, bit);
      window.close(op);
      return true;
    }
    this.steps.event = event;
    if (!exploration.run(op, this.frontier, this.size, this.beam)) this.isTruncated = true;
    if (exploration.next.size === 0) return false;
    this.prune();
    window.close(op);
    return true;
  }

  private isNeeded(word: number, bit: number): boolean {
    const { frontier, size } = this;
    const { width } = this.layout;
    for (let at = 1 + word, end = size * width; at < end; at += width) if ((frontier[at] & bit) !== 0) return true;
    return false;
  }

  /** What took effect in every configuration leaves its slot to another operation. */
  private forget(word: number, bit: number): void {
    const { frontier, size } = this;
    const { width, u, o } = this.layout;
    for (let at = 0, end = size * width; at < end; at += width) {
      frontier[at + u + word] &= ~bit;
      frontier[at + o + word] &= ~bit;
    }
  }

  private prune(): void {
    const { next } = this.exploration;
    const { layout, credits, deadline, beam } = this;
    if (next.size > this.maxConfigurations) this.maxConfigurations = next.size;
    if (this.frontier.length < next.size * layout.width) this.frontier = new Int32Array(next.data.length);
    this.size = keepMinimal(next, this.frontier, layout.words, layout.spent, credits, deadline, beam);
    if (this.size < 0) {
      this.size = -this.size;
      this.isTruncated = true;
    }
    if (this.spending !== 'free') credits.compact(this.frontier, this.size, layout.width, layout.spent);
  }
}
