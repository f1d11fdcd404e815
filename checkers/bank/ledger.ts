import type { Anomaly } from '../checker.js';
import { indicesOf, SHOWN_ANOMALIES, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import { type BankHistory, type BankRead, type LedgerEntry, nameOf, type Transfer } from './bank-history.js';

export interface LedgerFindings {
  readonly anomalies: readonly Anomaly[];
  readonly counts: Readonly<Record<string, number>>;
}

/** A final read with its ledger. */
interface Ledger extends BankRead {
  readonly ledger: readonly LedgerEntry[];
}

/**
 * Each ledger against what clients were told. Acknowledged transfers are looked for in the fullest ledger, so that a
 * replica that lags behind is not taken for a loss.
 */
export function ledgerFindings(bank: BankHistory): LedgerFindings | undefined {
  const ledgers = bank.reads.filter((read): read is Ledger => read.ledger !== undefined);
  if (ledgers.length === 0) return undefined;
  const fullest = ledgers.reduce((best, ledger) => (ledger.ledger.length >= best.ledger.length ? ledger : best));
  const entries = new Map<string, number>();
  for (const { id } of fullest.ledger) entries.set(id, (entries.get(id) ?? 0) + 1);
  const anomalies = new Tally();
  lookForTransfers(bank, fullest, entries, anomalies);
  lookForStrangers(bank, fullest, entries, anomalies);
  for (const ledger of ledgers) lookForTears(bank, ledger, anomalies);
  const unknown = bank.transfers.filter(({ outcome }) => outcome === 'unknown');
  const recovered = unknown.filter(({ id }) => id !== undefined && entries.has(id)).length;
  return {
    anomalies: anomalies.shown,
    counts: {
      ...anomalies.counts,
      recovered,
      notRecovered: unknown.length - recovered,
      ledgerEntries: fullest.ledger.length,
    },
  };
}

class Tally {
  readonly shown: Anomaly[] = [];
  readonly counts: Record<string, number> = {};

  add(anomaly: Anomaly): void {
    const count = (this.counts[anomaly.kind] ?? 0) + 1;
    this.counts[anomaly.kind] = count;
    if (count <= SHOWN_ANOMALIES) this.shown.push(anomaly);
  }
}

function lookForTransfers(bank: BankHistory, ledger: Ledger, entries: ReadonlyMap<string, number>, found: Tally): void {
  const { history } = bank;
  const reader = `the ledger read by ${whoAndWhen(history, ledger.completion)}`;
  const readerAfter = (told: number) => `the ledger read by ${whoAndWhenAfter(history, told, ledger.completion)}`;
  for (const transfer of bank.transfers) {
    const times = (transfer.id !== undefined && entries.get(transfer.id)) || 0;
    const operations = indicesOf(history, [
      transfer.invocation,
      transfer.completion,
      ledger.invocation,
      ledger.completion,
    ]);
    const add = (kind: string, sentence: string) => {
      found.add({ kind, sentence, operations });
    };
    const name = nameOf(bank, transfer);
    if (transfer.outcome === 'applied' && times === 0 && transfer.completion < ledger.invocation) {
      add(
        'lost',
        `Transfer ${name}, acknowledged to ${whoAndWhen(history, transfer.completion)}, is missing from ${readerAfter(transfer.completion)}.`,
      );
    }
    if ((transfer.outcome === 'failed' || transfer.outcome === 'refused') && times > 0) {
      add('dirty', `Transfer ${name} ${denied(bank, transfer)}, and yet it is in ${readerAfter(transfer.completion)}.`);
    }
    if (times > 1) add('applied-twice', `Transfer ${name} is ${times} times in ${reader}.`);
  }
}

function denied({ history }: BankHistory, { outcome, completion }: Transfer): string {
  const verb = outcome === 'failed' ? 'failed' : 'was refused for lack of money';
  return `${verb} for ${whoAndWhen(history, completion)}`;
}

/** Entries that nobody asked for, or that differ from what was asked for. */
function lookForStrangers(bank: BankHistory, ledger: Ledger, entries: ReadonlyMap<string, number>, found: Tally): void {
  const { history, accounts, byId, transfers } = bank;
  const reader = `The ledger read by ${whoAndWhen(history, ledger.completion)}`;
  for (const entry of ledger.ledger) {
    const index = byId.get(entry.id);
    const text = `${entry.id} (${entry.amount} from ${entry.from} to ${entry.to})`;
    const positions = [ledger.invocation, ledger.completion];
    if (index === undefined) {
      found.add({
        kind: 'unexpected-transfer',
        sentence: `${reader} holds transfer ${text}, which nobody had asked for.`,
        operations: indicesOf(history, positions),
      });
      continue;
    }
    const transfer = transfers[index];
    if (transfer.invocation > ledger.completion) {
      found.add({
        kind: 'unexpected-transfer',
        sentence: `${reader} holds transfer ${text} before it was asked for by ${whoAndWhenAfter(history, ledger.completion, transfer.invocation)}.`,
        operations: indicesOf(history, [...positions, transfer.invocation]),
      });
    }
    const same =
      accounts[transfer.from] === entry.from && accounts[transfer.to] === entry.to && transfer.amount === entry.amount;
    if (same || (entries.get(entry.id) ?? 0) === 0) continue;
    found.add({
      kind: 'altered-transfer',
      sentence: `${reader} holds transfer ${text}; asked for was ${nameOf(bank, transfer)}.`,
      operations: indicesOf(history, [...positions, transfer.invocation]),
    });
  }
}

/** Balances and ledger were read in one transaction: they must agree, account by account. */
function lookForTears(bank: BankHistory, ledger: Ledger, found: Tally): void {
  const { history, accounts, initial } = bank;
  const indexOf = new Map(accounts.map((name, index) => [name, index]));
  const sums = Float64Array.from(initial ?? new Float64Array(accounts.length));
  const counts = new Float64Array(accounts.length);
  for (const { from, to, amount } of ledger.ledger) {
    const [source, target] = [indexOf.get(from), indexOf.get(to)];
    if (source === undefined || target === undefined) continue;
    sums[source] -= amount;
    sums[target] += amount;
    counts[source]++;
    if (target !== source) counts[target]++;
  }
  for (let account = 0; account < accounts.length; account++) {
    const balance = ledger.balances[account];
    const version = ledger.versions?.[account] ?? counts[account];
    const wrongBalance = initial !== undefined && balance !== sums[account] && !Number.isNaN(balance);
    if (!wrongBalance && (version === counts[account] || Number.isNaN(version))) continue;
    const says = wrongBalance
      ? `holds ${balance}, but the entries of the ledger add up to ${sums[account]}`
      : `counts ${version} transfers, but the ledger has ${counts[account]} entries for it`;
    found.add({
      kind: 'torn',
      sentence: `In the ledger read by ${whoAndWhen(history, ledger.completion)}, account ${accounts[account]} ${says}.`,
      operations: indicesOf(history, [ledger.invocation, ledger.completion]),
    });
  }
}
