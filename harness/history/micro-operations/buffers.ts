/** A growable Int32Array: columns whose length is known only at the end. */
export class Int32Buffer {
  data: Int32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.data = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(1);
    this.data[this.length++] = value;
  }

  /** Makes room for `extra` more entries. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.data.length) return;
    const grown = new Int32Array(Math.max(needed, this.data.length + (this.data.length >> 1) + 16));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  /** The entries so far; a view, not a copy. */
  view(): Int32Array {
    return this.data.subarray(0, this.length);
  }
}

/** A growable Uint8Array. */
export class Uint8Buffer {
  data: Uint8Array;
  length = 0;

  constructor(capacity = 1024) {
    this.data = new Uint8Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Uint8Array(this.data.length + (this.data.length >> 1) + 16);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  view(): Uint8Array {
    return this.data.subarray(0, this.length);
  }
}
