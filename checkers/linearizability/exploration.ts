import type { Deadline } from './budget.js';
import { VectorSet } from './configurations.js';
import type { Credits, CreditClass, Spending } from './credits.js';
import { EXCURSION, SHOWN } from './effects.js';
import { AFTER_WRITE, MAIN_LINE, type Layout } from './layout.js';
import { Moves } from './moves.js';
import { WRITE, type RegisterOperations } from './registers.js';
import type { Relaxation } from './relaxation.js';
import type { Steps } from './steps.js';
import type { Window } from './window.js';

/** What a return leaves of the configurations before it: everything that open operations can do so that it may return. */
export class Exploration {
  /** What survives the return being handled, and what must be explored before it. */
  readonly next: VectorSet;
  private readonly visited: VectorSet;
  private readonly moves: Moves;
  /** Latest return of an operation that expects the value, unknown cas included. */
  private readonly lastNeed: Int32Array;
  private returning = -1;
  /** The returning operation's word and bit in a mask, and what it writes: −1 when it is no write. */
  private word = 0;
  private bit = 0;
  private writes = -1;

  constructor(
    private readonly layout: Layout,
    private readonly operations: RegisterOperations,
    private readonly window: Window,
    private readonly credits: Credits,
    private readonly steps: Steps,
    private readonly relaxation: Relaxation | undefined,
    private readonly spending: Spending,
    private readonly deadline: Deadline,
  ) {
    this.moves = new Moves(layout, operations, window, credits, steps);
    this.lastNeed = lastNeeds(operations);
    // Two ways to spend credits are two configurations only where every way is followed.
    const isSpent = spending === 'every' && layout.old > layout.spent;
    this.visited = new VectorSet(layout.width, isSpent ? layout.trace : layout.spent);
    // What survives is on the main line.
    this.next = new VectorSet(layout.width, isSpent ? layout.trace : layout.place);
  }

  /**
   * Fills `next` with what survives the return of `op`.
   *
   * @param beam configurations that are enough
   * @returns false when some were given up for that
   */
  run(op: number, frontier: Int32Array, size: number, beam: number): boolean {
    const slot = this.window.slotOf[op];
    this.returning = op;
    this.word = slot >> 5;
    this.bit = 1 << (slot & 31);
    this.writes = this.operations.kinds[op] === WRITE ? this.operations.to[op] : -1;
    this.next.clear();
    this.visited.clear();
    this.start(frontier, size);
    return this.explore(beam);
  }

  /** Sorts the frontier into what survives as it is and what must be explored. */
  private start(frontier: Int32Array, size: number): void {
    const { word, bit, writes } = this;
    const { scratch, current, event } = this.steps;
    const { width, u } = this.layout;
    const mayBeNeeded = writes !== -1 && this.lastNeed[writes] > event;
    for (let start = 0, end = size * width; start < end; start += width) {
      for (let at = 0; at < width; at++) scratch[at] = frontier[start + at];
      if ((scratch[1 + word] & bit) !== 0) this.visited.add(scratch);
      else if (writes === -1 || (scratch[u + word] & bit) !== 0) this.survive();
      else {
        for (let at = 0; at < width; at++) current[at] = scratch[at];
        if (mayBeNeeded) this.visited.add(scratch);
        this.leaveFree();
      }
    }
  }

  /** The returning write is free: its last chance to be of use without being shown. */
  private leaveFree(): void {
    const { writes } = this;
    const { scratch, current } = this.steps;
    const { words, o } = this.layout;
    const isOld = (current[o + this.word] & this.bit) === 0;
    if (isOld) {
      // It leaves anyway, so showing it on an excursion to the reads that wait for its value costs nothing.
      let met = 0;
      for (let word = 0; word < words; word++) {
        const reads = this.window.reads[writes * words + word] & ~current[o + word];
        met |= scratch[1 + word] & reads;
        scratch[1 + word] &= ~reads;
      }
      if (met !== 0) this.steps.record(this.returning, EXCURSION);
    }
    if (current[0] === writes) {
      // Nor does writing the current value once more cost anything: it buries what must be buried.
      this.steps.bury(writes);
      this.steps.record(this.returning, SHOWN);
    }
    this.survive();
    if (!isOld || !this.moves.hasOldCas(writes)) return;
    this.steps.reset();
    this.steps.depart(writes, this.returning);
    this.visited.add(scratch);
  }

  /** False when configurations were given up: past many times `beam` of them. */
  private explore(beam: number): boolean {
    const { visited, next, spending } = this;
    let level: number[] = [];
    let explored = 0;
    do {
      for (; explored < visited.size; explored++) {
        this.deadline.tick();
        this.deadline.hold(visited.size);
        if (explored > 32 * beam && next.size > 0) return false;
        this.steps.load(visited.data, explored * visited.width);
        this.expand();
        if (this.credits.isEmpty) continue;
        if (spending === 'free') this.spendFrom();
        else level.push(explored);
      }
      if (level.length === 0 || (spending === 'sparing' && next.size > 0)) return true;
      const waiting = level;
      level = [];
      for (const index of waiting) {
        this.deadline.tick();
        this.deadline.hold(Math.max(visited.size, this.credits.size));
        this.steps.load(visited.data, index * visited.width);
        this.spendFrom();
      }
    } while (explored < visited.size);
    return true;
  }

  /** Everything that open operations can usefully do next, in the current configuration. */
  private expand(): void {
    const { current } = this.steps;
    const place = current[this.layout.place];
    this.casNext(place > MAIN_LINE);
    if (place !== MAIN_LINE) return;
    if (this.writes !== -1) {
      this.steps.reset();
      this.steps.write(this.writes, this.returning);
      this.survive();
      return;
    }
    this.moves.findUseful(this.returning, 'certain');
    const mayDepart = this.moves.mayDepart(this.returning);
    for (const value of this.moves.useful) {
      if (value !== current[0] || this.moves.rewritingHelps()) this.show(value, this.moves.writerOf(value, false));
      if (mayDepart) this.visit(value, this.moves.writerOf(value, true));
    }
  }

  private show(value: number, writer: number): void {
    if (writer === -1) return;
    this.steps.reset();
    this.steps.write(value, writer);
    this.steps.scratch[this.layout.place] = AFTER_WRITE;
    this.arrive();
  }

  private visit(value: number, writer: number): void {
    if (writer === -1) return;
    this.steps.reset();
    this.steps.depart(value, writer);
    this.arrive();
  }

  /** Every open cas from the current value, of equal ones the one returning first. */
  private casNext(onlyOld: boolean): void {
    const { window } = this;
    const { current } = this.steps;
    const { words, o } = this.layout;
    const value = current[0];
    for (let word = 0; word < words; word++) {
      let waiting = current[1 + word] & window.casFrom[value * words + word];
      if (onlyOld) waiting &= ~current[o + word];
      while (waiting !== 0) {
        const slot = 31 - Math.clz32(waiting);
        waiting &= ~(1 << slot);
        const op = window.opIn[word * 32 + slot];
        if (!this.moves.isFirstOfItsKind(op, value, onlyOld)) continue;
        this.steps.reset();
        this.steps.cas(op);
        this.arrive();
      }
    }
  }

  /** Unknown updates as the next thing to take effect; unknown writes only where no certain one does the same. */
  private spendFrom(): void {
    const { credits } = this;
    const { current } = this.steps;
    const place = current[this.layout.place];
    for (const credit of credits.cas) {
      if (credit.from !== current[0] || !this.moves.isUseful(credit)) continue;
      this.steps.reset();
      if (this.steps.spend(credit, place > MAIN_LINE)) this.arrive();
    }
    if (place !== MAIN_LINE || this.writes !== -1) return;
    this.moves.findUseful(this.returning, 'all');
    const mayDepart = this.moves.mayDepart(this.returning);
    for (const value of this.moves.useful) {
      const credit = credits.write(value);
      if (value !== current[0] || this.moves.rewritingHelps()) {
        const writer = this.moves.writerOf(value, false);
        if (writer !== -1) this.show(value, writer);
        else if (credit !== undefined) this.showCredit(credit);
      }
      if (!mayDepart) continue;
      const writer = this.moves.writerOf(value, true);
      if (writer !== -1) this.visit(value, writer);
      else if (credit !== undefined) this.visitCredit(credit);
    }
  }

  private showCredit(credit: CreditClass): void {
    this.steps.reset();
    if (!this.steps.spend(credit, false)) return;
    this.steps.scratch[this.layout.place] = AFTER_WRITE;
    this.arrive();
  }

  private visitCredit(credit: CreditClass): void {
    this.steps.reset();
    this.steps.scratch[this.layout.place] = this.steps.scratch[0] + 1;
    if (this.steps.spend(credit, true)) this.arrive();
  }

  private arrive(): void {
    const { scratch } = this.steps;
    const isMet = this.writes === -1 && (scratch[1 + this.word] & this.bit) === 0;
    const onExcursion = scratch[this.layout.place] > MAIN_LINE;
    // An excursion that met the returning operation may end here, or meet others by a cas; a main line can do so later.
    if (onExcursion || !isMet) this.visited.add(scratch);
    if (isMet || (onExcursion && this.writes !== -1)) this.survive();
  }

  private survive(): void {
    const { word, bit } = this;
    const { scratch } = this.steps;
    const { u, o, place: placeWord } = this.layout;
    const place = scratch[placeWord];
    if (place > MAIN_LINE) scratch[0] = place - 1;
    scratch[placeWord] = MAIN_LINE;
    scratch[1 + word] &= ~bit;
    scratch[u + word] &= ~bit;
    scratch[o + word] &= ~bit;
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
