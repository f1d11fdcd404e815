import type { Json } from '../../harness/history/operation.js';
import type { Before, Mop, SmallTransaction } from './brute-force.js';

/** Transactions that happened, for definitions that are tried out. */
export class SmallWorld {
  constructor(
    readonly transactions: readonly SmallTransaction[],
    readonly lists: boolean,
    /** By key: what registers began with; null where nothing is said. */
    readonly initial: readonly Json[] = [],
  ) {}
}

/** All orders of commits that keep what comes before what. */
export function orders(world: SmallWorld, before: Before): Placed[] {
  return permutations(world.transactions)
    .filter((line) => !line.some((a, i) => line.slice(0, i).some((b) => before(a, b))))
    .map((line) => new Placed(line, world));
}

/** Transactions in an order of commits, by their places in it; sets of them are bits. */
export class Placed {
  constructor(
    readonly transactions: readonly SmallTransaction[],
    private readonly world: SmallWorld,
  ) {}

  writesSame(a: number, b: number): boolean {
    return writesOf(this.transactions[a]).some((key) => writesOf(this.transactions[b]).includes(key));
  }

  /**
   * Whether the transaction at a place can have read what it read, if its next event sees one of the sets `next` of those
   * before it, given what the last event saw. A read shows the version of the last writer that is seen, and that version
   * holds all that was appended before it. A transaction of unknown outcome read nothing that is known.
   */
  explains(
    at: number,
    next: (earlier: number) => readonly number[],
    itself: 'agrees with itself' | 'may contradict itself',
    writes: 'writes come whenever' | 'writes come after those before' = 'writes come whenever',
  ): boolean {
    const { mops, certain } = this.transactions[at];
    const from = (mop: number, earlier: number): boolean => {
      if (mop === mops.length) return true;
      const [f, key] = mops[mop];
      const isLast = !mops.slice(mop + 1).some(([g, other]) => g !== 'r' && other === key);
      return next(earlier).some((seen) => {
        if (f === 'r') {
          if (certain && !this.shows(at, mop, seen, itself)) return false;
        } else if (writes !== 'writes come whenever' && isLast) {
          for (let i = 0; i < at; i++) if (this.writes(i, key) && !(seen & (1 << i))) return false;
        }
        return from(mop + 1, seen);
      });
    };
    return from(0, 0);
  }

  private shows(
    at: number,
    mop: number,
    seen: number,
    itself: 'agrees with itself' | 'may contradict itself',
  ): boolean {
    const { mops } = this.transactions[at];
    const [, key, value] = mops[mop];
    const own = mops.slice(0, mop).filter(([f, other]) => f !== 'r' && other === key);
    let last = -1;
    for (let i = 0; i < at; i++) if (this.writes(i, key) && seen & (1 << i)) last = i;
    if (!this.world.lists) {
      const found = last < 0 ? (this.world.initial[key] ?? null) : finalWrite(this.transactions[last], key);
      if (own.length === 0) return value === found;
      return itself === 'agrees with itself'
        ? value === own[own.length - 1][2]
        : value === found || own.some((write) => write[2] === value);
    }
    const base = this.version(last, key);
    const read = JSON.stringify(value);
    if (own.length > 0 && !isLastBefore(this, at, last, key)) {
      // Appended to something else than what it was appended to in the end: only what it did not append can be shown.
      return itself === 'may contradict itself' && read === JSON.stringify(base);
    }
    const appended = own.map(([, , element]) => element);
    if (itself === 'agrees with itself') return read === JSON.stringify([...base, ...appended]);
    return Array.from({ length: appended.length + 1 }, (_, count) => [...base, ...appended.slice(0, count)]).some(
      (list) => read === JSON.stringify(list),
    );
  }

  writes(at: number, key: number): boolean {
    return writesOf(this.transactions[at]).includes(key);
  }

  private version(last: number, key: number): Json[] {
    return this.transactions.slice(0, last + 1).flatMap((writer) => elementsOf(writer, key));
  }
}

function isLastBefore(line: Placed, at: number, last: number, key: number): boolean {
  for (let i = last + 1; i < at; i++) if (line.writes(i, key)) return false;
  return true;
}

export function writesOf({ mops }: SmallTransaction): number[] {
  return [...new Set(mops.filter(([f]) => f !== 'r').map(([, key]) => key))];
}

export function elementsOf({ mops }: SmallTransaction, key: number): Json[] {
  return mops.filter(([f, other]) => f !== 'r' && other === key).map(([, , value]) => value);
}

export function finalWrite(transaction: SmallTransaction, key: number): Json {
  return elementsOf(transaction, key).at(-1) ?? null;
}

export function isRead([f]: Mop): boolean {
  return f === 'r';
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
