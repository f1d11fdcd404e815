import { type Model, readsAmong } from '../model.js';
import { OutOfBudget, type Deadline } from './budget.js';
import { VectorSet } from './configurations.js';
import { CreditLedger } from './ledger.js';
import { NEVER, returnsOf, type Partition } from './partition.js';
import type { SearchOptions, SearchResult } from './search-result.js';
import { StateTable } from './states.js';
import { Trace } from './trace.js';

/**
 * Linearizability of any model, sound and complete: Lowe's just-in-time linearization ("Testing for linearizability",
 * 2017), breadth first. A sweep over the events keeps the set of configurations (state, open operations that already
 * took effect); operations take effect only when one of them is about to return. Memory grows with the operations
 * open at once, not with the length of the history.
 *
 * - A read that is legal takes effect at once: the configuration with it done dominates the one without.
 * - Of open operations that are equal, the one returning first goes first.
 * - An unknown operation is no member of the window but a credit of its class, spent or not. A first pass spends
 *   credits only where every configuration would die otherwise; what survives it is proven. Only if that pass fails,
 *   the exact one follows.
 *
 * Stable signature; `deadline` bounds time and configurations, beyond which the answer is `unknown`.
 */
export function searchLinearizable<State>(
  model: Model<State>,
  partition: Partition,
  deadline: Deadline,
  options: SearchOptions = {},
): SearchResult {
  const hasCredits = partition.completions.includes(-1);
  if (hasCredits) {
    const greedy = new Sweep(model, partition, deadline, options, 'sparing').run();
    if (greedy.validity !== 'invalid') return greedy;
  }
  return new Sweep(model, partition, deadline, options, 'every').run();
}

/** Which ways of spending credits are explored: only the fewest that keep something alive, or all. */
type Spending = 'sparing' | 'every';

/** Layout of a configuration: state, spent credits (interned vector), then a bit per open operation that took effect. */
const STATE = 0;
const SPENT = 1;
const BITS = 2;

class Sweep<State> {
  private readonly states: StateTable<State>;
  private readonly slotOf: Int32Array;
  private readonly returns: Int32Array;
  /** Open operations with an ok return, soonest return first. */
  private readonly open: number[] = [];
  private readonly isRead: Uint8Array;
  private readonly credits: CreditLedger;
  private frontier: VectorSet;
  private next: VectorSet;
  private readonly visited: VectorSet;
  private readonly scratch: Int32Array;
  /** Trace node of each configuration, parallel to the sets; empty unless an order is wanted. */
  private frontierTrace: number[] = [];
  private nextTrace: number[] = [];
  private visitedTrace: number[] = [];
  private readonly trace: Trace | undefined;
  private maxConfigurations = 1;
  private readonly triedClass: Int32Array;
  private tryStamp = 0;

  constructor(
    model: Model<State>,
    private readonly partition: Partition,
    private readonly deadline: Deadline,
    options: SearchOptions,
    private readonly spending: Spending,
  ) {
    this.states = new StateTable(model, partition.classes, model.initial(options.options ?? {}));
    this.returns = returnsOf(partition);
    const { slotOf, slots } = assignSlots(partition);
    this.slotOf = slotOf;
    const isRead = readsAmong(model, partition.classes);
    this.isRead = Uint8Array.from(partition.classes, (operation) => (isRead(operation) ? 1 : 0));
    this.credits = new CreditLedger(partition.classes.length);
    const width = BITS + Math.max(1, Math.ceil(slots / 32));
    this.frontier = new VectorSet(width);
    this.next = new VectorSet(width);
    this.visited = new VectorSet(width);
    this.scratch = new Int32Array(width);
    this.triedClass = new Int32Array(partition.classes.length);
    if (options.order === 'wanted') this.trace = new Trace();
    this.frontier.add(this.scratch);
    this.frontierTrace.push(-1);
  }

  run(): SearchResult {
    const { events } = this.partition;
    let event = 0;
    try {
      for (; event < events.length; event++) {
        this.deadline.tick();
        const code = events[event];
        if (code >= 0) this.invoke(code);
        else if (!this.complete(~code)) return this.died(event);
        this.states.compact(this.frontier);
      }
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      return {
        validity: 'unknown',
        maxConfigurations: this.maxConfigurations,
        reason: error.message,
        provenEvents: event,
      };
    }
    const order = this.trace?.path(this.frontierTrace[0]);
    return { validity: 'valid', maxConfigurations: this.maxConfigurations, ...(order && { order }) };
  }

  private died(event: number): SearchResult {
    const states = new Set<string>();
    for (let index = 0; index < this.frontier.size && states.size < 20; index++) {
      states.add(this.states.describe(this.frontier.data[index * this.frontier.width + STATE]));
    }
    let order: readonly number[] | undefined;
    for (const node of this.trace === undefined ? [] : this.frontierTrace) {
      const path = this.trace!.path(node);
      if (order === undefined || path.length > order.length) order = path;
    }
    return {
      validity: 'invalid',
      maxConfigurations: this.maxConfigurations,
      event,
      states: [...states],
      ...(order && { order }),
    };
  }

  private invoke(op: number): void {
    const operationClass = this.partition.classOf[op];
    if (this.returns[op] === NEVER) {
      if (!this.isRead[operationClass]) this.credits.grant(operationClass, op);
      return;
    }
    let at = this.open.length;
    while (at > 0 && this.returns[this.open[at - 1]] > this.returns[op]) at--;
    this.open.splice(at, 0, op);
    if (this.isRead[operationClass]) this.absorbEverywhere(op, operationClass);
  }

  /** A read takes effect at once in every configuration where it is legal. */
  private absorbEverywhere(op: number, operationClass: number): void {
    const { frontier } = this;
    const word = BITS + (this.slotOf[op] >> 5);
    const bit = 1 << (this.slotOf[op] & 31);
    for (let index = 0, at = 0; index < frontier.size; index++, at += frontier.width) {
      if (this.states.step(frontier.data[at + STATE], operationClass) === -1) continue;
      frontier.data[at + word] |= bit;
      if (this.trace) this.frontierTrace[index] = this.trace.add(op, this.frontierTrace[index]);
    }
  }

  private swap(): void {
    [this.frontier, this.next] = [this.next, this.frontier];
    [this.frontierTrace, this.nextTrace] = [this.nextTrace, this.frontierTrace];
  }

  private load(from: VectorSet, index: number): void {
    const start = index * from.width;
    for (let word = 0; word < from.width; word++) this.scratch[word] = from.data[start + word];
  }

  /** Lets `returning` take effect in every configuration, after any others that must come before. */
  private complete(returning: number): boolean {
    const { frontier, next, visited } = this;
    next.clear();
    visited.clear();
    this.nextTrace.length = 0;
    this.visitedTrace.length = 0;
    const word = BITS + (this.slotOf[returning] >> 5);
    const bit = 1 << (this.slotOf[returning] & 31);
    for (let index = 0; index < frontier.size; index++) {
      this.load(frontier, index);
      this.arrive(word, bit, this.trace ? this.frontierTrace[index] : -1);
    }
    let level: number[] = [];
    let explored = 0;
    do {
      // Configurations found by spending one credit more wait in `level` until those without are exhausted.
      for (; explored < visited.size; explored++) this.expand(explored, word, bit, level);
      if (this.spending === 'sparing' && next.size > 0) break;
      const waiting = level;
      level = [];
      for (const index of waiting) this.spend(index, word, bit);
    } while (explored < visited.size);
    this.open.splice(this.open.indexOf(returning), 1);
    this.maxConfigurations = Math.max(this.maxConfigurations, next.size);
    if (next.size === 0) return false;
    this.swap();
    if (this.trace && this.frontier.size === 1) this.frontierTrace[0] = this.trace.settle(this.frontierTrace[0]);
    return true;
  }

  /** The configuration in `scratch` either survives the return, or must be explored further. */
  private arrive(word: number, bit: number, node: number): void {
    const { scratch } = this;
    if ((scratch[word] & bit) !== 0) {
      scratch[word] &= ~bit;
      if (this.next.add(scratch) >= 0 && this.trace) this.nextTrace.push(node);
      this.deadline.hold(this.next.size);
      return;
    }
    if (this.visited.add(scratch) >= 0 && this.trace) this.visitedTrace.push(node);
    this.deadline.hold(this.visited.size);
  }

  /** Every open operation takes effect next. */
  private expand(index: number, word: number, bit: number, level: number[]): void {
    const { visited, partition, scratch } = this;
    this.deadline.tick();
    const stamp = ++this.tryStamp;
    const node = this.trace ? this.visitedTrace[index] : -1;
    const state = visited.data[index * visited.width + STATE];
    for (const op of this.open) {
      const operationClass = partition.classOf[op];
      if (this.isRead[operationClass]) continue;
      const opWord = BITS + (this.slotOf[op] >> 5);
      const opBit = 1 << (this.slotOf[op] & 31);
      if ((visited.data[index * visited.width + opWord] & opBit) !== 0) continue;
      if (this.triedClass[operationClass] === stamp) continue;
      this.triedClass[operationClass] = stamp;
      const after = this.states.step(state, operationClass);
      if (after === -1) continue;
      this.load(visited, index);
      scratch[opWord] |= opBit;
      scratch[STATE] = after;
      this.arrive(word, bit, this.absorb(this.trace ? this.trace.add(op, node) : -1));
    }
    if (this.credits.classes.length > 0) level.push(index);
  }

  /** Every unknown operation that is left takes effect next. */
  private spend(index: number, word: number, bit: number): void {
    const { visited, scratch, credits } = this;
    const state = visited.data[index * visited.width + STATE];
    const spent = visited.data[index * visited.width + SPENT];
    const node = this.trace ? this.visitedTrace[index] : -1;
    for (const operationClass of credits.classes) {
      const after = this.states.step(state, operationClass);
      // One that changes nothing would only waste the credit.
      if (after === -1 || after === state) continue;
      const nowSpent = credits.spend(spent, operationClass);
      if (nowSpent === -1) continue;
      this.deadline.hold(credits.size);
      this.deadline.tick();
      this.load(visited, index);
      scratch[STATE] = after;
      scratch[SPENT] = nowSpent;
      const op = credits.operation(nowSpent, operationClass);
      this.arrive(word, bit, this.absorb(this.trace ? this.trace.add(op, node) : -1));
    }
  }

  /** In the state of `scratch`, every open read that is legal takes effect. Answers the trace node. */
  private absorb(node: number): number {
    const { scratch } = this;
    for (const op of this.open) {
      const operationClass = this.partition.classOf[op];
      if (!this.isRead[operationClass]) continue;
      const word = BITS + (this.slotOf[op] >> 5);
      const bit = 1 << (this.slotOf[op] & 31);
      if ((scratch[word] & bit) !== 0 || this.states.step(scratch[STATE], operationClass) === -1) continue;
      scratch[word] |= bit;
      if (this.trace) node = this.trace.add(op, node);
    }
    return node;
  }
}

/** A window slot for every operation with a return; slots are reused. */
function assignSlots(partition: Partition): { slotOf: Int32Array; slots: number } {
  const slotOf = new Int32Array(partition.count).fill(-1);
  const free: number[] = [];
  let slots = 0;
  for (const code of partition.events) {
    if (code < 0) free.push(slotOf[~code]);
    else if (partition.completions[code] !== -1) slotOf[code] = free.pop() ?? slots++;
  }
  return { slotOf, slots };
}
