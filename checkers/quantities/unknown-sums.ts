import { type Change, NONE, type Quantities } from './quantities.js';

/** Past this many changes pairs are no longer kept. */
const MOST_PAIRED = 1_500;
const EMPTY = -1;
/** Bits that tell whether a hash may be in the table at all, log 2: they stay in the cache, and most are not. */
const FILTER_BITS = 20;

/**
 * Which changes of unknown outcome, alone or in pairs, move a given set of dimensions by a given sum: a table by a hash
 * that is linear modulo 2^32, so that it can be asked for what is missing. Equal hashes need not mean equal sums.
 */
export class UnknownSums {
  private readonly weights: Int32Array;
  private readonly hashes = new Map<number, number>();
  private members: number[] = [];
  private known = new Set<number>();
  /** Open addressing: entries of one hash follow each other. `seconds` is NONE for a change alone. */
  private slots = new Int32Array(1 << 10).fill(EMPTY);
  private entries = 0;
  private sums: Int32Array = new Int32Array(1 << 9);
  private firsts: Int32Array = new Int32Array(1 << 9);
  private seconds: Int32Array = new Int32Array(1 << 9);
  private readonly filter = new Int32Array(1 << (FILTER_BITS - 5));

  constructor(
    private readonly quantities: Quantities,
    dimensions: readonly number[],
  ) {
    this.weights = new Int32Array(quantities.size);
    for (const dimension of dimensions) this.weights[dimension] = Math.imul(dimension + 1, 0x9e3779b1) | 1;
  }

  /** Of the dimensions looked at. */
  hashOf(vector: ArrayLike<number>): number {
    let sum = 0;
    for (let dimension = 0; dimension < vector.length; dimension++) {
      sum = (sum + Math.imul(this.weights[dimension], vector[dimension] | 0)) | 0;
    }
    return sum;
  }

  hashOfChange(op: number): number {
    let hash = this.hashes.get(op);
    if (hash === undefined) {
      const { dimensions, deltas } = this.quantities.operations[op] as Change;
      hash = 0;
      for (let at = 0; at < dimensions.length; at++) {
        hash = (hash + Math.imul(this.weights[dimensions[at]], deltas[at] | 0)) | 0;
      }
      this.hashes.set(op, hash);
    }
    return hash;
  }

  /** Makes sure that these are in the table. Others may stay in it, as long as they are not too many. */
  hold(ops: readonly number[]): void {
    if (this.members.length > 2 * ops.length + 64) {
      this.members = [];
      this.known = new Set();
      this.slots.fill(EMPTY);
      this.filter.fill(0);
      this.entries = 0;
    }
    for (const op of ops) if (!this.known.has(op)) this.admit(op);
  }

  /** Calls `visit` with every entry of a hash; `second` is NONE for a change alone. */
  find(hash: number, visit: (first: number, second: number) => void): void {
    const mixed = spread(hash);
    const bit = mixed >>> (32 - FILTER_BITS);
    if ((this.filter[bit >> 5] & (1 << (bit & 31))) === 0) return;
    const mask = this.slots.length - 1;
    for (let slot = mixed & mask; this.slots[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const entry = this.slots[slot];
      if (this.sums[entry] === hash) visit(this.firsts[entry], this.seconds[entry]);
    }
  }

  /** Number of entries. */
  get size(): number {
    return this.entries;
  }

  forEachPair(visit: (first: number, second: number, sum: number) => void): void {
    for (let entry = 0; entry < this.entries; entry++) {
      if (this.seconds[entry] !== NONE) visit(this.firsts[entry], this.seconds[entry], this.sums[entry]);
    }
  }

  private admit(op: number): void {
    const hash = this.hashOfChange(op);
    this.insert(hash, op, NONE);
    if (this.members.length < MOST_PAIRED) {
      for (const other of this.members) this.insert((hash + this.hashOfChange(other)) | 0, other, op);
    }
    this.members.push(op);
    this.known.add(op);
  }

  private insert(hash: number, first: number, second: number): void {
    if (this.entries === this.sums.length) this.grow();
    const entry = this.entries++;
    this.sums[entry] = hash;
    this.firsts[entry] = first;
    this.seconds[entry] = second;
    const bit = spread(hash) >>> (32 - FILTER_BITS);
    this.filter[bit >> 5] |= 1 << (bit & 31);
    this.place(entry);
  }

  private place(entry: number): void {
    const mask = this.slots.length - 1;
    let slot = spread(this.sums[entry]) & mask;
    while (this.slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.slots[slot] = entry;
  }

  private grow(): void {
    this.sums = enlarged(this.sums);
    this.firsts = enlarged(this.firsts);
    this.seconds = enlarged(this.seconds);
    this.slots = new Int32Array(2 * this.sums.length).fill(EMPTY);
    for (let entry = 0; entry < this.entries; entry++) this.place(entry);
  }
}

function enlarged(array: Int32Array): Int32Array {
  const larger = new Int32Array(4 * array.length);
  larger.set(array);
  return larger;
}

function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
