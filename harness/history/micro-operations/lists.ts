import { Int32Buffer } from './buffers.js';

/**
 * The distinct list values read of every key, sharing prefixes: reads of one key that agree form one *branch* and are
 * stored once, as the longest of them; a read is then a branch and a length. A read that contradicts the key's main
 * branch gets a branch of its own.
 */
export class Lists {
  private readonly elementsOfAll = new Int32Buffer(4096);
  private readonly offsets = new Int32Buffer();
  private readonly lengths = new Int32Buffer();
  private readonly capacities = new Int32Buffer();
  /** By key: the branch that its first read began, or absent. */
  private readonly mains = new Int32Buffer();
  private readonly deviants = new Map<string, number>();
  private readonly deviantsByKey = new Map<number, number[]>();

  /** The key's main branch, begun empty if need be. */
  main(key: number): number {
    while (this.mains.length <= key) this.mains.push(-1);
    if (this.mains.data[key] < 0) this.mains.data[key] = this.begin(8);
    return this.mains.data[key];
  }

  /** The key's main branch, or -1 when the key was never read. */
  mainIfAny(key: number): number {
    return key < this.mains.length ? this.mains.data[key] : -1;
  }

  /** The elements of all branches; the next extension may put another array in its place. */
  get pool(): Int32Array {
    return this.elementsOfAll.data;
  }

  /** Where a branch begins in {@link pool}. */
  offset(branch: number): number {
    return this.offsets.data[branch];
  }

  length(branch: number): number {
    return this.lengths.data[branch];
  }

  /** Whether element `index` of a branch is this value. */
  has(branch: number, index: number, value: number): boolean {
    return this.elementsOfAll.data[this.offsets.data[branch] + index] === value;
  }

  /** The elements of a branch; a view that the next extension invalidates. */
  elements(branch: number): Int32Array {
    const offset = this.offsets.data[branch];
    return this.elementsOfAll.data.subarray(offset, offset + this.lengths.data[branch]);
  }

  /** Adds an element at a branch's end. */
  extend(branch: number, value: number): void {
    const length = this.lengths.data[branch];
    if (length === this.capacities.data[branch]) this.relocate(branch, length);
    this.elementsOfAll.data[this.offsets.data[branch] + length] = value;
    this.lengths.data[branch] = length + 1;
  }

  /** Makes a branch as short as it was, right after it was extended. */
  truncate(branch: number, length: number): void {
    this.lengths.data[branch] = length;
  }

  /** The branch of a read that contradicts the main one. */
  deviant(key: number, elements: readonly number[]): number {
    const text = `${String(key)}:${elements.join()}`;
    const known = this.deviants.get(text);
    if (known !== undefined) return known;
    const branch = this.begin(elements.length);
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

  private begin(capacity: number): number {
    this.offsets.push(this.elementsOfAll.length);
    this.lengths.push(0);
    this.capacities.push(capacity);
    this.elementsOfAll.reserve(capacity);
    this.elementsOfAll.length += capacity;
    return this.offsets.length - 1;
  }

  private relocate(branch: number, length: number): void {
    const offset = this.offsets.data[branch];
    const atEnd = offset + length === this.elementsOfAll.length;
    const capacity = Math.max(8, length * 2);
    this.elementsOfAll.reserve(capacity);
    if (!atEnd) {
      this.elementsOfAll.data.copyWithin(this.elementsOfAll.length, offset, offset + length);
      this.offsets.data[branch] = this.elementsOfAll.length;
      this.elementsOfAll.length += capacity;
    } else {
      this.elementsOfAll.length += capacity - length;
    }
    this.capacities.data[branch] = capacity;
  }
}
