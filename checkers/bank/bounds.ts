import { INVOKE } from '../../harness/history/history.js';
import type { BankHistory, BankRead } from './bank-history.js';

/**
 * What a read must and may show. A transfer that was acknowledged before the read began must be in it; one that was
 * invoked before the read ended, and neither failed nor was refused, may be.
 */
export interface ReadBounds {
  readonly read: BankRead;
  /** Sum of what must be in it, by account. */
  readonly mustSum: Float64Array;
  /** Number of transfers that must be in it, by account. */
  readonly mustCount: Float64Array;
  /** Money that may have left each account, ever, by the read's end (positive). */
  readonly mayOut: Float64Array;
  readonly mayIn: Float64Array;
  readonly mayCount: Float64Array;
  /** The same, of what must be in it. */
  readonly mustOut: Float64Array;
  readonly mustIn: Float64Array;
}

/** Calls `visit` with the bounds of every read, in order of completion. One sweep; O(events × accounts of a read). */
export function forEachRead(bank: BankHistory, visit: (bounds: ReadBounds) => void): void {
  const { history, transfers, reads, accounts } = bank;
  const { length, columns } = history;
  const transferAt = new Int32Array(length).fill(-1);
  transfers.forEach(({ invocation, completion, outcome }, index) => {
    if (outcome === 'applied' || outcome === 'unknown') transferAt[invocation] = index;
    if (outcome === 'applied') transferAt[completion] = index;
  });
  const readAt = new Int32Array(length).fill(-1);
  reads.forEach(({ invocation, completion }, index) => {
    readAt[invocation] = index;
    readAt[completion] = index;
  });
  const may = new Tally(accounts.length);
  const must = new Tally(accounts.length);
  const atInvocation = new Map<number, Tally>();
  for (let position = 0; position < length; position++) {
    const invoked = columns.types[position] === INVOKE;
    if (transferAt[position] >= 0) (invoked ? may : must).add(transfers[transferAt[position]]);
    const read = readAt[position];
    if (read < 0) continue;
    if (invoked) {
      atInvocation.set(read, must.copy());
      continue;
    }
    const then = atInvocation.get(read)!;
    atInvocation.delete(read);
    visit({
      read: reads[read],
      mustSum: then.net(),
      mustCount: then.count,
      mustOut: then.out,
      mustIn: then.into,
      mayOut: may.out,
      mayIn: may.into,
      mayCount: may.count,
    });
  }
}

class Tally {
  constructor(
    private readonly size: number,
    readonly out = new Float64Array(size),
    readonly into = new Float64Array(size),
    readonly count = new Float64Array(size),
  ) {}

  add({ from, to, amount }: { readonly from: number; readonly to: number; readonly amount: number }): void {
    this.out[from] += amount;
    this.into[to] += amount;
    this.count[from]++;
    if (to !== from) this.count[to]++;
  }

  copy(): Tally {
    return new Tally(this.size, this.out.slice(), this.into.slice(), this.count.slice());
  }

  net(): Float64Array {
    return this.into.map((into, account) => into - this.out[account]);
  }
}
