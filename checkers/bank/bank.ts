import type { Checker } from '../checker.js';
import { verdictOf } from '../verdict.js';
import { type BankHistory, readBank } from './bank-history.js';
import { exactAnomalies } from './exact-totals.js';
import { type LedgerFindings, ledgerFindings } from './ledger.js';
import { readAnomalies } from './per-read.js';
import { visibilityOf } from './visibility.js';
import { natural, countByName, countOrNames, oneOf } from '../option-rules.js';
import { orTooLarge } from '../values.js';

/**
 * What must hold of a bank whatever consistency its database promises: money is conserved in every read, no balance is
 * negative, and the final ledger holds every acknowledged transfer once, and no other but unknown ones.
 *
 * Stricter than Jepsen's bank checker: a store whose reads never change fails (`frozen`), so does one whose balances
 * no choice of transfers gives, and the ledger is held against the clients' answers. Linear.
 */
export const bank: Checker = orTooLarge(
  {
    name: 'bank',
    summary: 'money is conserved in every read; no acknowledged transfer is lost, none is applied twice',
    options: {
      accounts: countOrNames,
      initialBalance: natural,
      balances: countByName,
      total: natural,
      negativeBalances: oneOf('forbidden', 'allowed'),
    },
    check(history, { options }) {
      const bank = readBank(history, options);
      const reads = readAnomalies(bank);
      const ledger = ledgerFindings(bank);
      const { anomalies, stale } = visibilityOf(bank);
      const undecided = doubt(bank, ledger);
      return verdictOf({
        anomalies: [...reads.anomalies, ...(ledger?.anomalies ?? []), ...anomalies],
        ...(undecided !== undefined && { undecided }),
        details: {
          accounts: bank.accounts.length,
          ...(bank.nullReads > 0 && { nullReads: bank.nullReads }),
          ...(bank.total !== undefined && { total: bank.total }),
          ...outcomes(bank),
          badReads: reads.counts,
          ...(ledger && { ledger: ledger.counts }),
          staleReads: stale,
        },
        checked: checkedIn(bank, ledger),
        notChecked: notCheckedIn(bank, ledger),
      });
    },
  },
  exactAnomalies,
);

function doubt({ reads, ledgersAttempted }: BankHistory, ledger: LedgerFindings | undefined): string | undefined {
  if (reads.length === 0) return 'no read of the balances succeeded';
  if (ledger === undefined && ledgersAttempted > 0) return 'no read of the ledger succeeded';
  return undefined;
}

function outcomes({ transfers, reads }: BankHistory): Readonly<Record<string, number>> {
  const counts = { transfers: transfers.length, applied: 0, refused: 0, failed: 0, unknown: 0, reads: reads.length };
  for (const { outcome } of transfers) counts[outcome]++;
  return counts;
}

function checkedIn(bank: BankHistory, ledger: LedgerFindings | undefined): readonly string[] {
  const { reads, total, totalSource, negativeBalances } = bank;
  return [
    `each of ${reads.length} reads shows every account and no other`,
    ...(total === undefined ? [] : [`each adds up to ${total} (${totalSource})`]),
    ...(negativeBalances === 'forbidden' ? ['no balance is negative'] : []),
    'reads change as transfers succeed, and show only balances that the transfers asked for can give',
    ...(ledger
      ? [
          'every acknowledged transfer is in the final ledger once, no failed or refused one is, and it agrees with the balances',
        ]
      : []),
  ];
}

function notCheckedIn(
  { initial, negativeBalances, nullReads }: BankHistory,
  ledger: LedgerFindings | undefined,
): readonly string[] {
  return [
    'whether one order of all transfers explains every read (see bank-linearizable)',
    ...(ledger ? [] : ['lost, dirty or doubled transfers: there is no ledger to look them up in']),
    ...(initial ? [] : ['balances against the initial ones: no option tells those']),
    ...(nullReads > 0 ? [`${nullReads} read(s) that answered nothing`] : []),
    ...(negativeBalances === 'allowed' ? ['negative balances: they are allowed'] : []),
  ];
}
