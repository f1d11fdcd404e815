import type { Credits, CreditClass } from './credits.js';
import type { Layout } from './layout.js';
import type { RegisterOperations } from './registers.js';
import type { Steps } from './steps.js';
import type { Window } from './window.js';

/** What could usefully take effect next in the current configuration of {@link Steps}. */
export class Moves {
  /** Values from which the returning operation can be reached by cas. */
  readonly useful: number[] = [];

  constructor(
    private readonly layout: Layout,
    private readonly operations: RegisterOperations,
    private readonly window: Window,
    private readonly credits: Credits,
    private readonly steps: Steps,
  ) {}

  /** Whether an excursion to `value` could go on by a cas. */
  hasOldCas(value: number): boolean {
    const { current } = this.steps;
    const { layout, window } = this;
    const { words } = layout;
    for (let word = 0; word < words; word++) {
      const cas = window.casFrom[value * words + word];
      if ((current[1 + word] & cas & ~current[layout.o + word]) !== 0) return true;
    }
    return this.credits.cas.some((credit) => credit.from === value);
  }

  /** Whether an operation is old enough to take effect on an excursion. */
  mayDepart(op: number): boolean {
    const slot = this.window.slotOf[op];
    return (this.steps.current[this.layout.o + (slot >> 5)] & (1 << (slot & 31))) === 0;
  }

  /**
   * Writing the current value once more changes nothing for whoever comes next, but everything that is open can then
   * have happened before it. Without it, "w2 open, value 1, w1 open, cas 1→3" could not bury w2 before the cas.
   */
  rewritingHelps(): boolean {
    const { current } = this.steps;
    const { words, o } = this.layout;
    for (let word = 0; word < words; word++) if ((current[1 + word] & current[o + word]) !== 0) return true;
    return false;
  }

  /** Fills `useful` with the values from which the returning operation can be reached by open cas, or by unknown ones too. */
  findUseful(returning: number, cas: 'certain' | 'all'): void {
    const { current } = this.steps;
    const { useful, operations, window, credits } = this;
    const { words } = this.layout;
    useful.length = 0;
    useful.push(operations.from[returning]);
    for (let known = 0; known < useful.length; known++) {
      for (let word = 0; word < words; word++) {
        let waiting = current[1 + word] & window.allCas[word];
        while (waiting !== 0) {
          const slot = 31 - Math.clz32(waiting);
          waiting &= ~(1 << slot);
          const op = window.opIn[word * 32 + slot];
          if (operations.to[op] === useful[known] && !useful.includes(operations.from[op])) {
            useful.push(operations.from[op]);
          }
        }
      }
      if (cas === 'certain') continue;
      for (const { from, to } of credits.cas) if (to === useful[known] && !useful.includes(from)) useful.push(from);
    }
  }

  /** Of the open writes of a value that were not used, the one returning first; −1 when there is none. */
  writerOf(value: number, onlyOld: boolean): number {
    const { current } = this.steps;
    const { layout, window } = this;
    const { words } = layout;
    const { returns } = this.operations;
    let best = -1;
    for (let word = 0; word < words; word++) {
      let usable = window.writes[value * words + word] & ~current[layout.u + word];
      if (onlyOld) usable &= ~current[layout.o + word];
      while (usable !== 0) {
        const slot = 31 - Math.clz32(usable);
        usable &= ~(1 << slot);
        const op = window.opIn[word * 32 + slot];
        if (best === -1 || returns[op] < returns[best]) best = op;
      }
    }
    return best;
  }

  /** Whether of the open cas between the same values an operation is the one returning first. */
  isFirstOfItsKind(op: number, value: number, onlyOld: boolean): boolean {
    const { current } = this.steps;
    const { layout, window } = this;
    const { words } = layout;
    const { to, returns } = this.operations;
    for (let word = 0; word < words; word++) {
      let others = current[1 + word] & window.casFrom[value * words + word];
      if (onlyOld) others &= ~current[layout.o + word];
      while (others !== 0) {
        const slot = 31 - Math.clz32(others);
        others &= ~(1 << slot);
        const other = window.opIn[word * 32 + slot];
        if (to[other] === to[op] && returns[other] < returns[op]) return false;
      }
    }
    return true;
  }

  /** Whether anything waits for what an unknown cas writes. */
  isUseful({ from, to }: CreditClass): boolean {
    if (from === to) return false;
    const { current } = this.steps;
    const { window } = this;
    const { words } = this.layout;
    for (let word = 0, at = to * words; word < words; word++, at++) {
      if ((current[1 + word] & (window.reads[at] | window.casFrom[at])) !== 0) return true;
    }
    return this.credits.cas.some((other) => other.from === to && other.to !== to);
  }
}
