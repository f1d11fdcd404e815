import { NO_VALUE, WRITE, type RegisterOperations } from './registers.js';

/** How a pass treats unknown updates: as often as one likes, only where nothing else survives, or every way. */
export type Spending = 'free' | 'sparing' | 'every';

/** Unknown updates of one kind: writes of a value, or cas between two values. */
export interface CreditClass {
  readonly id: number;
  /** NO_VALUE for a write. */
  readonly from: number;
  readonly to: number;
  /** Those invoked so far. */
  readonly ops: number[];
  /** How many unknown updates of any class had been invoked before each of `ops`. */
  readonly ranks: number[];
}

export interface CreditsMemory {
  readonly granted: number;
  readonly lengths: readonly number[];
  readonly kept: ReadonlyMap<number, { readonly counts: ReadonlyMap<number, number>; readonly sum: number }>;
}

/** Past this many interned vectors those that no configuration holds are forgotten. */
const COMPACT_ABOVE = 4096;

/**
 * Unknown updates as credits. Since they never return, those of one class differ only in when they were invoked, so a
 * configuration need only know how many it spent of each: 2^c subsets become a vector of counts, interned here.
 */
export class Credits {
  readonly cas: CreditClass[] = [];
  /** Unknown updates invoked so far. */
  granted = 0;
  private readonly classes: CreditClass[] = [];
  private readonly writeOf = new Map<number, CreditClass>();
  private readonly casOf = new Map<string, CreditClass>();
  private vectors: ReadonlyMap<number, number>[] = [new Map()];
  private sums: number[] = [0];
  private ids = new Map<string, number>([['', 0]]);
  private transitions = new Map<number, number>();

  constructor(
    private readonly operations: RegisterOperations,
    readonly spending: Spending,
  ) {}

  /** Number of interned vectors. */
  get size(): number {
    return this.vectors.length;
  }

  get isEmpty(): boolean {
    return this.classes.length === 0;
  }

  /** An unknown update is invoked. Answers its class when it is the first of it. */
  grant(op: number): CreditClass | undefined {
    const { kinds, from, to } = this.operations;
    const isWrite = kinds[op] === WRITE;
    const name = `${from[op]}→${to[op]}`;
    let known = isWrite ? this.writeOf.get(to[op]) : this.casOf.get(name);
    const rank = this.granted++;
    if (known !== undefined) {
      known.ops.push(op);
      known.ranks.push(rank);
      return undefined;
    }
    known = { id: this.classes.length, from: isWrite ? NO_VALUE : from[op], to: to[op], ops: [op], ranks: [rank] };
    this.classes.push(known);
    if (isWrite) this.writeOf.set(to[op], known);
    else {
      this.casOf.set(name, known);
      this.cas.push(known);
    }
    return known;
  }

  /** Unknown writes of a value. */
  write(value: number): CreditClass | undefined {
    return this.writeOf.get(value);
  }

  /** The vector with one more of the class spent, or −1 when none is left of those with a rank below `before`. */
  spend(vector: number, credit: CreditClass, before: number): number {
    const spent = this.spending === 'free' ? 0 : (this.vectors[vector].get(credit.id) ?? 0);
    if (spent >= credit.ops.length || credit.ranks[spent] >= before) return -1;
    if (this.spending === 'free') return vector;
    const transition = vector * 0x10000 + credit.id;
    let after = this.transitions.get(transition);
    if (after === undefined) {
      after = this.intern(new Map(this.vectors[vector]).set(credit.id, spent + 1), this.sums[vector] + 1);
      this.transitions.set(transition, after);
    }
    return after;
  }

  /** The operation whose effect brought the class's count to what it is in `vector`. */
  operation(vector: number, credit: CreditClass): number {
    if (this.spending === 'free') return credit.ops[0];
    return credit.ops[(this.vectors[vector].get(credit.id) ?? 1) - 1];
  }

  /** Whether whoever spent `a` can do all that one who spent `b` can. */
  atMost(a: number, b: number): boolean {
    if (a === b) return true;
    if (this.sums[a] > this.sums[b]) return false;
    // A sparing pass compares by the sum alone: it may drop the better one, and then proves nothing by dying.
    if (this.spending === 'sparing') return true;
    for (const [id, spent] of this.vectors[a]) if (spent > (this.vectors[b].get(id) ?? 0)) return false;
    return true;
  }

  /** Forgets vectors that are not in the word `word` of any of `size` configurations of `width` words. */
  compact(configurations: Int32Array, size: number, width: number, word: number): void {
    if (this.vectors.length < COMPACT_ABOVE || this.vectors.length < size * 8) return;
    const { vectors, sums } = this;
    this.vectors = [];
    this.sums = [];
    this.ids = new Map();
    this.transitions = new Map();
    this.intern(new Map(), 0);
    for (let at = word; at < size * width; at += width) {
      configurations[at] = this.intern(vectors[configurations[at]], sums[configurations[at]]);
    }
  }

  /** What {@link restore} needs to come back to this moment, for these vectors. */
  save(vectors: Iterable<number>): CreditsMemory {
    const kept = new Map<number, { readonly counts: ReadonlyMap<number, number>; readonly sum: number }>();
    for (const vector of vectors) kept.set(vector, { counts: this.vectors[vector], sum: this.sums[vector] });
    return { granted: this.granted, lengths: this.classes.map(({ ops }) => ops.length), kept };
  }

  /** Answers the new number of each saved vector. */
  restore({ granted, lengths, kept }: CreditsMemory): ReadonlyMap<number, number> {
    this.granted = granted;
    this.classes.forEach(({ ops, ranks }, id) => {
      ops.length = ranks.length = lengths[id] ?? 0;
    });
    return new Map([...kept].map(([vector, { counts, sum }]) => [vector, this.intern(counts, sum)]));
  }

  private intern(counts: ReadonlyMap<number, number>, sum: number): number {
    const text = [...counts].sort(([a], [b]) => a - b).join(';');
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.vectors.length;
      this.ids.set(text, id);
      this.vectors.push(counts);
      this.sums.push(sum);
    }
    return id;
  }
}
