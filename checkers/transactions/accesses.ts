import { NONE } from '../../harness/history/history.js';
import { EXTERNAL, INTERMEDIATE, REWRITTEN, WRITE } from './transactions.js';

/** Marks micro-operations by what the same transaction did to the same key before and after them. */
export class Accesses {
  /** By key: 1 + the transaction that touched it last, and there its first read and last write (micro-operations). */
  private touched: Int32Array;
  private firstRead: Int32Array;
  private lastWrite: Int32Array;

  constructor(keys = 1024) {
    this.touched = new Int32Array(keys);
    this.firstRead = new Int32Array(keys);
    this.lastWrite = new Int32Array(keys);
  }

  /** Notes the write `mop`, the next of its transaction, in `flags`. */
  write(flags: Uint8Array, mop: number, transaction: number, key: number): void {
    const stamp = transaction + 1;
    if (key >= this.touched.length) this.grow(key);
    if (this.touched[key] !== stamp) {
      this.touched[key] = stamp;
      this.firstRead[key] = NONE;
    } else {
      if (this.lastWrite[key] >= 0) flags[this.lastWrite[key]] |= INTERMEDIATE;
      if (this.firstRead[key] >= 0) flags[this.firstRead[key]] |= REWRITTEN;
    }
    this.lastWrite[key] = mop;
    flags[mop] = WRITE;
  }

  /** Notes the read `mop`, the next of its transaction, in `flags`. */
  read(flags: Uint8Array, mop: number, transaction: number, key: number): void {
    const stamp = transaction + 1;
    if (key >= this.touched.length) this.grow(key);
    flags[mop] = 0;
    if (this.touched[key] !== stamp) {
      this.touched[key] = stamp;
      this.firstRead[key] = mop;
      this.lastWrite[key] = NONE;
      flags[mop] = EXTERNAL;
    }
  }

  private grow(key: number): void {
    const grow = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(Math.max(key + 1, old.length * 2));
      grown.set(old);
      return grown;
    };
    this.touched = grow(this.touched);
    this.firstRead = grow(this.firstRead);
    this.lastWrite = grow(this.lastWrite);
  }
}
