import { Int32Buffer } from './buffers.js';

/**
 * The distinct list values read of every key, sharing prefixes: reads of one key that agree form one *branch* and are
 * stored once, as the longest of them; a read is then a branch and a length. A read that contradicts the key's main
 * branch gets a branch of its own.
 */
export class Lists {
  private readonly pool = new Int32Buffer(4096);
  private readonly offsets = new Int32Buffer();
  private readonly lengths = new Int32Buffer();
  private readonly capacities = new Int32Buffer();
  private readonly keys = new Int32Buffer();
  /** By key: the branch that its first read began, or absent. */
  private readonly mains = new Int32Buffer();
  private readonly deviants = new Map<string, number>();
  private readonly deviantsByKey = new Map<number, number[]>();

  /** The key's main branch, begun empty if need be. */
  main(key: number): number {
    while (this.mains.length <= key) this.mains.push(-1);
    if (this.mains.data[key] < 0) this.mains.data[key] = this.begin(key, 8);
    return this.mains.data[key];
  }

  /** The key's main branch, or -1 when the key was never read. */
  mainIfAny(key: number): number {
    return key < this.mains.length ? this.mains.data[key] : -1;
  }

  length(branch: number): number {
    return this.lengths.data[branch];
  }

  /** Whether element `index` of a branch is this value. */
  has(branch: number, index: number, value: number): boolean {
    return this.pool.data[this.offsets.data[branch] + index] === value;
  }

  /** The elements of a branch; a view that the next extension invalidates. */
  elements(branch: number): Int32Array {
    const offset = this.offsets.data[branch];
    return this.pool.data.subarray(offset, offset + this.lengths.data[branch]);
  }

  /** Adds an element at a branch's end. */
  extend(branch: number, value: number): void {
    const length = this.lengths.data[branch];
    if (length === this.capacities.data[branch]) this.relocate(branch, length);
    this.pool.data[this.offsets.data[branch] + length] = value;
    this.lengths.data[branch] = length + 1;
  }

  /** The branch of a read that contradicts the main one. */
  deviant(key: number, elements: readonly number[]): number {
    const text = `${String(key)}:${elements.join()}`;
    const known = this.deviants.get(text);
    if (known !== undefined) return known;
    const branch = this.begin(key, elements.length);
    for (const element of elements) this.extend(branch, element);
    this.deviants.set(text, branch);
    const siblings = this.deviantsByKey.get(key);
    if (siblings) siblings.push(branch);
    else this.deviantsByKey.set(key, [branch]);
    return branch;
  }

  deviantsOf(key: number): readonly number[] {
    return this.deviantsByKey.get(key) ?? [];
  }

  private begin(key: number, capacity: number): number {
    this.offsets.push(this.pool.length);
    this.lengths.push(0);
    this.capacities.push(capacity);
    this.pool.reserve(capacity);
    this.pool.length += capacity;
    return (this.keys.push(key), this.keys.length - 1);
  }

  private relocate(branch: number, length: number): void {
    const offset = this.offsets.data[branch];
    const atEnd = offset + length === this.pool.length;
    const capacity = Math.max(8, length * 2);
    this.pool.reserve(capacity);
    if (!atEnd) {
      this.pool.data.copyWithin(this.pool.length, offset, offset + length);
      this.offsets.data[branch] = this.pool.length;
      this.pool.length += capacity;
    } else {
      this.pool.length += capacity - length;
    }
    this.capacities.data[branch] = capacity;
  }
}
