import type { Deadline } from './budget.js';
import { OutOfBudget } from './budget.js';
import { NEVER } from './partition.js';
import { INITIAL, READ, type RegisterOperations } from './registers.js';

/** First window, in operations before the violation. */
const FIRST_WINDOW = 48;
/** Operations before the violation that are looked at one by one. */
const SUSPECTS = 600;

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
 * First the operation that returns at `end` is tried with nothing but what it may have seen and what was written last
 * before it, then a growing window of the operations before `end`; then ever smaller chunks are left out of what is
 * left, down to single operations (Zeller's ddmin with complements only).
 *
 * @param seeds operations to start from instead of a window, when an engine knows the culprits
 * @param isIllegal judges a candidate again, from scratch
 */
export function reduce(
  whole: RegisterOperations,
  end: number,
  seeds: ((op: number) => boolean) | undefined,
  isIllegal: (candidate: RegisterOperations) => boolean,
  deadline: Deadline,
): { readonly operations: RegisterOperations; readonly isMinimal: boolean } {
  let current = startingPoint(whole, end, seeds, isIllegal);
  try {
    for (let chunk = Math.ceil(current.count / 2); chunk >= 1;) {
      const before = current.count;
      for (let start = 0; start < current.count;) {
        deadline.check();
        const candidate = without(current, start, start + chunk);
        if (candidate.count < current.count && isIllegal(candidate)) current = candidate;
        else start += chunk;
      }
      if (chunk === 1 && current.count === before) break;
      chunk = chunk === 1 ? 1 : Math.min(chunk >> 1, Math.ceil(current.count / 2));
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { operations: current, isMinimal: false };
  }
  return { operations: current, isMinimal: true };
}

function startingPoint(
  whole: RegisterOperations,
  end: number,
  seeds: ((op: number) => boolean) | undefined,
  isIllegal: (candidate: RegisterOperations) => boolean,
): RegisterOperations {
  const suppliers = new Suppliers(whole);
  if (seeds !== undefined) {
    const kept = new Uint8Array(whole.count);
    for (let op = 0; op < whole.count; op++) if (whole.calls[op] <= end && seeds(op)) kept[op] = 1;
    suppliers.close(kept);
    const candidate = restrict(whole, kept, end);
    if (isIllegal(candidate)) return candidate;
  }
  let last = whole.count;
  while (last > 0 && whole.calls[last - 1] > end) last--;
  const code = whole.events[end];
  for (const op of [...(code !== undefined && code < 0 ? [~code] : []), ...unsupplied(whole, suppliers, last, end)]) {
    const kept = new Uint8Array(whole.count);
    kept[op] = 1;
    const overwriting = suppliers.lastBefore(op);
    if (overwriting !== -1) kept[overwriting] = 1;
    suppliers.close(kept);
    const candidate = restrict(whole, kept, end);
    if (isIllegal(candidate)) return candidate;
  }
  for (let size = FIRST_WINDOW; size < last; size *= 4) {
    const kept = new Uint8Array(whole.count);
    kept.fill(1, last - size, last);
    suppliers.close(kept);
    const candidate = restrict(whole, kept, end);
    if (isIllegal(candidate)) return candidate;
  }
  return restrict(whole, new Uint8Array(whole.count).fill(1, 0, last), end);
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

function without(operations: RegisterOperations, start: number, end: number): RegisterOperations {
  const kept = new Uint8Array(operations.count).fill(1).fill(0, start, end);
  new Suppliers(operations).close(kept);
  return restrict(operations, kept, operations.events.length);
}

/** Who can have got his value from whom. */
class Suppliers {
  /** For each operation the latest invocation of an update that returned before it was invoked. */
  private readonly overwrittenBefore: Int32Array;
  private readonly writersOf = new Map<number, number[]>();

  constructor(private readonly operations: RegisterOperations) {
    const { count, events, kinds, to, calls } = operations;
    this.overwrittenBefore = new Int32Array(count);
    let latest = -1;
    for (const code of events) {
      if (code >= 0) this.overwrittenBefore[code] = latest;
      else if (kinds[~code] !== READ) latest = Math.max(latest, calls[~code]);
    }
    for (let op = 0; op < count; op++) {
      if (kinds[op] === READ) continue;
      const writers = this.writersOf.get(to[op]);
      if (writers === undefined) this.writersOf.set(to[op], [op]);
      else writers.push(op);
    }
  }

  /** The update invoked last of those that returned before an operation was invoked, or −1. */
  lastBefore(op: number): number {
    const { events } = this.operations;
    const call = this.overwrittenBefore[op];
    return call === -1 ? -1 : events[call];
  }

  /** Whether anybody can have supplied the value that an operation expects. */
  hasSource(op: number): boolean {
    const { from, calls, returns } = this.operations;
    if (from[op] === INITIAL && this.overwrittenBefore[op] === -1) return true;
    for (const writer of this.writersOf.get(from[op]) ?? []) {
      if (calls[writer] > returns[op]) break;
      if (writer !== op && returns[writer] >= this.overwrittenBefore[op]) return true;
    }
    return false;
  }

  /** Adds to `kept` every update from which an operation in it can have got its value. */
  close(kept: Uint8Array): void {
    const { count, from } = this.operations;
    const waiting: number[] = [];
    for (let op = 0; op < count; op++) if (kept[op] === 1 && from[op] >= 0) waiting.push(op);
    const keep = (writer: number) => {
      if (kept[writer] === 1) return;
      kept[writer] = 1;
      if (from[writer] >= 0) waiting.push(writer);
    };
    for (let op = waiting.pop(); op !== undefined; op = waiting.pop()) {
      const { calls, returns } = this.operations;
      let latest = -1;
      let isSupplied = false;
      for (const writer of this.writersOf.get(from[op]) ?? []) {
        if (calls[writer] > returns[op]) break;
        if (writer === op) continue;
        latest = writer;
        if (returns[writer] < this.overwrittenBefore[op]) continue;
        isSupplied = true;
        keep(writer);
      }
      // His value was overwritten for certain: its last writer shows that it once was there.
      if (!isSupplied && latest !== -1) keep(latest);
    }
  }
}

/** The kept operations alone, up to event `end`; those still open then are unknown, open reads are left out. */
export function restrict(operations: RegisterOperations, kept: Uint8Array, end: number): RegisterOperations {
  const { events, kinds, from, to, returns, invocations } = operations;
  const numberOf = new Int32Array(operations.count).fill(-1);
  let count = 0;
  for (let op = 0; op < operations.count; op++) {
    if (kept[op] === 1 && (kinds[op] !== READ || returns[op] <= end)) numberOf[op] = count++;
  }
  const result = {
    name: operations.name,
    values: operations.values,
    count,
    kinds: new Uint8Array(count),
    from: new Int32Array(count),
    to: new Int32Array(count),
    calls: new Int32Array(count),
    returns: new Int32Array(count).fill(NEVER),
    invocations: new Int32Array(count),
    events: new Int32Array(2 * count),
  };
  let length = 0;
  for (let at = 0; at < events.length && at <= end; at++) {
    const op = events[at] < 0 ? ~events[at] : events[at];
    const number = numberOf[op];
    if (number === -1) continue;
    if (events[at] < 0) {
      result.returns[number] = length;
      result.events[length++] = ~number;
      continue;
    }
    result.kinds[number] = kinds[op];
    result.from[number] = from[op];
    result.to[number] = to[op];
    result.invocations[number] = invocations[op];
    result.calls[number] = length;
    result.events[length++] = number;
  }
  return { ...result, events: result.events.subarray(0, length) };
}
