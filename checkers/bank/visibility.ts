import type { Json } from '../../harness/history/operation.js';
import type { Anomaly } from '../checker.js';
import { indicesOf, SHOWN_ANOMALIES, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import { type BankHistory, type BankRead, nameOf, type Transfer } from './bank-history.js';
import { forEachRead, type ReadBounds } from './bounds.js';

/** What all reads together show, account by account. */
export interface Visibility {
  readonly anomalies: readonly Anomaly[];
  /** Reads that miss a transfer acknowledged before they began, by node. Not an anomaly of the money. */
  readonly stale: Readonly<Record<string, Json>>;
}

/**
 * - `impossible-balance`: a balance that no choice among the transfers invoked so far gives, account by account, even
 *   if every acknowledgement were ignored.
 * - `frozen`: every read shows the same, though transfers were acknowledged before some of them began.
 */
export function visibilityOf(bank: BankHistory): Visibility {
  const impossible: Anomaly[] = [];
  let impossibleCount = 0;
  const staleness = new Staleness(bank);
  let missing: BankRead | undefined;
  forEachRead(bank, (bounds) => {
    const told = impossibleIn(bank, bounds);
    if (told !== undefined && ++impossibleCount <= SHOWN_ANOMALIES) {
      const { invocation, completion } = bounds.read;
      impossible.push({
        kind: 'impossible-balance',
        sentence: told,
        operations: indicesOf(bank.history, [invocation, completion]),
      });
    }
    if (staleness.note(bounds) && bounds.read.ledger === undefined) missing ??= bounds.read;
  });
  const frozen = frozenAnomaly(bank, missing);
  return { anomalies: frozen ? [frozen, ...impossible] : impossible, stale: staleness.byNode() };
}

function impossibleIn(bank: BankHistory, { read, mayOut, mayIn, mayCount }: ReadBounds): string | undefined {
  const { accounts, initial, history } = bank;
  const reader = () => `The read by ${whoAndWhen(history, read.completion)}`;
  for (let account = 0; account < accounts.length; account++) {
    const balance = read.balances[account];
    const name = accounts[account];
    if (initial && (balance < initial[account] - mayOut[account] || balance > initial[account] + mayIn[account])) {
      const range = `${initial[account] - mayOut[account]} to ${initial[account] + mayIn[account]}`;
      return `${reader()} shows account ${name} at ${balance}; the transfers invoked so far can give it ${range} at most.`;
    }
    const version = read.versions?.[account] ?? Number.NaN;
    if (version > mayCount[account]) {
      return `${reader()} shows account ${name} after ${version} transfers; only ${mayCount[account]} were invoked so far.`;
    }
  }
  return undefined;
}

/** True where a read certainly misses a transfer that was acknowledged before it began. */
export function misses(
  bank: BankHistory,
  { read, mustSum, mustCount, mustIn, mustOut, mayIn, mayOut }: ReadBounds,
): boolean {
  const { accounts, initial } = bank;
  for (let account = 0; account < accounts.length; account++) {
    if (read.versions) {
      if (read.versions[account] < mustCount[account]) return true;
    } else if (initial) {
      const sure = initial[account] + mustSum[account];
      if (read.balances[account] < sure - (mayOut[account] - mustOut[account])) return true;
      if (read.balances[account] > sure + (mayIn[account] - mustIn[account])) return true;
    }
  }
  return false;
}

function frozenAnomaly(bank: BankHistory, missing: BankRead | undefined): Anomaly | undefined {
  const { history, transfers } = bank;
  // Clients see balances by reading them; that the ledger is right at the end does not help them.
  const reads = bank.reads.filter(({ ledger }) => ledger === undefined);
  const [first] = reads;
  if (missing === undefined || reads.length < 2 || !reads.every((read) => sameBalances(read, first))) return undefined;
  const acknowledged = transfers.filter(
    ({ outcome, completion, amount, from, to }) =>
      outcome === 'applied' && amount > 0 && from !== to && completion < missing.invocation,
  );
  if (acknowledged.length === 0) return undefined;
  const example: Transfer = acknowledged[acknowledged.length - 1];
  return {
    kind: 'frozen',
    sentence:
      `All ${reads.length} reads show the same balances, though transfers succeed: ` +
      `the read by ${whoAndWhen(history, missing.completion)} shows none of the ${acknowledged.length} acknowledged before it began, ` +
      `such as transfer ${nameOf(bank, example)} by ${whoAndWhenAfter(history, missing.completion, example.completion)}.`,
    operations: indicesOf(history, [example.invocation, example.completion, missing.invocation, missing.completion]),
  };
}

function sameBalances(a: BankRead, b: BankRead): boolean {
  return a.balances.every((balance, account) => Object.is(balance, b.balances[account]));
}

/** How long acknowledged transfers stayed invisible, node by node; exact lower bounds, from the versions of reads. */
class Staleness {
  /** Completion times of acknowledged transfers by account, ascending. */
  private readonly acknowledged: readonly (readonly number[])[];
  private readonly nodes = new Map<string, { reads: number; staleReads: number; worstMs: number }>();

  constructor(private readonly bank: BankHistory) {
    const { transfers, accounts, history } = bank;
    const times: number[][] = accounts.map(() => []);
    const applied = transfers.filter(({ outcome }) => outcome === 'applied');
    for (const { from, to, completion } of applied.sort((a, b) => a.completion - b.completion)) {
      times[from].push(history.columns.times[completion]);
      if (to !== from) times[to].push(history.columns.times[completion]);
    }
    this.acknowledged = times;
  }

  note(bounds: ReadBounds): boolean {
    const { history } = this.bank;
    const { nodes, nodeNames, times } = history.columns;
    const { read } = bounds;
    const name = nodes[read.completion] >= 0 ? nodeNames[nodes[read.completion]] : 'all';
    const seen = this.nodes.get(name) ?? { reads: 0, staleReads: 0, worstMs: 0 };
    this.nodes.set(name, seen);
    seen.reads++;
    if (!misses(this.bank, bounds)) return false;
    seen.staleReads++;
    // After `version + 1` acknowledgements the account had certainly moved on: the read shows a moment before that.
    read.versions?.forEach((version, account) => {
      if (!(version < bounds.mustCount[account])) return;
      const staleMs = (times[read.invocation] - this.acknowledged[account][version]) / 1e6;
      seen.worstMs = Math.max(seen.worstMs, staleMs);
    });
    return true;
  }

  byNode(): Readonly<Record<string, Json>> {
    return Object.fromEntries([...this.nodes].filter(([, { staleReads }]) => staleReads > 0));
  }
}
