import type { Anomaly } from '../checker.js';
import { Moments } from '../moments.js';
import { indicesOf, SHOWN_ANOMALIES, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import { type BankHistory, type BankRead, nameOf, type Transfer } from './bank-history.js';
import { forEachRead, type ReadBounds } from './bounds.js';

export interface StaleReads {
  readonly anomalies: readonly Anomaly[];
  readonly count: number;
}

/**
 * Reads that are behind, proven by counting: an account was seen after fewer transfers than were acknowledged on it
 * before the read began (`stale-read`), or than an earlier read had shown (`stale-read`, by what the other read saw);
 * plain reads by a balance out of reach. Linear.
 */
export function staleReads(bank: BankHistory): StaleReads {
  const acknowledged = acknowledgedByAccount(bank);
  const newest = new NewestSeen(bank);
  const anomalies: Anomaly[] = [];
  let count = 0;
  forEachRead(bank, (bounds) => {
    const anomaly = behindAcknowledged(bank, bounds, acknowledged) ?? behindRead(bank, bounds.read, newest);
    newest.note(bounds.read);
    if (anomaly !== undefined && ++count <= SHOWN_ANOMALIES) anomalies.push(anomaly);
  });
  return { anomalies, count };
}

/** Acknowledged transfers of each account, in the order of their acknowledgements. */
function acknowledgedByAccount({ transfers, accounts }: BankHistory): readonly (readonly Transfer[])[] {
  const lists: Transfer[][] = accounts.map(() => []);
  const applied = transfers.filter(({ outcome }) => outcome === 'applied');
  for (const transfer of applied.sort((a, b) => a.completion - b.completion)) {
    lists[transfer.from].push(transfer);
    if (transfer.to !== transfer.from) lists[transfer.to].push(transfer);
  }
  return lists;
}

function behindAcknowledged(
  bank: BankHistory,
  { read, mustCount, mustSum, mustIn, mustOut, mayIn, mayOut }: ReadBounds,
  acknowledged: readonly (readonly Transfer[])[],
): Anomaly | undefined {
  const { history, accounts, initial } = bank;
  for (let account = 0; account < accounts.length; account++) {
    const name = accounts[account];
    if (read.versions && read.versions[account] < mustCount[account]) {
      const version = read.versions[account];
      // After `version + 1` acknowledgements the account had moved on for certain, whichever transfers were seen.
      const missed = acknowledged[account][version];
      const { times } = history.columns;
      const staleMs = (times[read.invocation] - times[missed.completion]) / 1e6;
      return staleRead(bank, read, missed, {
        says:
          `shows account ${name} after ${version} transfers, though ${mustCount[account]} were acknowledged before it began: ` +
          `it does not show transfer ${nameOf(bank, missed)}, acknowledged to ${whoAndWhenAfter(history, read.completion, missed.completion)}, or one before it. ` +
          `It is at least ${staleMs.toFixed(staleMs < 10 ? 1 : 0)} ms behind`,
        staleMs,
      });
    }
    if (read.versions || !initial) continue;
    const sure = initial[account] + mustSum[account];
    const [lowest, highest] = [sure - (mayOut[account] - mustOut[account]), sure + (mayIn[account] - mustIn[account])];
    const balance = read.balances[account];
    if (!(balance < lowest || balance > highest)) continue;
    const last = acknowledged[account][mustCount[account] - 1] as Transfer | undefined;
    const after = last
      ? ` after transfer ${nameOf(bank, last)}, acknowledged to ${whoAndWhenAfter(history, read.completion, last.completion)}`
      : '';
    return staleRead(bank, read, last, {
      says: `shows account ${name} at ${balance}; it holds ${lowest === highest ? lowest : `${lowest} to ${highest}`}${after}`,
    });
  }
  return undefined;
}

function behindRead(bank: BankHistory, read: BankRead, newest: NewestSeen): Anomaly | undefined {
  if (!read.versions) return undefined;
  const { history, accounts } = bank;
  for (let account = 0; account < accounts.length; account++) {
    const other = newest.before(read, account);
    if (other?.versions === undefined || !(other.versions[account] > read.versions[account])) continue;
    const moments = new Moments(history);
    return {
      kind: 'stale-read',
      sentence:
        `The read by ${moments.by(read.completion)} shows account ${accounts[account]} after ${read.versions[account]} transfers, ` +
        `though the read by ${moments.by(other.completion)}, over before it began (${moments.at(read.invocation)}), ` +
        `had already shown it after ${other.versions[account]}.`,
      operations: indicesOf(history, [other.invocation, other.completion, read.invocation, read.completion]),
    };
  }
  return undefined;
}

function staleRead(
  { history }: BankHistory,
  read: BankRead,
  missed: Transfer | undefined,
  { says, staleMs }: { readonly says: string; readonly staleMs?: number },
): Anomaly {
  const positions = [read.invocation, read.completion, ...(missed ? [missed.invocation, missed.completion] : [])];
  return {
    kind: 'stale-read',
    sentence: `The read by ${whoAndWhen(history, read.completion)} ${says}.`,
    operations: indicesOf(history, positions),
    ...(staleMs !== undefined && { details: { staleMs } }),
  };
}

/** For each account, which completed read had seen it newest, at any moment of the past. */
class NewestSeen {
  /** By account: reads with ever greater versions, in order of completion. */
  private readonly records: BankRead[][];

  constructor({ accounts }: BankHistory) {
    this.records = accounts.map(() => []);
  }

  note(read: BankRead): void {
    const { versions } = read;
    if (!versions) return;
    this.records.forEach((records, account) => {
      const last = records[records.length - 1] as BankRead | undefined;
      if (!last || versions[account] > last.versions![account]) records.push(read);
    });
  }

  /** The read that had seen the account newest among those over before this one began. */
  before(read: BankRead, account: number): BankRead | undefined {
    const records = this.records[account];
    let [low, high] = [0, records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (records[middle].completion < read.invocation) low = middle + 1;
      else high = middle;
    }
    return records[low - 1];
  }
}
