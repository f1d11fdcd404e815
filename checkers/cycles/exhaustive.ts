import type { Json } from '../../harness/history/operation.js';
import type { Before, SmallTransaction } from './brute-force.js';

/** More states than this are not tried. */
const MOST_STATES = 3_000_000;

/** What trying everything came to. */
export interface Exhausted {
  /** Whether some execution explains every read. */
  readonly possible: boolean;
  /** Distinct states that executions led to. */
  readonly states: number;
}

/**
 * Whether registers have a serial or a snapshot isolated execution, by trying all of them. Two executions that did the same
 * transactions and left the same values go on alike, so each such state is entered once; that reaches far beyond the
 * permutations of `brute-force.ts`, and shares nothing with the solver that it checks but the question.
 *
 * Snapshot isolation as it was defined (Berenson et al., SIGMOD 1995): a transaction reads what was committed when it
 * began, and may not commit when somebody who committed since wrote a register that it writes. `before`: its second
 * transaction begins after the first has committed.
 *
 * @throws RangeError past 31 transactions or {@link MOST_STATES} states
 */
export function exhaust(
  transactions: readonly SmallTransaction[],
  isolation: 'serializable' | 'snapshot-isolation',
  before: Before,
): Exhausted {
  if (transactions.length > 31)
    throw new RangeError(`${String(transactions.length)} transactions are too many to try all orders`);
  return new Exhaustion(transactions, isolation, before).run();
}

/** A transaction as seen from outside. */
interface Effect {
  readonly transaction: SmallTransaction;
  /** What it must find when it begins; undefined where its own reads contradict each other. */
  readonly finds: ReadonlyMap<number, Json> | undefined;
  readonly leaves: ReadonlyMap<number, Json>;
  /** Those that must have committed before it begins. */
  readonly after: number;
}

class Exhaustion {
  private readonly effects: readonly Effect[];
  private readonly keys: readonly number[];
  /** Bits of the transactions that are known to have committed. */
  private readonly certain: number;
  private readonly entered = new Set<string>();

  constructor(
    transactions: readonly SmallTransaction[],
    private readonly isolation: 'serializable' | 'snapshot-isolation',
    before: Before,
  ) {
    this.keys = [...new Set(transactions.flatMap(({ mops }) => mops.map(([, key]) => key)))];
    this.certain = bits(transactions, ({ certain }) => certain);
    this.effects = transactions.map((transaction) => ({
      transaction,
      ...effectOf(transaction),
      after: bits(transactions, (other) => other !== transaction && other.certain && before(other, transaction)),
    }));
  }

  run(): Exhausted {
    const values = new Map<number, Json>(this.keys.map((key) => [key, null]));
    return { possible: this.from(0, 0, values), states: this.entered.size };
  }

  /** Whether the rest can follow, given who has begun, who has committed, and what the registers hold. */
  private from(begun: number, committed: number, values: ReadonlyMap<number, Json>): boolean {
    if ((committed & this.certain) === this.certain) return true;
    const state = `${String(begun)} ${String(committed)} ${JSON.stringify([...values.values()])}`;
    if (this.entered.has(state)) return false;
    if (this.entered.size >= MOST_STATES) throw new RangeError('too many states to try all orders');
    this.entered.add(state);
    return this.effects.some((effect, at) => {
      const bit = 1 << at;
      if (committed & bit) return false;
      if (begun & bit) return this.commit(effect, bit, begun, committed, values);
      return this.begin(effect, bit, begun, committed, values);
    });
  }

  private begin(
    { finds, leaves, after }: Effect,
    bit: number,
    begun: number,
    committed: number,
    values: ReadonlyMap<number, Json>,
  ): boolean {
    if (finds === undefined || (committed & after) !== after) return false;
    if ([...finds].some(([key, value]) => values.get(key) !== value)) return false;
    // Who writes nothing, or needs to find nothing, loses nothing by committing as it begins.
    const atOnce = this.isolation === 'serializable' || leaves.size === 0 || finds.size === 0;
    if (!atOnce) return this.from(begun | bit, committed, values);
    return this.commit({ leaves }, bit, begun | bit, committed, values);
  }

  private commit(
    { leaves }: Pick<Effect, 'leaves'>,
    bit: number,
    begun: number,
    committed: number,
    values: ReadonlyMap<number, Json>,
  ): boolean {
    const open = begun & ~committed & ~bit;
    const conflict = this.effects.some(
      (other, at) => open & (1 << at) && [...other.leaves.keys()].some((key) => leaves.has(key)),
    );
    return !conflict && this.from(begun, committed | bit, new Map([...values, ...leaves]));
  }
}

function effectOf({ mops, certain }: SmallTransaction): Pick<Effect, 'finds' | 'leaves'> {
  const finds = new Map<number, Json>();
  const leaves = new Map<number, Json>();
  let sound = true;
  for (const [f, key, value] of mops) {
    if (f !== 'r') leaves.set(key, value);
    else if (certain) {
      const known = leaves.has(key) ? leaves.get(key) : finds.get(key);
      if (known !== undefined && known !== value) sound = false;
      if (known === undefined) finds.set(key, value);
    }
  }
  return { finds: sound ? finds : undefined, leaves };
}

function bits(transactions: readonly SmallTransaction[], wanted: (transaction: SmallTransaction) => boolean): number {
  return transactions.reduce((sum, transaction, at) => (wanted(transaction) ? sum | (1 << at) : sum), 0);
}
