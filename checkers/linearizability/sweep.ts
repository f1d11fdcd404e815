import type { Deadline } from './budget.js';
import { VectorSet } from './configurations.js';
import { Credits, type CreditClass, type Spending } from './credits.js';
import type { Effects } from './effects.js';
import { keepMinimal } from './minimal.js';
import { NEVER } from './partition.js';
import { INITIAL, READ, WRITE, type RegisterOperations } from './registers.js';
import { Window } from './window.js';

/**
 * One pass of the frontier engine over the events of a register; frontier.ts tells the method. A configuration is a
 * vector: the register's value; a mask N of the open operations that still must take effect; a mask U of the open
 * writes that were used visibly; the interned vector of unknown updates spent; a node of `effects`. An open write that
 * is in neither mask is *free*: it may have taken effect unseen, and may still be used.
 */
export class Sweep {
  maxConfigurations = 1;
  /** Configurations alive: `size` vectors of `width` words. */
  frontier: Int32Array;
  size = 1;
  readonly traceWord: number;
  private readonly width: number;
  private readonly words: number;
  private readonly spentWord: number;
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
  /** The returning operation's place in N, and what it writes: −1 when it is no write. */
  private nWord = 0;
  private bit = 0;
  private writes = -1;
  private returning = -1;
  /** Configurations from which a credit may have to be spent. */
  private level: number[] = [];

  constructor(
    private readonly operations: RegisterOperations,
    private readonly deadline: Deadline,
    private readonly spending: Spending,
    private readonly effects: Effects | undefined,
  ) {
    this.window = new Window(operations);
    this.credits = new Credits(operations, spending);
    this.words = this.window.words;
    this.spentWord = 1 + 2 * this.words;
    this.traceWord = this.spentWord + 1;
    this.width = this.traceWord + 1;
    const identity = spending === 'every' ? this.traceWord : this.spentWord;
    this.next = new VectorSet(this.width, identity);
    this.visited = new VectorSet(this.width, identity);
    this.scratch = new Int32Array(this.width);
    this.current = new Int32Array(this.width);
    this.frontier = new Int32Array(this.width * 64);
    this.frontier[0] = INITIAL;
    this.frontier[this.traceWord] = -1;
    this.lastNeed = lastNeeds(operations);
    this.relaxation = spending === 'free' ? new Relaxation(operations, this.window) : undefined;
  }

  /** True when nothing that is still to come can be refused any more (in a pass with free credits). */
  invoke(op: number, event: number): boolean {
    const { operations, window, frontier, width, relaxation } = this;
    if (operations.returns[op] === NEVER) {
      const granted = this.credits.grant(op);
      if (granted === undefined || relaxation === undefined) return false;
      if (relaxation.grant(granted, event)) return true;
      for (let index = 0; index < this.size; index++) relaxation.apply(frontier, index * width);
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
    }
    if (relaxation) for (let index = 0; index < this.size; index++) relaxation.apply(frontier, index * width);
    return false;
  }

  /** Lets `op` take effect before it returns; false when no configuration allows that. */
  complete(op: number, event: number): boolean {
    const { window, operations, next } = this;
    this.event = event;
    this.returning = op;
    this.nWord = 1 + (window.slotOf[op] >> 5);
    this.bit = 1 << (window.slotOf[op] & 31);
    this.writes = operations.kinds[op] === WRITE ? operations.to[op] : -1;
    if (this.writes === -1 && !this.isNeeded()) {
      this.clearUsed();
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
    const { frontier, width, nWord, bit } = this;
    for (let at = nWord, end = this.size * width; at < end; at += width) if ((frontier[at] & bit) !== 0) return true;
    return false;
  }

  /** A cas that took effect everywhere leaves its slot to another operation. */
  private clearUsed(): void {
    const { frontier, width, bit } = this;
    for (let at = this.nWord + this.words, end = this.size * width; at < end; at += width) frontier[at] &= ~bit;
  }

  private prune(): void {
    const { next } = this;
    if (next.size > this.maxConfigurations) this.maxConfigurations = next.size;
    if (this.frontier.length < next.size * this.width) this.frontier = new Int32Array(next.data.length);
    this.size = keepMinimal(next, this.frontier, this.words, this.spentWord, this.credits);
    if (this.spending !== 'free') this.credits.compact(this.frontier, this.size, this.width, this.spentWord);
    if (this.effects && this.size === 1) {
      this.frontier[this.traceWord] = this.effects.settle(this.frontier[this.traceWord]);
    }
  }

  /** Sorts the frontier into what survives as it is and what must be explored. */
  private start(): void {
    const { frontier, width, scratch, nWord, bit, writes, window } = this;
    const mayBeNeeded = writes !== -1 && this.lastNeed[writes] > this.event;
    for (let index = 0; index < this.size; index++) {
      const at = index * width;
      for (let word = 0; word < width; word++) scratch[word] = frontier[at + word];
      if ((scratch[nWord] & bit) !== 0) {
        this.visited.add(scratch);
        continue;
      }
      const isFree = writes !== -1 && (scratch[nWord + this.words] & bit) === 0;
      if (isFree && mayBeNeeded) this.visited.add(scratch);
      if (isFree && scratch[0] === writes) {
        // Rewriting the current value costs a write that is leaving anyway, and buries all that must be.
        let buried = 0;
        for (let word = 0; word < this.words; word++) {
          buried |= scratch[1 + word] & window.allWrites[word];
          scratch[1 + word] &= ~window.allWrites[word];
        }
        if (buried !== 0) this.record(this.returning);
      }
      this.survive();
    }
  }

  private explore(): void {
    const { visited, next, spending } = this;
    this.level.length = 0;
    let explored = 0;
    do {
      for (; explored < visited.size; explored++) {
        this.deadline.tick();
        this.deadline.hold(visited.size);
        this.expand(explored);
        if (!this.credits.isEmpty) {
          if (spending === 'free') this.spendFrom(explored);
          else this.level.push(explored);
        }
      }
      if (spending === 'sparing' && next.size > 0) return;
      const waiting = this.level;
      this.level = [];
      for (const index of waiting) {
        this.deadline.tick();
        this.deadline.hold(Math.max(visited.size, this.credits.size));
        this.spendFrom(index);
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

  /** Everything that open operations can usefully do next. */
  private expand(index: number): void {
    const { window, operations, current, words } = this;
    this.load(index);
    if (this.writes !== -1) {
      this.reset();
      this.write(this.writes, this.returning);
      this.survive();
    }
    this.casFromCurrent();
    // A write is worth showing when a read waits for it …
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.allReads[word];
      while (waiting !== 0) {
        const value = operations.from[window.opIn[word * 32 + 31 - Math.clz32(waiting)]];
        waiting &= ~window.reads[value * words + word];
        if (value === this.writes || this.isEarlierWord(window.reads, value, word)) continue;
        const writer = this.writerOf(value);
        if (writer === -1) continue;
        this.reset();
        this.write(value, writer);
        this.arrive();
      }
    }
    // … or when a cas follows it at once; a write of the current value only if that buries another one. Without the
    // latter, "w2 open, value 1, w1 open, cas 1→3" could not bury w2 before the cas: the case that is easy to miss.
    const buries = this.hasWritesToBury();
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.allCas[word];
      while (waiting !== 0) {
        const value = operations.from[window.opIn[word * 32 + 31 - Math.clz32(waiting)]];
        waiting &= ~window.casFrom[value * words + word];
        if (value === this.writes || this.isEarlierWord(window.casFrom, value, word)) continue;
        if (value === current[0] ? !buries : this.meets(window.reads, value)) continue;
        const writer = this.writerOf(value);
        if (writer !== -1) this.writeThenCas(value, writer, 0);
      }
    }
  }

  /** Whether an obligation of this value stands in a word before `word`, where it was dealt with. */
  private isEarlierWord(masks: Int32Array, value: number, word: number): boolean {
    for (let before = 0; before < word; before++) {
      if ((this.current[1 + before] & masks[value * this.words + before]) !== 0) return true;
    }
    return false;
  }

  private hasWritesToBury(): boolean {
    const { current, window, words } = this;
    for (let word = 0; word < words; word++) if ((current[1 + word] & window.allWrites[word]) !== 0) return true;
    return false;
  }

  /** Whether any obligation of the current configuration is in the mask of `value`. */
  private meets(masks: Int32Array, value: number): boolean {
    for (let word = 0, at = value * this.words; word < this.words; word++, at++) {
      if ((this.current[1 + word] & masks[at]) !== 0) return true;
    }
    return false;
  }

  /** Of the open writes of a value that were not used, the one returning first; −1 when there is none. */
  private writerOf(value: number): number {
    const { window, current, words } = this;
    const { returns } = this.operations;
    let best = -1;
    for (let word = 0; word < words; word++) {
      let usable = window.writes[value * words + word] & ~current[1 + words + word];
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
  private casFromCurrent(): void {
    const { window, current, words } = this;
    const value = current[0];
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.casFrom[value * words + word];
      while (waiting !== 0) {
        const slot = 31 - Math.clz32(waiting);
        waiting &= ~(1 << slot);
        const op = window.opIn[word * 32 + slot];
        if (!this.isFirstOfItsKind(op, value)) continue;
        this.reset();
        this.cas(op);
        this.arrive();
      }
    }
  }

  private isFirstOfItsKind(op: number, value: number): boolean {
    const { window, current, words } = this;
    const { to, returns } = this.operations;
    for (let word = 0; word < words; word++) {
      let others = current[1 + word] & window.casFrom[value * words + word];
      while (others !== 0) {
        const slot = 31 - Math.clz32(others);
        others &= ~(1 << slot);
        const other = window.opIn[word * 32 + slot];
        if (to[other] === to[op] && returns[other] < returns[op]) return false;
      }
    }
    return true;
  }

  /** Writes `value` and, before anything else, a cas from it. `writer` −1: an unknown write, `spent` afterwards. */
  private writeThenCas(value: number, writer: number, credit: CreditClass | 0): void {
    const { window, current, words } = this;
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.casFrom[value * words + word];
      while (waiting !== 0) {
        const slot = 31 - Math.clz32(waiting);
        waiting &= ~(1 << slot);
        const op = window.opIn[word * 32 + slot];
        if (!this.isFirstOfItsKind(op, value)) continue;
        this.reset();
        if (credit === 0) this.write(value, writer);
        else if (!this.spend(credit)) return;
        this.cas(op);
        this.arrive();
      }
    }
  }

  /** Unknown updates as the next thing to take effect; only where nothing certain does the same. */
  private spendFrom(index: number): void {
    const { window, operations, current, words, credits } = this;
    this.load(index);
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.allReads[word];
      while (waiting !== 0) {
        const value = operations.from[window.opIn[word * 32 + 31 - Math.clz32(waiting)]];
        waiting &= ~window.reads[value * words + word];
        const credit = credits.write(value);
        if (credit === undefined || value === this.writes || this.isEarlierWord(window.reads, value, word)) continue;
        if (this.writerOf(value) !== -1) continue;
        this.reset();
        if (this.spend(credit)) this.arrive();
      }
    }
    const buries = this.hasWritesToBury();
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.allCas[word];
      while (waiting !== 0) {
        const value = operations.from[window.opIn[word * 32 + 31 - Math.clz32(waiting)]];
        waiting &= ~window.casFrom[value * words + word];
        const credit = credits.write(value);
        if (credit === undefined || value === this.writes || this.isEarlierWord(window.casFrom, value, word)) continue;
        if (value === current[0] ? !buries : this.meets(window.reads, value)) continue;
        if (this.writerOf(value) === -1) this.writeThenCas(value, -1, credit);
      }
    }
    for (const credit of credits.cas) if (this.isUseful(credit)) this.spendCas(credit, buries);
  }

  /** Whether anything waits for what an unknown cas writes. */
  private isUseful({ from, to }: CreditClass): boolean {
    if (from === to) return false;
    if (this.meets(this.window.reads, to) || this.meets(this.window.casFrom, to)) return true;
    return this.credits.cas.some((other) => other.from === to && other.to !== to);
  }

  private spendCas(credit: CreditClass, buries: boolean): void {
    const { current, credits } = this;
    if (current[0] === credit.from) {
      this.reset();
      if (this.spend(credit)) this.arrive();
      if (!buries) return;
    }
    const writer = credit.from === this.writes ? -1 : this.writerOf(credit.from);
    const write = credits.write(credit.from);
    this.reset();
    if (writer !== -1) this.write(credit.from, writer);
    else if (write === undefined || !this.spend(write)) return;
    if (this.spend(credit)) this.arrive();
  }

  /** An unknown update takes effect in `scratch`; false when none of its class is left. */
  private spend(credit: CreditClass): boolean {
    const { scratch, spentWord, credits } = this;
    const spent = credits.spend(scratch[spentWord], credit);
    if (spent === -1) return false;
    scratch[spentWord] = spent;
    if (credit.from === -1) this.bury(credit.to);
    else this.enter(credit.to);
    this.record(credits.operation(spent, credit));
    return true;
  }

  /** `writer`, an open write of `value`, takes visible effect in `scratch`. */
  private write(value: number, writer: number): void {
    const slot = this.window.slotOf[writer];
    this.scratch[1 + this.words + (slot >> 5)] |= 1 << (slot & 31);
    this.bury(value);
    this.record(writer);
  }

  /** A write shows `value`: all open writes can have taken effect just before it, unseen. */
  private bury(value: number): void {
    const { scratch, words, window } = this;
    scratch[0] = value;
    for (let word = 0; word < words; word++) {
      scratch[1 + word] &= ~(window.allWrites[word] | window.reads[value * words + word]);
    }
  }

  private cas(op: number): void {
    const slot = this.window.slotOf[op];
    this.scratch[1 + (slot >> 5)] &= ~(1 << (slot & 31));
    // Marked as used: having done a cas is not better than still being able to do it, where dominance compares.
    this.scratch[1 + this.words + (slot >> 5)] |= 1 << (slot & 31);
    this.enter(this.operations.to[op]);
    this.record(op);
  }

  /** The value becomes `value` by a cas: reads of it are met, and writes of it can have been absorbed. */
  private enter(value: number): void {
    const { scratch, words, window } = this;
    scratch[0] = value;
    for (let word = 0, at = value * words; word < words; word++, at++) {
      scratch[1 + word] &= ~(window.reads[at] | window.writes[at]);
    }
  }

  private record(op: number): void {
    if (!this.effects) return;
    this.scratch[this.traceWord] = this.effects.add(op, this.event, this.scratch[this.traceWord]);
  }

  private arrive(): void {
    const { scratch } = this;
    this.relaxation?.apply(scratch, 0);
    if (this.writes === -1 && (scratch[this.nWord] & this.bit) === 0) this.survive();
    else this.visited.add(scratch);
  }

  private survive(): void {
    const { scratch, nWord, words, bit } = this;
    scratch[nWord] &= ~bit;
    scratch[nWord + words] &= ~bit;
    this.relaxation?.apply(scratch, 0);
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

/**
 * Shortcuts of a pass in which credits are free. Values that an unknown write may give at any time are all alike: from
 * one of them an excursion to another and back costs nothing, meets its reads and cas, and buries every open write.
 */
class Relaxation {
  private readonly isFree: Uint8Array;
  private readonly freeValues: number[] = [];
  private readonly lastNeed: Int32Array;
  private watched = 0;

  constructor(
    private readonly operations: RegisterOperations,
    private readonly window: Window,
  ) {
    this.isFree = new Uint8Array(operations.values);
    this.lastNeed = new Int32Array(operations.values).fill(-1);
    const { count, from, returns } = operations;
    for (let op = 0; op < count; op++) {
      if (from[op] < 0 || returns[op] === NEVER) continue;
      this.lastNeed[from[op]] = Math.max(this.lastNeed[from[op]], returns[op]);
    }
  }

  /** True when every value that is still needed has become free. */
  grant(credit: CreditClass, event: number): boolean {
    if (credit.from !== -1) return false;
    this.isFree[credit.to] = 1;
    this.freeValues.push(credit.to);
    const { lastNeed, isFree } = this;
    while (this.watched < lastNeed.length && (isFree[this.watched] === 1 || lastNeed[this.watched] <= event)) {
      this.watched++;
    }
    return this.watched === lastNeed.length;
  }

  apply(vectors: Int32Array, at: number): void {
    if (this.isFree[vectors[at]] === 0) return;
    const { window, freeValues } = this;
    const { words } = window;
    vectors[at] = freeValues[0];
    for (let word = 0; word < words; word++) vectors[at + 1 + word] &= ~window.allWrites[word];
    for (const value of freeValues) {
      for (let word = 0; word < words; word++) {
        vectors[at + 1 + word] &= ~(window.reads[value * words + word] | this.freeCas(value, word));
      }
    }
  }

  /** Open cas between two free values. One to another value is kept: it may be the only way to get there. */
  private freeCas(value: number, word: number): number {
    const { window, operations, isFree } = this;
    let left = window.casFrom[value * window.words + word];
    let free = 0;
    while (left !== 0) {
      const slot = 31 - Math.clz32(left);
      left &= ~(1 << slot);
      if (isFree[operations.to[window.opIn[word * 32 + slot]]] === 1) free |= 1 << slot;
    }
    return free;
  }
}
