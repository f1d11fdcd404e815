import type { Credits, CreditClass } from './credits.js';
import { CHANGED, EXCURSION, SHOWN, type Effects } from './effects.js';
import { MAIN_LINE, type Layout } from './layout.js';
import { NO_VALUE, type RegisterOperations } from './registers.js';
import type { Window } from './window.js';

/** A configuration being made from another: what one operation that takes effect does to it. */
export class Steps {
  /** The configuration being made, and the one it is made from. */
  readonly scratch: Int32Array;
  readonly current: Int32Array;
  /** The return just before which all this takes effect. */
  event = 0;
  private readonly width: number;

  constructor(
    private readonly layout: Layout,
    private readonly operations: RegisterOperations,
    private readonly window: Window,
    private readonly credits: Credits,
    private readonly effects: Effects | undefined,
  ) {
    this.width = layout.width;
    this.scratch = new Int32Array(this.width);
    this.current = new Int32Array(this.width);
  }

  /** Begins with the configuration at `at` in `data`. */
  load(data: Int32Array, at: number): void {
    const { current, width } = this;
    for (let word = 0; word < width; word++) current[word] = data[at + word];
  }

  /** The configuration being made is again the one it is made from. */
  reset(): void {
    const { scratch, current, width } = this;
    for (let word = 0; word < width; word++) scratch[word] = current[word];
  }

  /** `writer`, an open write of `value`, is shown in `scratch`. */
  write(value: number, writer: number): void {
    this.use(writer);
    this.bury(value);
    this.record(writer, SHOWN);
  }

  /** An excursion, before the write shown last, to `value` by `writer`. */
  depart(value: number, writer: number): void {
    const { scratch } = this;
    this.use(writer);
    scratch[this.layout.place] = scratch[0] + 1;
    this.enterOld(value);
    this.record(writer, EXCURSION);
  }

  use(op: number): void {
    const slot = this.window.slotOf[op];
    this.scratch[this.layout.u + (slot >> 5)] |= 1 << (slot & 31);
  }

  /** A write shows `value`: all open writes can have happened just before it, and excursions by all that is open. */
  bury(value: number): void {
    const { scratch, window } = this;
    const { words } = this.layout;
    scratch[0] = value;
    for (let word = 0; word < words; word++) {
      scratch[1 + word] &= ~(window.allWrites[word] | window.reads[value * words + word]);
      scratch[this.layout.o + word] = 0;
    }
    scratch[this.layout.old] = this.credits.granted;
  }

  cas(op: number): void {
    const { scratch } = this;
    const slot = this.window.slotOf[op];
    const onExcursion = scratch[this.layout.place] > MAIN_LINE;
    scratch[1 + (slot >> 5)] &= ~(1 << (slot & 31));
    // Marked as used: having done a cas is not better than still being able to do it, where dominance compares.
    this.use(op);
    if (onExcursion) this.enterOld(this.operations.to[op]);
    else this.enter(this.operations.to[op]);
    this.record(op, onExcursion ? EXCURSION : CHANGED);
  }

  /** The value becomes `value` by a cas: reads of it are met, and writes of it can have been absorbed. */
  enter(value: number): void {
    const { scratch, window } = this;
    const { words } = this.layout;
    scratch[0] = value;
    for (let word = 0, at = value * words; word < words; word++, at++) {
      scratch[1 + word] &= ~(window.reads[at] | window.writes[at]);
    }
  }

  /** An excursion comes to `value`: the reads of it that are old enough are met. */
  enterOld(value: number): void {
    const { scratch, window } = this;
    const { words } = this.layout;
    scratch[0] = value;
    for (let word = 0, at = value * words; word < words; word++, at++) {
      scratch[1 + word] &= ~(window.reads[at] & ~scratch[this.layout.o + word]);
    }
  }

  /** An unknown update takes effect in `scratch`; false when none of its class is left (or old enough). */
  spend(credit: CreditClass, onExcursion: boolean): boolean {
    const { scratch, layout, credits } = this;
    const before = onExcursion ? scratch[layout.old] : credits.granted;
    const spent = credits.spend(scratch[layout.spent], credit, before);
    if (spent === -1) return false;
    scratch[layout.spent] = spent;
    if (onExcursion) this.enterOld(credit.to);
    else if (credit.from === NO_VALUE) this.bury(credit.to);
    else this.enter(credit.to);
    const kind = onExcursion ? EXCURSION : credit.from === NO_VALUE ? SHOWN : CHANGED;
    if (this.effects) this.record(credits.operation(spent, credit), kind);
    return true;
  }

  record(op: number, kind: number): void {
    if (!this.effects) return;
    this.scratch[this.layout.trace] = this.effects.add(op, this.event, kind, this.scratch[this.layout.trace]);
  }
}
