import type { Json } from '../../harness/history/operation.js';
import { text } from '../models/values.js';

const PAGE_BITS = 1 << 15;
/** Beyond this many pages or other ids, what is remembered longest is forgotten. */
const MOST_PAGES = 1 << 12;
const MOST_OTHERS = 1 << 18;

/** Ids seen: whole numbers cost a bit each where they are dense, so that a long run's counting ids stay small. */
export class IdSet {
  private readonly pages = new Map<number, Uint32Array>();
  private readonly others = new Set<string>();
  /** Whether something was forgotten: then that an id is absent proves nothing. */
  hasForgotten = false;

  has(id: Json): boolean {
    if (!isIndex(id)) return this.others.has(text(id));
    const page = this.pages.get(Math.floor(id / PAGE_BITS));
    const bit = id % PAGE_BITS;
    return page !== undefined && (page[bit >> 5] & (1 << (bit & 31))) !== 0;
  }

  add(id: Json): void {
    if (!isIndex(id)) {
      this.others.add(text(id));
      if (this.others.size > MOST_OTHERS) this.forget(this.others);
      return;
    }
    const number = Math.floor(id / PAGE_BITS);
    let page = this.pages.get(number);
    if (page === undefined) {
      this.pages.set(number, (page = new Uint32Array(PAGE_BITS / 32)));
      if (this.pages.size > MOST_PAGES) this.forget(this.pages);
    }
    const bit = id % PAGE_BITS;
    page[bit >> 5] |= 1 << (bit & 31);
  }

  delete(id: Json): void {
    if (!isIndex(id)) {
      this.others.delete(text(id));
      return;
    }
    const page = this.pages.get(Math.floor(id / PAGE_BITS));
    const bit = id % PAGE_BITS;
    if (page !== undefined) page[bit >> 5] &= ~(1 << (bit & 31));
  }

  private forget(oldestFirst: { keys(): IterableIterator<unknown>; delete(key: never): boolean }): void {
    for (const oldest of oldestFirst.keys()) {
      oldestFirst.delete(oldest as never);
      break;
    }
    this.hasForgotten = true;
  }
}

function isIndex(id: Json): id is number {
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;
}
