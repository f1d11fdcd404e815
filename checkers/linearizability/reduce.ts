import { OutOfBudget, type Deadline } from './budget.js';
import { NEVER } from './partition.js';
import { CAS, WRITE, type RegisterOperations } from './registers.js';
import { restrict } from './restrict.js';
import { Suppliers } from './suppliers.js';

/** First window, in operations before the violation. */
const FIRST_WINDOW = 48;
/** Operations before the violation that are looked at one by one. */
const SUSPECTS = 600;

type Judge = (candidate: RegisterOperations) => boolean;

export interface Reduced {
  readonly operations: RegisterOperations;
  /** False where the time did not last to find out whether fewer would do. */
  readonly isMinimal: boolean;
}

/**
 * A smallest sub-history that is illegal by itself and proves the whole one illegal. Operations are only left out
 * where every legal order of the larger history would give one of the smaller:
 *
 * - what was invoked after `end`, and reads; an update that is still open at `end` counts as unknown;
 * - updates from which nobody that is kept can have got his value: because nobody kept expects the value they write, or
 *   because another update was invoked after they returned and returned before he was invoked. (Take a legal order and
 *   delete them: nobody who is left read from them, so his value still comes from the same place.)
 *
 * Of the latter, the last writer of a value that somebody kept expects stays all the same: a read alone, without the
 * write it read from, would be illegal too, and would explain nothing.
 *
 * So a candidate is given by the operations *wanted* in it; who may have supplied them comes along. What is wanted is
 * made ever less: first nothing but the operation that returns at `end` and plain writes just before it, which need
 * nobody themselves; then a growing window, first without cas, whose suppliers have suppliers in turn; then ever smaller
 * chunks are left out, down to single operations (Zeller's ddmin with complements only).
 *
 * @param seeds operations to start from instead of a window, when an engine knows the culprits
 * @param isIllegal judges a candidate again, from scratch
 * @param left told how many operations are left, each time that they became fewer
 */
export function reduce(
  whole: RegisterOperations,
  end: number,
  seeds: ((op: number) => boolean) | undefined,
  isIllegal: Judge,
  deadline: Deadline,
  left: (operations: number) => void = () => undefined,
): Reduced {
  let current = startingPoint(whole, end, seeds, isIllegal);
  let fewest = current;
  const isStillIllegal = (candidate: RegisterOperations) => {
    if (!isIllegal(candidate)) return false;
    if (candidate.count < fewest.count) left((fewest = candidate).count);
    return true;
  };
  try {
    current = withFewerWanted(current, isStillIllegal, deadline);
    for (let before = Number.POSITIVE_INFINITY; current.count < before;) {
      before = current.count;
      for (let op = current.count - 1; op >= 0; op--) {
        deadline.check();
        op = Math.min(op, current.count - 1);
        const candidate = without(current, op);
        if (candidate.count < current.count && isStillIllegal(candidate)) current = candidate;
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { operations: fewest, isMinimal: false };
  }
  return { operations: current, isMinimal: true };
}

/** All but one operation, and it again where somebody that is left may have got his value from it. */
export function without(operations: RegisterOperations, op: number): RegisterOperations {
  const kept = new Uint8Array(operations.count).fill(1);
  kept[op] = 0;
  return candidateOf(operations, new Suppliers(operations), kept, operations.events.length);
}

/** Leaves out chunks of what is wanted; suppliers of nobody go with them. */
function withFewerWanted(start: RegisterOperations, isIllegal: Judge, deadline: Deadline): RegisterOperations {
  let current = start;
  let wanted = new Uint8Array(current.count).fill(1);
  for (let chunk = Math.ceil(current.count / 2); chunk >= 1; chunk >>= 1) {
    let suppliers = new Suppliers(current);
    for (let from = 0; from < current.count;) {
      deadline.check();
      const fewer = wanted.slice().fill(0, from, from + chunk);
      const isSame = wanted.every((want, op) => want === fewer[op]);
      if (isSame) {
        from += chunk;
        continue;
      }
      const kept = fewer.slice();
      suppliers.close(kept);
      const isWhole = !kept.includes(0);
      const candidate = isWhole ? current : restrict(current, kept, current.events.length);
      if (!isWhole && !isIllegal(candidate)) {
        from += chunk;
        continue;
      }
      wanted = fewer;
      if (isWhole) {
        from += chunk;
        continue;
      }
      // Numbers move up by what was left out before them.
      from = kept.subarray(0, Math.min(current.count, from + chunk)).reduce((sum, keep) => sum + keep, 0);
      wanted = wanted.filter((_, op) => kept[op] === 1);
      current = candidate;
      suppliers = new Suppliers(current);
    }
  }
  return current;
}

function startingPoint(
  whole: RegisterOperations,
  end: number,
  seeds: ((op: number) => boolean) | undefined,
  isIllegal: Judge,
): RegisterOperations {
  const suppliers = new Suppliers(whole);
  for (const wanted of wantedFirst(whole, suppliers, end, seeds)) {
    const candidate = candidateOf(whole, suppliers, wanted, end);
    if (isIllegal(candidate)) return candidate;
  }
  const last = invokedBy(whole, end);
  return restrict(whole, new Uint8Array(whole.count).fill(1, 0, last), end);
}

/** What may do, likeliest and smallest first. */
function* wantedFirst(
  whole: RegisterOperations,
  suppliers: Suppliers,
  end: number,
  seeds: ((op: number) => boolean) | undefined,
): Generator<Uint8Array> {
  const last = invokedBy(whole, end);
  if (seeds !== undefined) {
    const wanted = new Uint8Array(whole.count);
    for (let op = 0; op < last; op++) if (seeds(op)) wanted[op] = 1;
    yield wanted;
  }
  const code = whole.events[end];
  const culprits = [...(code !== undefined && code < 0 ? [~code] : []), ...unsupplied(whole, suppliers, last, end)];
  for (const culprit of new Set(culprits)) {
    const wanted = new Uint8Array(whole.count);
    wanted[culprit] = 1;
    const overwriting = plainWriteBefore(whole, culprit);
    if (overwriting !== -1) wanted[overwriting] = 1;
    yield wanted;
  }
  for (let size = FIRST_WINDOW; size < 4 * last; size *= 4) {
    const first = Math.max(0, last - size);
    for (const withCas of [false, true]) {
      const wanted = new Uint8Array(whole.count);
      for (let op = first; op < last; op++) {
        if (withCas || whole.kinds[op] !== CAS || culprits.includes(op)) wanted[op] = 1;
      }
      yield wanted;
    }
  }
}

/** Number of operations invoked by an event. */
function invokedBy({ count, calls }: RegisterOperations, end: number): number {
  let last = count;
  while (last > 0 && calls[last - 1] > end) last--;
  return last;
}

/** The latest operation, among the last few, that can have got its value from nobody. */
function unsupplied(
  { from, returns }: RegisterOperations,
  suppliers: Suppliers,
  last: number,
  end: number,
): readonly number[] {
  for (let op = last - 1; op >= Math.max(0, last - SUSPECTS); op--) {
    if (from[op] >= 0 && returns[op] <= end && !suppliers.hasSource(op)) return [op];
  }
  return [];
}

/** The write invoked last of those that returned before an operation was invoked and left another value, or −1. */
function plainWriteBefore({ kinds, from, to, calls, returns }: RegisterOperations, op: number): number {
  for (let other = op - 1; other >= 0; other--) {
    const isOver = returns[other] !== NEVER && returns[other] < calls[op];
    if (kinds[other] === WRITE && isOver && to[other] !== from[op]) return other;
  }
  return -1;
}

function candidateOf(
  operations: RegisterOperations,
  suppliers: Suppliers,
  wanted: Uint8Array,
  end: number,
): RegisterOperations {
  const kept = wanted.slice();
  suppliers.close(kept);
  return restrict(operations, kept, end);
}
