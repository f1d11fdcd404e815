import type { Anomaly, CheckContext, Checker } from '../checker.js';
import { Deadline } from '../linearizability/budget.js';
import { judge } from '../quantities/judge.js';
import { verdictOf } from '../verdict.js';
import { type BankHistory, readBank } from './bank-history.js';
import { bankQuantities } from './bank-quantities.js';
import { explain } from './explain.js';
import { problemsOf } from './per-read.js';
import { staleReads } from './stale.js';
import { natural, countByName, countOrNames, oneOf } from '../option-rules.js';
import { orTooLarge } from '../values.js';

/**
 * Linearizability of the whole bank: one order of all transfers, refusals and reads, each inside its interval, explains
 * every answer. First what counting proves in linear time (stale reads), then a sweep over all configurations; see
 * {@link Sweep}. Near-linear for decodable reads, and with a final ledger; otherwise as ambiguous as the amounts are.
 *
 * Plain balances without a ledger can be proven wrong only while few transfers are of unknown outcome. Each stays
 * possible for ever, and 250 of them have 2^250 subsets, but eight accounts of a few million pieces only some 2^150
 * balances: by then nearly every wrong balance is the sum of some subset, if one that no search finds. So a late
 * violation in such a history ends as unknown, and truly so.
 */
export const bankLinearizable: Checker = orTooLarge({
  name: 'bank-linearizable',
  summary: 'one order of all transfers, refusals and reads of the whole bank explains every answer',
  options: {
    accounts: countOrNames,
    initialBalance: natural,
    balances: countByName,
    total: natural,
    negativeBalances: oneOf('forbidden', 'allowed'),
  },
  check(history, context) {
    const bank = readBank(history, context.options);
    const { anomalies, undecided, details } = find(bank, context);
    return verdictOf({
      anomalies,
      ...(undecided !== undefined && { undecided }),
      details: { transfers: bank.transfers.length, reads: bank.reads.length, ...details },
      checked: ['one order of all transfers, refusals and reads, each within its time, explains every answer'],
      notChecked: [
        ...(anomalies.length > 0 ? ['what comes after the first operation that does not fit'] : []),
        ...(bank.negativeBalances === 'allowed' ? ['whether accounts held enough: balances may be negative'] : []),
      ],
    });
  },
});

/** What no order of transfers can show, however many of them took effect. */
const NEVER_SHOWN: ReadonlySet<string> = new Set(['wrong-total', 'torn']);

interface Found {
  readonly anomalies: readonly Anomaly[];
  readonly undecided?: string;
  readonly details: Readonly<Record<string, number | string>>;
}

function find(bank: BankHistory, context: CheckContext): Found {
  const { anomalies, count } = staleReads(bank);
  if (count > 0) return { anomalies, details: { staleReads: count } };
  // Transfers move money and count at both ends, whichever of them took effect: no search is needed for such a read.
  const impossible = bank.reads.find((read) => problemsOf(bank, read).some(({ kind }) => NEVER_SHOWN.has(kind)));
  if (impossible !== undefined) return { anomalies: [explain(bank, { read: impossible }, [])], details: {} };
  const translated = bankQuantities(bank);
  if (translated === undefined) {
    return {
      anomalies: [],
      undecided: 'nothing tells the initial balances: set initialBalance or balances',
      details: {},
    };
  }
  const { quantities, sources } = translated;
  const judgement = judge(quantities, Deadline.of(context, 32 * quantities.size + 256));
  const details = { mostConfigurations: judgement.most };
  switch (judgement.validity) {
    case 'valid': {
      const unread = bank.reads.length === 0 && { undecided: 'no read of the balances succeeded' };
      return { anomalies: [], ...unread, details: { ...details, pass: judgement.pass } };
    }
    case 'unknown':
      return { anomalies: [], undecided: judgement.reason, details };
    case 'invalid': {
      const culprit = sources[~quantities.events[judgement.event]];
      return { anomalies: [explain(bank, culprit, judgement.before)], details: { ...details, pass: judgement.pass } };
    }
  }
}
