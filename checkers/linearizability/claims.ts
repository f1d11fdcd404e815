/** Counters in shared memory. */
const TAKEN = 0;
const FROM_SMALL = 1;
const FROM_LARGE = 2;
const CANCELLED = 3;
const COUNTERS = 4;

/**
 * How threads divide objects that are sorted by size: whoever began takes the smallest that is left, so that the cheap
 * ones are decided whatever the others cost; helpers take the largest, so that nobody is left with a long one at the end.
 */
export class Claims {
  constructor(
    private readonly count: number,
    /** To be handed to other threads. */
    readonly counters: Int32Array = new Int32Array(new SharedArrayBuffer(4 * COUNTERS)),
  ) {}

  /** The smallest object nobody has taken, by its place in the order of sizes. */
  takeSmallest(): number | undefined {
    // Each who gets past this line has a place to take: low and high ones together are no more than there are.
    if (Atomics.add(this.counters, TAKEN, 1) >= this.count) return undefined;
    return Atomics.add(this.counters, FROM_SMALL, 1);
  }

  takeLargest(): number | undefined {
    if (Atomics.add(this.counters, TAKEN, 1) >= this.count) return undefined;
    return this.count - 1 - Atomics.add(this.counters, FROM_LARGE, 1);
  }

  /** How many are left to take. */
  get left(): number {
    return Math.max(0, this.count - Atomics.load(this.counters, TAKEN));
  }

  /** Nobody takes any more. */
  close(): void {
    Atomics.store(this.counters, TAKEN, this.count);
  }

  get aborted(): boolean {
    return Atomics.load(this.counters, CANCELLED) === 1;
  }

  cancel(): void {
    Atomics.store(this.counters, CANCELLED, 1);
  }
}
