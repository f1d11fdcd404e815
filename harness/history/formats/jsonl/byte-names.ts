import type { Names } from '../../columns.js';

const FIRST_SLOTS = 256;
const FIRST_TEXT_BYTES = 4096;
const RECENT = 256;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Strings by number, in the order of their first appearance, looked up by their UTF-8 bytes where they stand, so that
 * the name of an operation or a key is decoded once and not once a line. Open addressing, linear probing.
 */
export class ByteNames implements Names {
  /** Number of names. */
  size = 0;
  private slots = new Int32Array(FIRST_SLOTS).fill(-1);
  private hashes = new Int32Array(FIRST_SLOTS / 2);
  private starts = new Int32Array(FIRST_SLOTS / 2 + 1);
  private text = new Uint8Array(FIRST_TEXT_BYTES);
  private readonly decoded: string[] = [];
  /** The name last seen with a length and a first and last letter: most lines repeat one of a few names. */
  private readonly recent = new Int32Array(RECENT).fill(-1);

  /** The id of the string at `bytes[start..end)`. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    const place = ((end - start) * 31 + bytes[start] * 7 + bytes[end - 1]) & (RECENT - 1);
    const recent = this.recent[place];
    if (recent !== -1 && this.equals(recent, bytes, start, end)) return recent;
    return (this.recent[place] = this.find(bytes, start, end));
  }

  private find(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5 | 0;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.slots[slot];
      if (id === -1) return this.add(bytes, start, end, hash, slot);
      if (this.hashes[id] === hash && this.equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
  }

  intern(name: string): number {
    const bytes = encoder.encode(name);
    return this.internBytes(bytes, 0, bytes.length);
  }

  /** All names; decodes those that are new. */
  get names(): readonly string[] {
    for (let id = this.decoded.length; id < this.size; id++) {
      this.decoded.push(decoder.decode(this.text.subarray(this.starts[id], this.starts[id + 1])));
    }
    return this.decoded;
  }

  private equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[id];
    if (this.starts[id + 1] - from !== end - start) return false;
    for (let at = start; at < end; at++) if (this.text[from + at - start] !== bytes[at]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.size++;
    const from = this.starts[id];
    const to = from + end - start;
    if (to > this.text.length) this.text = copyInto(new Uint8Array(Math.max(to, this.text.length * 2)), this.text);
    this.text.set(bytes.subarray(start, end), from);
    this.starts[id + 1] = to;
    this.hashes[id] = hash;
    this.slots[slot] = id;
    if (this.size === this.hashes.length) this.grow();
    return id;
  }

  private grow(): void {
    const capacity = this.hashes.length * 2;
    this.hashes = copyInto(new Int32Array(capacity), this.hashes);
    this.starts = copyInto(new Int32Array(capacity + 1), this.starts);
    this.slots = new Int32Array(capacity * 2).fill(-1);
    const mask = this.slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = (this.hashes[id] ^ (this.hashes[id] >>> 15)) & mask;
      while (this.slots[slot] !== -1) slot = (slot + 1) & mask;
      this.slots[slot] = id;
    }
  }
}

function copyInto<T extends Uint8Array | Int32Array>(into: T, from: T): T {
  into.set(from);
  return into;
}
