import type { Anomaly } from '../checker.js';
import type { Configuration } from '../quantities/configuration.js';
import { indicesOf, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import { type BankHistory, type BankRead, nameOf, type Transfer } from './bank-history.js';
import { problemsOf } from './per-read.js';

/** Why an operation fits nowhere: the last thing that the search could not explain, in plain words. */
export function explain(
  bank: BankHistory,
  source: { readonly transfer?: Transfer; readonly read?: BankRead },
  before: readonly Configuration[],
): Anomaly {
  if (source.transfer) return explainTransfer(bank, source.transfer, before);
  const read = source.read!;
  return fork(bank, read) ?? explainRead(bank, read, before);
}

function explainTransfer(bank: BankHistory, transfer: Transfer, before: readonly Configuration[]): Anomaly {
  const { history, accounts } = bank;
  const { from, outcome, invocation, completion } = transfer;
  const balances = before.map(({ vector }) => vector[from]);
  const range = [Math.min(...balances), Math.max(...balances)];
  const held = range[0] === range[1] ? `${range[0]}` : `${range[0]} to ${range[1]}`;
  const name = `Transfer ${nameOf(bank, transfer)} by ${whoAndWhen(history, completion)}`;
  const refused = outcome === 'refused';
  const operations = [invocation, completion, ...lastReads(bank, invocation, 1)];
  return {
    kind: refused ? 'unjustified-refusal' : 'overdraft',
    sentence: refused
      ? `${name} was refused for lack of money, though account ${accounts[from]} held enough all the while, in every order that explains what was read before (last ${held}).`
      : `${name} was acknowledged, though account ${accounts[from]} did not hold enough for it in any order that explains what was read before (last ${held}).`,
    operations: indicesOf(history, operations),
  };
}

/** Two reads of which each shows an account newer than the other: no order has both. */
function fork(bank: BankHistory, read: BankRead): Anomaly | undefined {
  const { versions } = read;
  if (!versions) return undefined;
  const { history, accounts, reads } = bank;
  for (let at = reads.indexOf(read) - 1; at >= 0; at--) {
    const other = reads[at].versions;
    if (!other) continue;
    const newer = versions.findIndex((version, account) => version > other[account]);
    const older = versions.findIndex((version, account) => version < other[account]);
    if (newer < 0 || older < 0) continue;
    return {
      kind: 'long-fork',
      sentence:
        `The reads by ${whoAndWhen(history, reads[at].completion)} and by ${whoAndWhenAfter(history, reads[at].completion, read.completion)} contradict each other: ` +
        `the first shows account ${accounts[older]} after ${other[older]} transfers and account ${accounts[newer]} after ${other[newer]}, ` +
        `the second after ${versions[older]} and ${versions[newer]}. Neither can come first.`,
      operations: indicesOf(history, [reads[at].invocation, reads[at].completion, read.invocation, read.completion]),
    };
  }
  return undefined;
}

function explainRead(bank: BankHistory, read: BankRead, before: readonly Configuration[]): Anomaly {
  const { history, accounts } = bank;
  const [problem] = problemsOf(bank, read);
  const nearest = before
    .map(({ vector }) => accounts.filter((_, account) => vector[account] !== read.balances[account]))
    .reduce((best, differing) => (differing.length < best.length ? differing : best), accounts);
  const state = before.find(
    ({ vector }) =>
      accounts.filter((_, account) => vector[account] !== read.balances[account]).length === nearest.length,
  );
  const differences = nearest.slice(0, 6).map((name) => {
    const account = accounts.indexOf(name);
    return `account ${name} at ${Number.isNaN(read.balances[account]) ? 'nothing' : read.balances[account]} instead of ${state?.vector[account]}`;
  });
  const what = read.ledger ? 'ledger' : 'read';
  const reason = problem
    ? `it ${problem.says}`
    : `next to the nearest possible state it shows ${differences.join(', ') || 'the same balances but other transfers'}, and no set of transfers under way makes up for it`;
  return {
    kind: 'nonlinearizable',
    rulesOut: ['linearizable', 'strict-serializable'],
    sentence: `No order of the transfers explains the ${what} by ${whoAndWhen(history, read.completion)}: ${reason}.`,
    operations: indicesOf(history, [
      read.invocation,
      read.completion,
      ...lastReads(bank, read.invocation, 1),
      ...openTransfers(bank, read),
    ]),
  };
}

/** Completed reads before a position, the latest first. */
function lastReads({ reads }: BankHistory, position: number, count: number): readonly number[] {
  const earlier = reads.filter(({ completion }) => completion < position).slice(-count);
  return earlier.flatMap(({ invocation, completion }) => [invocation, completion]);
}

const MOST_SHOWN = 12;

/** Transfers that were under way with the read, or were over since the read before it. */
function openTransfers(bank: BankHistory, read: BankRead): readonly number[] {
  const since = bank.reads.filter(({ completion }) => completion < read.invocation).at(-1)?.invocation ?? 0;
  return bank.transfers
    .filter(({ outcome, invocation, completion }) => {
      if (outcome !== 'applied' && outcome !== 'unknown') return false;
      return invocation < read.completion && (outcome === 'unknown' ? invocation > since : completion > since);
    })
    .slice(-MOST_SHOWN)
    .flatMap(({ invocation, completion }) => [invocation, completion]);
}
