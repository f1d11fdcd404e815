import { READ, WRITE, type RegisterOperations } from './registers.js';
import { NEVER } from './partition.js';

/**
 * The operations that are open at one moment of a sweep and will return, each in a slot; and bit masks over the slots
 * by what the operations do. A mask is `words` int32; the mask of value v starts at `v × words`.
 */
export class Window {
  readonly words: number;
  readonly slotOf: Int32Array;
  readonly opIn: Int32Array;
  /** Open reads of each value, open writes of it, open cas from it. */
  readonly reads: Int32Array;
  readonly writes: Int32Array;
  readonly casFrom: Int32Array;
  readonly allReads: Int32Array;
  readonly allWrites: Int32Array;
  readonly allCas: Int32Array;
  private readonly slots: number;
  private readonly free: number[] = [];

  constructor(private readonly operations: RegisterOperations) {
    const slots = largestWindow(operations);
    this.slots = slots;
    this.words = Math.max(1, Math.ceil(slots / 32));
    for (let slot = slots - 1; slot >= 0; slot--) this.free.push(slot);
    const size = operations.values * this.words;
    this.slotOf = new Int32Array(operations.count);
    this.opIn = new Int32Array(this.words * 32).fill(-1);
    this.reads = new Int32Array(size);
    this.writes = new Int32Array(size);
    this.casFrom = new Int32Array(size);
    this.allReads = new Int32Array(this.words);
    this.allWrites = new Int32Array(this.words);
    this.allCas = new Int32Array(this.words);
  }

  open(op: number): void {
    const slot = this.free.pop();
    if (slot === undefined) throw new Error(`no slot left for operation ${op}`);
    this.openAt(op, slot);
  }

  private openAt(op: number, slot: number): void {
    this.slotOf[op] = slot;
    this.opIn[slot] = op;
    this.mark(op, slot, 1);
  }

  /** Comes back to a saved `opIn`. */
  restore(opIn: Int32Array): void {
    for (const op of this.opIn) if (op !== -1) this.close(op);
    this.free.length = 0;
    for (let slot = this.slots - 1; slot >= 0; slot--) {
      if (opIn[slot] === -1) this.free.push(slot);
      else this.openAt(opIn[slot], slot);
    }
  }

  close(op: number): void {
    const slot = this.slotOf[op];
    this.opIn[slot] = -1;
    this.free.push(slot);
    this.mark(op, slot, 0);
  }

  private mark(op: number, slot: number, on: 0 | 1): void {
    const { kinds, from, to } = this.operations;
    const word = slot >> 5;
    const bit = 1 << (slot & 31);
    const kind = kinds[op];
    const all = kind === READ ? this.allReads : kind === WRITE ? this.allWrites : this.allCas;
    const some = kind === READ ? this.reads : kind === WRITE ? this.writes : this.casFrom;
    const at = (kind === WRITE ? to[op] : from[op]) * this.words + word;
    if (on === 1) {
      all[word] |= bit;
      some[at] |= bit;
    } else {
      all[word] &= ~bit;
      some[at] &= ~bit;
    }
  }
}

function largestWindow({ events, returns }: RegisterOperations): number {
  let open = 0;
  let largest = 0;
  for (let at = 0; at < events.length; at++) {
    const code = events[at];
    // An operation may be taken as unknown although its return is among the events: it never has a slot.
    if (code < 0) open -= returns[~code] === NEVER ? 0 : 1;
    else if (returns[code] !== NEVER && ++open > largest) largest = open;
  }
  return largest;
}
