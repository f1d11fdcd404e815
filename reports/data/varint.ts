/** Appends non-negative integers up to 2^53, seven bits a byte, least significant first. Grows as needed. */
export class VarintWriter {
  private bytes = new Uint8Array(1 << 16);
  private size = 0;

  /** A non-negative integer. */
  write(value: number): void {
    if (this.size + 8 > this.bytes.length) this.grow(8);
    let rest = value;
    // Division, not shifts: times exceed 32 bits.
    while (rest >= 128) {
      const high = Math.floor(rest / 128);
      this.bytes[this.size++] = 128 | (rest - high * 128);
      rest = high;
    }
    this.bytes[this.size++] = rest;
  }

  /** An integer of either sign. */
  writeSigned(value: number): void {
    this.write(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.size + bytes.length > this.bytes.length) this.grow(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.size + needed));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what {@link VarintWriter} wrote. */
export class VarintReader {
  constructor(
    private readonly bytes: Uint8Array,
    private offset = 0,
  ) {}

  get position(): number {
    return this.offset;
  }

  read(): number {
    let result = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.offset++];
      if (byte === undefined) throw new RangeError('The data embedded in this report end too early.');
      if (byte < 128) return result + byte * scale;
      result += (byte - 128) * scale;
      scale *= 128;
    }
  }

  readSigned(): number {
    const value = this.read();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
