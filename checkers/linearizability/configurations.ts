/** Fewer than that are compared one by one: the usual case, and cheaper than a table. */
const FEW = 8;

/**
 * A set of equally long integer vectors in one growing array, with open addressing. Two vectors are the same when
 * their first `identity` words are. `clear` costs as much as the set is large, so that one set serves every event of a
 * sweep.
 */
export class VectorSet {
  /** Vector `i` is `data[i × width .. (i + 1) × width)`. */
  data: Int32Array;
  size = 0;
  /** Where each vector stands in the table, so that vectors may be changed in place once nothing is added any more. */
  private slots: Int32Array;
  private table: Int32Array;
  private mask: number;

  constructor(
    readonly width: number,
    private readonly identity = width,
    capacity = 64,
  ) {
    this.data = new Int32Array(capacity * width);
    this.slots = new Int32Array(capacity);
    this.table = new Int32Array(capacity * 4).fill(-1);
    this.mask = capacity * 4 - 1;
  }

  clear(): void {
    if (this.size >= FEW) {
      if (this.size * 8 > this.table.length) this.table.fill(-1);
      else for (let index = 0; index < this.size; index++) this.table[this.slots[index]] = -1;
    }
    this.size = 0;
  }

  /** Adds `vector`; answers its index if it is new, and −1 − index otherwise. */
  add(vector: Int32Array): number {
    return this.size < FEW ? this.addToFew(vector) : this.addToTable(vector);
  }

  private addToFew(vector: Int32Array): number {
    const { width, size } = this;
    for (let index = 0; index < size; index++) if (this.isAt(vector, index)) return -1 - index;
    const { data } = this;
    for (let word = 0, at = size * width; word < width; word++, at++) data[at] = vector[word];
    this.size++;
    if (this.size === FEW) for (let index = 0; index < FEW; index++) this.enter(index);
    return size;
  }

  private addToTable(vector: Int32Array): number {
    const { width, identity, table, mask } = this;
    let slot = hash(vector, 0, identity) & mask;
    for (let index = table[slot]; index !== -1; index = table[slot]) {
      if (this.isAt(vector, index)) return -1 - index;
      slot = (slot + 1) & mask;
    }
    const index = this.size++;
    table[slot] = index;
    this.slots[index] = slot;
    const { data } = this;
    for (let word = 0, at = index * width; word < width; word++, at++) data[at] = vector[word];
    if (this.size * width >= data.length) this.grow();
    return index;
  }

  private isAt(vector: Int32Array, index: number): boolean {
    const { data, width, identity } = this;
    for (let word = 0, at = index * width; word < identity; word++, at++) if (data[at] !== vector[word]) return false;
    return true;
  }

  private enter(index: number): void {
    const { table, mask } = this;
    let slot = hash(this.data, index * this.width, this.identity) & mask;
    while (table[slot] !== -1) slot = (slot + 1) & mask;
    table[slot] = index;
    this.slots[index] = slot;
  }

  private grow(): void {
    const larger = new Int32Array(this.data.length * 2);
    larger.set(this.data);
    this.data = larger;
    this.slots = new Int32Array(this.slots.length * 2);
    this.table = new Int32Array(this.table.length * 2).fill(-1);
    this.mask = this.table.length - 1;
    for (let index = 0; index < this.size; index++) this.enter(index);
  }
}

function hash(data: Int32Array, start: number, width: number): number {
  let h = 0x9e3779b9;
  for (let at = start; at < start + width; at++) {
    h = Math.imul(h ^ data[at], 0x85ebca6b);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 13);
}
