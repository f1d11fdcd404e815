import type { Deadline } from './budget.js';
import { VectorSet } from './configurations.js';
import { Credits, type CreditClass, type CreditsMemory, type Spending } from './credits.js';
import { CHANGED, EXCURSION, SHOWN, type Effects } from './effects.js';
import { keepMinimal, MASKS } from './minimal.js';
import { NEVER } from './partition.js';
import { INITIAL, NO_VALUE, READ, WRITE, type RegisterOperations } from './registers.js';
import { Relaxation } from './relaxation.js';
import { Window } from './window.js';

/** Where a configuration being explored is: on the main line, past a write shown on it, or (value + 1) on an excursion from a value. */
const MAIN_LINE = 0;
const AFTER_WRITE = -1;

export interface SweepMemory {
  readonly size: number;
  readonly configurations: Int32Array;
  readonly opIn: Int32Array;
  readonly credits: CreditsMemory;
}

/**
 * One pass of the frontier engine over the events of a register; frontier.ts tells the method. A configuration is a
 * vector: the register's value; then three masks over the open operations: N, those that still must take effect; U, the
 * updates that were used; O, those opened since the last write that was shown, hence too new for an excursion before
 * it. Then where it is (see above), the interned vector of unknown updates spent, how many unknown updates are old
 * enough for an excursion, and a node of `effects`. An open write in neither N nor U is *free*: it may have taken
 * effect unseen, and may still be used.
 */
export class Sweep {
  maxConfigurations = 1;
  /** Whether configurations were given up, so that dying proves nothing. */
  isTruncated = false;
  /** Configurations alive: `size` vectors of `width` words. */
  frontier: Int32Array;
  size = 1;
  readonly traceWord: number;
  private readonly width: number;
  private readonly words: number;
  /** First word of U and of O; that of N is 1. */
  private readonly u: number;
  private readonly o: number;
  private readonly placeWord: number;
  private readonly spentWord: number;
  private readonly oldWord: number;
  private readonly credits: Credits;
  private readonly window: Window;
  /** What survives the return being handled, and what must be explored before it. */
  private readonly next: VectorSet;
  private readonly visited: VectorSet;
  /** The configuration being made, and the one it is made from. */
  private readonly scratch: Int32Array;
  private readonly current: Int32Array;
  /** Latest return of an operation that expects the value, unknown cas included. */
  private readonly lastNeed: Int32Array;
  private readonly relaxation: Relaxation | undefined;
  private event = 0;
  private returning = -1;
  /** The returning operation's word and bit in a mask, and what it writes: −1 when it is no write. */
  private word = 0;
  private bit = 0;
  private writes = -1;
  /** Values from which the returning operation can be reached by cas. */
  private readonly useful: number[] = [];

  constructor(
    private readonly operations: RegisterOperations,
    private readonly deadline: Deadline,
    private readonly spending: Spending,
    private readonly effects: Effects | undefined,
    /** Most configurations to keep after a return. */
    public beam = Number.POSITIVE_INFINITY,
  ) {
    this.window = new Window(operations);
    this.credits = new Credits(operations, spending);
    this.words = this.window.words;
    this.u = 1 + this.words;
    this.o = 1 + 2 * this.words;
    this.placeWord = 1 + MASKS * this.words;
    this.spentWord = this.placeWord + 1;
    // Without unknown updates both stay 0, and need one word.
    const hasUnknown = operations.returns.includes(NEVER);
    this.oldWord = hasUnknown ? this.spentWord + 1 : this.spentWord;
    this.traceWord = this.oldWord + 1;
    this.width = effects === undefined ? this.traceWord : this.traceWord + 1;
    const identity = spending === 'every' && hasUnknown ? this.traceWord : this.spentWord;
    // What survives is on the main line.
    this.next = new VectorSet(this.width, identity === this.spentWord ? this.placeWord : identity);
    this.visited = new VectorSet(this.width, identity);
    this.scratch = new Int32Array(this.width);
    this.current = new Int32Array(this.width);
    this.frontier = new Int32Array(this.width * 64);
    this.frontier[0] = INITIAL;
    if (effects) this.frontier[this.traceWord] = -1;
    this.lastNeed = lastNeeds(operations);
    this.relaxation = spending === 'free' ? new Relaxation(operations, this.window) : undefined;
  }

  /**
   * Starts from everything that could be at this moment: any value; what is open has no obligation left and may still
   * be used. `open`: writes that were open; unknown updates, and cas that were open, are granted as credits before.
   */
  startAnywhere(open: readonly number[]): void {
    const { operations, width, window } = this;
    for (const op of open) window.open(op);
    this.size = operations.values;
    this.frontier = new Int32Array(width * (this.size + 1));
    for (let value = 0, at = 0; value < operations.values; value++, at += width) {
      this.frontier[at] = value;
      this.frontier[at + this.oldWord] = this.credits.granted;
    }
    this.relax();
  }

  /** This moment, to come back to. */
  save(): SweepMemory {
    this.settle();
    const { size, width, spentWord } = this;
    const configurations = this.frontier.slice(0, size * width);
    const vectors = Array.from({ length: size }, (_, index) => configurations[index * width + spentWord]);
    return { size, configurations, opIn: this.window.opIn.slice(), credits: this.credits.save(vectors) };
  }

  /** Keeps the recorded effects short: what leads to the only configuration left is settled. */
  settle(): void {
    if (!this.effects || this.size !== 1) return;
    this.frontier[this.traceWord] = this.effects.settle(this.frontier[this.traceWord]);
  }

  restore({ size, configurations, opIn, credits }: SweepMemory): void {
    this.window.restore(opIn);
    const numbers = this.credits.restore(credits);
    this.size = size;
    if (this.frontier.length < configurations.length) this.frontier = new Int32Array(configurations.length * 2);
    this.frontier.set(configurations);
    for (let at = this.spentWord; at < configurations.length; at += this.width) {
      this.frontier[at] = numbers.get(configurations[at])!;
    }
  }

  /** True when nothing that is still to come can be refused any more (in a pass with free credits). */
  invoke(op: number, event: number): boolean {
    const { operations, window, frontier, width, words } = this;
    if (operations.returns[op] === NEVER) {
      const granted = this.credits.grant(op);
      if (granted === undefined || this.relaxation === undefined) return false;
      if (this.relaxation.grant(granted, event)) return true;
      this.relax();
      return false;
    }
    window.open(op);
    const word = 1 + (window.slotOf[op] >> 5);
    const bit = 1 << (window.slotOf[op] & 31);
    const kind = operations.kinds[op];
    // A read of the current value is met at once; a write of it can be absorbed at once and still be used later.
    const value = kind === READ ? operations.from[op] : kind === WRITE ? operations.to[op] : -1;
    for (let at = 0, end = this.size * width; at < end; at += width) {
      if (frontier[at] !== value) frontier[at + word] |= bit;
      frontier[at + word + 2 * words] |= bit;
    }
    this.relax();
    return false;
  }

  private relax(): void {
    if (this.relaxation === undefined) return;
    for (let index = 0; index < this.size; index++) {
      this.relaxation.apply(this.frontier, index * this.width, this.credits.granted);
    }
  }

  /** Lets `op` take effect before it returns; false when no configuration allows that. */
  complete(op: number, event: number): boolean {
    const { window, operations, next } = this;
    this.event = event;
    this.returning = op;
    this.word = window.slotOf[op] >> 5;
    this.bit = 1 << (window.slotOf[op] & 31);
    this.writes = operations.kinds[op] === WRITE ? operations.to[op] : -1;
    if (this.writes === -1 && !this.isNeeded()) {
      this.forget();
      window.close(op);
      return true;
    }
    next.clear();
    this.visited.clear();
    this.start();
    this.explore();
    if (next.size === 0) return false;
    this.prune();
    window.close(op);
    return true;
  }

  private isNeeded(): boolean {
    const { frontier, width, bit } = this;
    for (let at = 1 + this.word, end = this.size * width; at < end; at += width) {
      if ((frontier[at] & bit) !== 0) return true;
    }
    return false;
  }

  /** What took effect in every configuration leaves its slot to another operation. */
  private forget(): void {
    const { frontier, width, bit, word } = this;
    for (let at = 0, end = this.size * width; at < end; at += width) {
      frontier[at + this.u + word] &= ~bit;
      frontier[at + this.o + word] &= ~bit;
    }
  }

  private prune(): void {
    const { next } = this;
    if (next.size > this.maxConfigurations) this.maxConfigurations = next.size;
    if (this.frontier.length < next.size * this.width) this.frontier = new Int32Array(next.data.length);
    this.size = keepMinimal(next, this.frontier, this.words, this.spentWord, this.credits, this.deadline, this.beam);
    if (this.size < 0) {
      this.size = -this.size;
      this.isTruncated = true;
    }
    if (this.spending !== 'free') this.credits.compact(this.frontier, this.size, this.width, this.spentWord);
  }

  /** Sorts the frontier into what survives as it is and what must be explored. */
  private start(): void {
    const { frontier, width, scratch, current, word, bit, writes } = this;
    const mayBeNeeded = writes !== -1 && this.lastNeed[writes] > this.event;
    for (let start = 0, end = this.size * width; start < end; start += width) {
      for (let at = 0; at < width; at++) scratch[at] = frontier[start + at];
      if ((scratch[1 + word] & bit) !== 0) this.visited.add(scratch);
      else if (writes === -1 || (scratch[this.u + word] & bit) !== 0) this.survive();
      else {
        for (let at = 0; at < width; at++) current[at] = scratch[at];
        if (mayBeNeeded) this.visited.add(scratch);
        this.leaveFree();
      }
    }
  }

  /** The returning write is free: its last chance to be of use without being shown. */
  private leaveFree(): void {
    const { scratch, current, words, writes } = this;
    const isOld = (current[this.o + this.word] & this.bit) === 0;
    if (isOld) {
      // It leaves anyway, so showing it on an excursion to the reads that wait for its value costs nothing.
      let met = 0;
      for (let word = 0; word < words; word++) {
        const reads = this.window.reads[writes * words + word] & ~current[this.o + word];
        met |= scratch[1 + word] & reads;
        scratch[1 + word] &= ~reads;
      }
      if (met !== 0) this.record(this.returning, EXCURSION);
    }
    if (current[0] === writes) {
      // Nor does writing the current value once more cost anything: it buries what must be buried.
      this.bury(writes);
      this.record(this.returning, SHOWN);
    }
    this.survive();
    if (!isOld || !this.hasOldCas(writes)) return;
    this.reset();
    this.depart(writes, this.returning);
    this.visited.add(scratch);
  }

  /** Whether an excursion to `value` could go on by a cas. */
  private hasOldCas(value: number): boolean {
    const { current, words, window } = this;
    for (let word = 0; word < words; word++) {
      const cas = window.casFrom[value * words + word];
      if ((current[1 + word] & cas & ~current[this.o + word]) !== 0) return true;
    }
    return this.credits.cas.some((credit) => credit.from === value);
  }

  private explore(): void {
    const { visited, next, spending } = this;
    let level: number[] = [];
    let explored = 0;
    do {
      for (; explored < visited.size; explored++) {
        this.deadline.tick();
        this.deadline.hold(visited.size);
        if (explored > 32 * this.beam && next.size > 0) {
          this.isTruncated = true;
          return;
        }
        this.load(explored);
        this.expand();
        if (this.credits.isEmpty) continue;
        if (spending === 'free') this.spendFrom();
        else level.push(explored);
      }
      if (level.length === 0 || (spending === 'sparing' && next.size > 0)) return;
      const waiting = level;
      level = [];
      for (const index of waiting) {
        this.deadline.tick();
        this.deadline.hold(Math.max(visited.size, this.credits.size));
        this.load(index);
        this.spendFrom();
      }
    } while (explored < visited.size);
  }

  private load(index: number): void {
    const { visited, current, width } = this;
    for (let word = 0, at = index * width; word < width; word++, at++) current[word] = visited.data[at];
  }

  private reset(): void {
    const { scratch, current, width } = this;
    for (let word = 0; word < width; word++) scratch[word] = current[word];
  }

  /** Everything that open operations can usefully do next, in the current configuration. */
  private expand(): void {
    const place = this.current[this.placeWord];
    this.casNext(place > MAIN_LINE);
    if (place !== MAIN_LINE) return;
    if (this.writes !== -1) {
      this.reset();
      this.write(this.writes, this.returning);
      this.survive();
      return;
    }
    this.findUseful(false);
    const mayDepart = this.mayDepart();
    for (const value of this.useful) {
      if (value !== this.current[0] || this.rewritingHelps()) this.show(value, this.writerOf(value, false));
      if (mayDepart) this.visit(value, this.writerOf(value, true));
    }
  }

  private show(value: number, writer: number): void {
    if (writer === -1) return;
    this.reset();
    this.write(value, writer);
    this.scratch[this.placeWord] = AFTER_WRITE;
    this.arrive();
  }

  private visit(value: number, writer: number): void {
    if (writer === -1) return;
    this.reset();
    this.depart(value, writer);
    this.arrive();
  }

  /** Whether the returning operation is old enough to take effect on an excursion. */
  private mayDepart(): boolean {
    return (this.current[this.o + this.word] & this.bit) === 0;
  }

  /**
   * Writing the current value once more changes nothing for whoever comes next, but everything that is open can then
   * have happened before it. Without it, "w2 open, value 1, w1 open, cas 1→3" could not bury w2 before the cas.
   */
  private rewritingHelps(): boolean {
    const { current, words } = this;
    for (let word = 0; word < words; word++) if ((current[1 + word] & current[this.o + word]) !== 0) return true;
    return false;
  }

  /** Fills `useful` with the values from which the returning operation can be reached by open (and unknown) cas. */
  private findUseful(withCredits: boolean): void {
    const { useful, operations, window, current, words, credits } = this;
    useful.length = 0;
    useful.push(operations.from[this.returning]);
    for (let known = 0; known < useful.length; known++) {
      for (let word = 0; word < words; word++) {
        let cas = current[1 + word] & window.allCas[word];
        while (cas !== 0) {
          const slot = 31 - Math.clz32(cas);
          cas &= ~(1 << slot);
          const op = window.opIn[word * 32 + slot];
          if (operations.to[op] === useful[known] && !useful.includes(operations.from[op])) {
            useful.push(operations.from[op]);
          }
        }
      }
      if (!withCredits) continue;
      for (const { from, to } of credits.cas) if (to === useful[known] && !useful.includes(from)) useful.push(from);
    }
  }

  /** Of the open writes of a value that were not used, the one returning first; −1 when there is none. */
  private writerOf(value: number, onlyOld: boolean): number {
    const { window, current, words } = this;
    const { returns } = this.operations;
    let best = -1;
    for (let word = 0; word < words; word++) {
      let usable = window.writes[value * words + word] & ~current[this.u + word];
      if (onlyOld) usable &= ~current[this.o + word];
      while (usable !== 0) {
        const slot = 31 - Math.clz32(usable);
        usable &= ~(1 << slot);
        const op = window.opIn[word * 32 + slot];
        if (best === -1 || returns[op] < returns[best]) best = op;
      }
    }
    return best;
  }

  /** Every open cas from the current value, of equal ones the one returning first. */
  private casNext(onlyOld: boolean): void {
    const { window, current, words } = this;
    const value = current[0];
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.casFrom[value * words + word];
      if (onlyOld) waiting &= ~current[this.o + word];
      while (waiting !== 0) {
        const slot = 31 - Math.clz32(waiting);
        waiting &= ~(1 << slot);
        const op = window.opIn[word * 32 + slot];
        if (!this.isFirstOfItsKind(op, value, onlyOld)) continue;
        this.reset();
        this.cas(op);
        this.arrive();
      }
    }
  }

  private isFirstOfItsKind(op: number, value: number, onlyOld: boolean): boolean {
    const { window, current, words } = this;
    const { to, returns } = this.operations;
    for (let word = 0; word < words; word++) {
      let others = current[1 + word] & window.casFrom[value * words + word];
      if (onlyOld) others &= ~current[this.o + word];
      while (others !== 0) {
        const slot = 31 - Math.clz32(others);
        others &= ~(1 << slot);
        const other = window.opIn[word * 32 + slot];
        if (to[other] === to[op] && returns[other] < returns[op]) return false;
      }
    }
    return true;
  }

  /** Unknown updates as the next thing to take effect; unknown writes only where no certain one does the same. */
  private spendFrom(): void {
    const { current, credits } = this;
    const place = current[this.placeWord];
    for (const credit of credits.cas) {
      if (credit.from !== current[0] || !this.isUseful(credit)) continue;
      this.reset();
      if (this.spend(credit, place > MAIN_LINE)) this.arrive();
    }
    if (place !== MAIN_LINE || this.writes !== -1) return;
    this.findUseful(true);
    const mayDepart = this.mayDepart();
    for (const value of this.useful) {
      const credit = credits.write(value);
      if (value !== current[0] || this.rewritingHelps()) {
        const writer = this.writerOf(value, false);
        if (writer !== -1) this.show(value, writer);
        else if (credit !== undefined) this.showCredit(credit);
      }
      if (!mayDepart) continue;
      const writer = this.writerOf(value, true);
      if (writer !== -1) this.visit(value, writer);
      else if (credit !== undefined) this.visitCredit(credit);
    }
  }

  private showCredit(credit: CreditClass): void {
    this.reset();
    if (!this.spend(credit, false)) return;
    this.scratch[this.placeWord] = AFTER_WRITE;
    this.arrive();
  }

  private visitCredit(credit: CreditClass): void {
    this.reset();
    this.scratch[this.placeWord] = this.scratch[0] + 1;
    if (this.spend(credit, true)) this.arrive();
  }

  /** Whether anything waits for what an unknown cas writes. */
  private isUseful({ from, to }: CreditClass): boolean {
    if (from === to) return false;
    const { current, window, words } = this;
    for (let word = 0, at = to * words; word < words; word++, at++) {
      if ((current[1 + word] & (window.reads[at] | window.casFrom[at])) !== 0) return true;
    }
    return this.credits.cas.some((other) => other.from === to && other.to !== to);
  }

  /** An unknown update takes effect in `scratch`; false when none of its class is left (or old enough). */
  private spend(credit: CreditClass, onExcursion: boolean): boolean {
    const { scratch, spentWord, credits } = this;
    const before = onExcursion ? scratch[this.oldWord] : credits.granted;
    const spent = credits.spend(scratch[spentWord], credit, before);
    if (spent === -1) return false;
    scratch[spentWord] = spent;
    if (onExcursion) this.enterOld(credit.to);
    else if (credit.from === NO_VALUE) this.bury(credit.to);
    else this.enter(credit.to);
    const kind = onExcursion ? EXCURSION : credit.from === NO_VALUE ? SHOWN : CHANGED;
    if (this.effects) this.record(credits.operation(spent, credit), kind);
    return true;
  }

  /** `writer`, an open write of `value`, is shown in `scratch`. */
  private write(value: number, writer: number): void {
    this.use(writer);
    this.bury(value);
    this.record(writer, SHOWN);
  }

  /** An excursion, before the write shown last, to `value` by `writer`. */
  private depart(value: number, writer: number): void {
    const { scratch } = this;
    this.use(writer);
    scratch[this.placeWord] = scratch[0] + 1;
    this.enterOld(value);
    this.record(writer, EXCURSION);
  }

  private use(op: number): void {
    const slot = this.window.slotOf[op];
    this.scratch[this.u + (slot >> 5)] |= 1 << (slot & 31);
  }

  /** A write shows `value`: all open writes can have happened just before it, and excursions by all that is open. */
  private bury(value: number): void {
    const { scratch, words, window } = this;
    scratch[0] = value;
    for (let word = 0; word < words; word++) {
      scratch[1 + word] &= ~(window.allWrites[word] | window.reads[value * words + word]);
      scratch[this.o + word] = 0;
    }
    scratch[this.oldWord] = this.credits.granted;
  }

  private cas(op: number): void {
    const { scratch } = this;
    const slot = this.window.slotOf[op];
    const onExcursion = scratch[this.placeWord] > MAIN_LINE;
    scratch[1 + (slot >> 5)] &= ~(1 << (slot & 31));
    // Marked as used: having done a cas is not better than still being able to do it, where dominance compares.
    this.use(op);
    if (onExcursion) this.enterOld(this.operations.to[op]);
    else this.enter(this.operations.to[op]);
    this.record(op, onExcursion ? EXCURSION : CHANGED);
  }

  /** The value becomes `value` by a cas: reads of it are met, and writes of it can have been absorbed. */
  private enter(value: number): void {
    const { scratch, words, window } = this;
    scratch[0] = value;
    for (let word = 0, at = value * words; word < words; word++, at++) {
      scratch[1 + word] &= ~(window.reads[at] | window.writes[at]);
    }
  }

  /** An excursion comes to `value`: the reads of it that are old enough are met. */
  private enterOld(value: number): void {
    const { scratch, words, window } = this;
    scratch[0] = value;
    for (let word = 0, at = value * words; word < words; word++, at++) {
      scratch[1 + word] &= ~(window.reads[at] & ~scratch[this.o + word]);
    }
  }

  private record(op: number, kind: number): void {
    if (!this.effects) return;
    this.scratch[this.traceWord] = this.effects.add(op, this.event, kind, this.scratch[this.traceWord]);
  }

  private arrive(): void {
    const { scratch } = this;
    const isMet = this.writes === -1 && (scratch[1 + this.word] & this.bit) === 0;
    const onExcursion = scratch[this.placeWord] > MAIN_LINE;
    // An excursion that met the returning operation may end here, or meet others by a cas; a main line can do so later.
    if (onExcursion || !isMet) this.visited.add(scratch);
    if (isMet || (onExcursion && this.writes !== -1)) this.survive();
  }

  private survive(): void {
    const { scratch, word, bit } = this;
    const place = scratch[this.placeWord];
    if (place > MAIN_LINE) scratch[0] = place - 1;
    scratch[this.placeWord] = MAIN_LINE;
    scratch[1 + word] &= ~bit;
    scratch[this.u + word] &= ~bit;
    scratch[this.o + word] &= ~bit;
    this.relaxation?.apply(scratch, 0, this.credits.granted);
    this.next.add(scratch);
    this.deadline.hold(this.next.size);
  }
}

/** Latest return of an operation that expects each value; −1 when there is none. */
function lastNeeds({ count, from, returns, values }: RegisterOperations): Int32Array {
  const lastNeed = new Int32Array(values).fill(-1);
  for (let op = 0; op < count; op++) {
    if (from[op] >= 0 && returns[op] > lastNeed[from[op]]) lastNeed[from[op]] = returns[op];
  }
  return lastNeed;
}
