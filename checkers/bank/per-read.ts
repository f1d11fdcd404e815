import type { Anomaly, Drawing } from '../checker.js';
import { indicesOf, SHOWN_ANOMALIES, whoAndWhen, whoAndWhenAfter } from '../verdict.js';
import { type BankHistory, type BankRead, sum } from './bank-history.js';

/** What one read alone proves, and how bad the worst of its kind is. */
export interface ReadProblem {
  readonly kind: string;
  readonly read: BankRead;
  readonly says: string;
  /** Larger is worse, within a kind. */
  readonly badness: number;
}

/**
 * What is wrong with a read whatever came before and after. After Jepsen's bank checker, whose errors come in this
 * order; here all of a read's errors are told, not only the first.
 */
export function problemsOf(bank: BankHistory, read: BankRead): readonly ReadProblem[] {
  const problems: ReadProblem[] = [];
  const add = (kind: string, badness: number, says: string) => problems.push({ kind, read, says, badness });
  const { unknownAccounts, missingAccounts, nullAccounts, balances, versions } = read;
  if (unknownAccounts.length > 0)
    add('unknown-account', unknownAccounts.length, `shows ${list(unknownAccounts)}, which does not exist`);
  if (missingAccounts.length > 0)
    add('missing-account', missingAccounts.length, `does not show ${list(missingAccounts)}`);
  if (nullAccounts.length > 0) add('nil-balance', nullAccounts.length, `shows no balance for ${list(nullAccounts)}`);
  const complete = missingAccounts.length === 0 && nullAccounts.length === 0;
  const total = sum(balances);
  if (complete && bank.total !== undefined && total !== bank.total) {
    const difference = total - bank.total;
    const verb = difference > 0 ? `${difference} too much` : `${-difference} too little`;
    add('wrong-total', Math.abs(difference), `adds up to ${total} instead of ${bank.total}: ${verb}`);
  }
  const negative = bank.accounts.flatMap((name, at) =>
    balances[at] < 0 ? [`account ${name} at ${balances[at]}`] : [],
  );
  if (negative.length > 0 && bank.negativeBalances === 'forbidden') {
    add('negative-balance', Math.max(...balances.map((balance) => -balance)), `shows ${negative.join(', ')}`);
  }
  // Every transfer counts at both ends (one from an account to itself counts once, and is never generated).
  if (versions && complete && sum(versions) % 2 !== 0 && !bank.transfers.some(({ from, to }) => from === to)) {
    add(
      'torn',
      1,
      `counts ${sum(versions)} ends of transfers, an odd number: it saw one end of a transfer without the other`,
    );
  }
  return problems;
}

/** One anomaly per kind of problem, told by its first and worst read. */
export function readAnomalies(bank: BankHistory): {
  readonly anomalies: readonly Anomaly[];
  readonly counts: Readonly<Record<string, number>>;
} {
  const byKind = new Map<string, ReadProblem[]>();
  for (const read of bank.reads) {
    for (const problem of problemsOf(bank, read)) {
      const same = byKind.get(problem.kind);
      if (same) same.push(problem);
      else byKind.set(problem.kind, [problem]);
    }
  }
  const anomalies = [...byKind.values()].map((problems) => tell(bank, problems));
  const counts = Object.fromEntries([...byKind].map(([kind, problems]) => [kind, problems.length]));
  return { anomalies, counts };
}

function tell(bank: BankHistory, problems: readonly ReadProblem[]): Anomaly {
  const { history } = bank;
  const [first] = problems;
  const worst = problems.reduce((worse, problem) => (problem.badness > worse.badness ? problem : worse));
  const others =
    problems.length === 1
      ? ''
      : ` So do ${problems.length - 1} other reads${worst === first ? '' : `; the worst, by ${whoAndWhenAfter(history, first.read.completion, worst.read.completion)}, ${worst.says}`}.`;
  const drawing = first.kind === 'wrong-total' ? totalOverTime(bank, first.read) : undefined;
  return {
    kind: first.kind,
    sentence: `The read by ${whoAndWhen(history, first.read.completion)} ${first.says}.${others}`,
    operations: indicesOf(history, [first.read.invocation, first.read.completion]),
    ...(drawing && { drawing }),
    details: {
      count: problems.length,
      last: history.columns.indices[problems[problems.length - 1].read.completion],
      worst: history.columns.indices[worst.read.completion],
      ...(first.kind === 'wrong-total' && totals(problems)),
    },
  };
}

function totals(problems: readonly ReadProblem[]): { readonly lowest: number; readonly highest: number } {
  const seen = problems.map(({ read }) => sum(read.balances));
  return { lowest: seen.reduce((a, b) => Math.min(a, b)), highest: seen.reduce((a, b) => Math.max(a, b)) };
}

const DRAWN_POINTS = 400;

function totalOverTime({ reads, history, total }: BankHistory, first: BankRead): Drawing {
  const step = Math.max(1, Math.ceil(reads.length / DRAWN_POINTS));
  const drawn = reads.filter((read, at) => (at % step === 0 || read === first) && !read.balances.some(Number.isNaN));
  const { times } = history.columns;
  return {
    kind: 'series',
    label: 'sum of all balances',
    times: drawn.map(({ completion }) => times[completion]),
    values: drawn.map(({ balances }) => sum(balances)),
    ...(total !== undefined && { expected: total }),
    markedTime: times[first.completion],
  };
}

function list(accounts: readonly string[]): string {
  const shown = accounts.slice(0, SHOWN_ANOMALIES).join(', ');
  return `${accounts.length === 1 ? 'account' : 'accounts'} ${shown}${accounts.length > SHOWN_ANOMALIES ? ' …' : ''}`;
}
