import { INVOKE } from '../../harness/history/history.js';
import type { QuantityOperation, Quantities } from '../quantities/quantities.js';
import { NEVER } from '../quantities/quantities.js';
import type { BankHistory, BankRead, Transfer } from './bank-history.js';

export interface BankQuantities {
  readonly quantities: Quantities;
  /** Position of the invocation of each operation in the history. */
  readonly invocations: readonly number[];
  /** The same as objects: exactly one of the two is set. */
  readonly sources: readonly { readonly transfer?: Transfer; readonly read?: BankRead }[];
}

/** Sets of transfers that may have been applied before the first read, where the initial balances are not known. */
const MOST_STARTS = 1 << 12;

/**
 * A bank as quantities: a dimension for each account's balance, and one for the number of transfers it saw.
 *
 * A ledger tells of every transfer whether it had been applied. So a transfer of unknown outcome that is in a ledger
 * returns no later than the ledger, and one that is not cannot take effect before the ledger was asked for. With a
 * final ledger no outcome is unknown any more.
 *
 * @returns undefined where nothing tells the initial balances
 */
export function bankQuantities(bank: BankHistory): BankQuantities | undefined {
  const starts = startsOf(bank);
  return starts && new Translation(bank).run(starts);
}

class Translation {
  private readonly operations: QuantityOperation[] = [];
  private readonly sources: { readonly transfer?: Transfer; readonly read?: BankRead }[] = [];
  private readonly invocations: number[] = [];
  /** Where operations begin and end; positions in the history, doubled to leave room in between. */
  private readonly marks: { readonly at: number; readonly code: number }[] = [];
  private readonly classes = new Map<string, number>();
  private readonly ledgers: readonly BankRead[];
  private readonly ledgerIds: readonly ReadonlySet<string>[];
  private readonly opOfId = new Map<string, number>();

  constructor(private readonly bank: BankHistory) {
    this.ledgers = bank.reads.filter(({ ledger }) => ledger !== undefined);
    this.ledgerIds = this.ledgers.map(({ ledger }) => new Set(ledger!.map(({ id }) => id)));
  }

  run(starts: readonly Float64Array[]): BankQuantities {
    for (const transfer of this.bank.transfers) this.addTransfer(transfer);
    for (const read of this.bank.reads) this.addRead(read);
    this.marks.sort((a, b) => a.at - b.at);
    const events = Int32Array.from(this.marks, ({ code }) => code);
    const returns = new Int32Array(this.operations.length).fill(NEVER);
    events.forEach((code, event) => {
      if (code < 0) returns[~code] = event;
    });
    const quantities: Quantities = {
      size: 2 * this.bank.accounts.length,
      starts,
      operations: this.operations,
      events,
      returns,
      resets: new Map(),
    };
    return { quantities, invocations: this.invocations, sources: this.sources };
  }

  private addTransfer(transfer: Transfer): void {
    const { from, to, amount, outcome, id } = transfer;
    const { negativeBalances, accounts } = this.bank;
    if (outcome === 'failed') return;
    if (outcome === 'refused') {
      if (negativeBalances === 'allowed') return;
      const op = this.add({ kind: 'below', dimension: from, limit: amount }, { transfer }, transfer.invocation);
      this.mark(2 * transfer.invocation, op);
      this.mark(2 * transfer.completion, ~op);
      return;
    }
    const span = this.spanOf(transfer);
    const count = accounts.length;
    const membership = this.ledgerIds.map((ids) => (id !== undefined && ids.has(id) ? 1 : 0)).join('');
    const op = this.add(
      {
        kind: 'change',
        // From an account to itself: no money moves, and the account counts it once.
        ...(from === to
          ? { dimensions: [from, count + from], deltas: [0, 1] }
          : { dimensions: [from, to, count + from, count + to], deltas: [-amount, amount, 1, 1] }),
        needs: negativeBalances === 'forbidden' ? { dimension: from, amount } : undefined,
        sameAs: this.classOf(`${from} ${to} ${amount} ${membership}`),
      },
      { transfer },
      transfer.invocation,
    );
    if (id !== undefined) this.opOfId.set(id, op);
    this.mark(span.start, op);
    if (span.end !== undefined) this.mark(span.end, ~op);
  }

  /** When a transfer may first and must last take effect, as marks. */
  private spanOf({ outcome, invocation, completion, id }: Transfer): { readonly start: number; readonly end?: number } {
    if (outcome !== 'unknown') return { start: 2 * invocation, end: 2 * completion };
    let start = 2 * invocation;
    let end: number | undefined;
    this.ledgers.forEach((ledger, at) => {
      if (id !== undefined && this.ledgerIds[at].has(id)) end = Math.min(end ?? Infinity, 2 * ledger.completion - 1);
      else start = Math.max(start, 2 * ledger.invocation - 1);
    });
    // Contradictory ledgers: leave it to them.
    if (end !== undefined && end <= start) return { start: 2 * invocation };
    return end === undefined ? { start } : { start, end };
  }

  private addRead(read: BankRead): void {
    const { accounts } = this.bank;
    const balances = Array.from(accounts, (_, account) => account);
    const values = [...read.balances];
    const versions = read.versions;
    const op = this.add(
      {
        kind: 'exact',
        dimensions: versions ? [...balances, ...balances.map((account) => accounts.length + account)] : balances,
        // An account that does not exist can be in no state.
        values:
          read.unknownAccounts.length > 0 ? values.fill(Number.NaN) : versions ? [...values, ...versions] : values,
        holds: read.ledger && { members: this.heldBy(read), inScope: () => true },
      },
      { read },
      read.invocation,
    );
    this.mark(2 * read.invocation, op);
    this.mark(2 * read.completion, ~op);
  }

  /** Transfers in a ledger, as operations; −1 stands for those that nobody asked for, so that nothing matches. */
  private heldBy({ ledger }: BankRead): ReadonlySet<number> {
    const ids = ledger!.map(({ id }) => this.opOfId.get(id) ?? -1);
    return new Set(new Set(ids).size < ids.length ? [...ids, -1] : ids);
  }

  private add(
    operation: QuantityOperation,
    source: { transfer?: Transfer; read?: BankRead },
    invocation: number,
  ): number {
    this.sources.push(source);
    this.invocations.push(invocation);
    return this.operations.push(operation) - 1;
  }

  private mark(at: number, code: number): void {
    this.marks.push({ at, code });
  }

  private classOf(text: string): number {
    const known = this.classes.get(text);
    if (known !== undefined) return known;
    this.classes.set(text, this.classes.size);
    return this.classes.size - 1;
  }
}

/** Initial vectors: balances and versions (0). Inferred from the first read where no option tells the balances. */
function startsOf({
  initial,
  accounts,
  reads,
  transfers,
  history,
  negativeBalances,
}: BankHistory): Float64Array[] | undefined {
  const count = accounts.length;
  const withVersions = (balances: Float64Array) => {
    const vector = new Float64Array(2 * count);
    vector.set(balances);
    return vector;
  };
  if (initial) return [withVersions(initial)];
  const first = reads.find((read) => !read.balances.some(Number.isNaN));
  if (!first) return undefined;
  // The first read is right by definition: it is what one of the possible sets of transfers before it left behind.
  const before = transfers.filter(
    ({ outcome, invocation }) => (outcome === 'applied' || outcome === 'unknown') && invocation < first.completion,
  );
  if (2 ** before.length > MOST_STARTS || history.columns.types[first.invocation] !== INVOKE) return undefined;
  const starts = new Map<string, Float64Array>();
  for (let set = 0; set < 2 ** before.length; set++) {
    const balances = first.balances.slice();
    before.forEach(({ from, to, amount }, at) => {
      if ((set & (1 << at)) === 0) return;
      balances[from] += amount;
      balances[to] -= amount;
    });
    if (negativeBalances === 'forbidden' && balances.some((balance) => balance < 0)) continue;
    starts.set(balances.join(), withVersions(balances));
  }
  return [...starts.values()];
}
