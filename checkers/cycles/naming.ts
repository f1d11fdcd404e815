import { NONE } from '../../harness/history/history.js';
import type { Transactions } from '../transactions/transactions.js';

/** The event that stands for a transaction: its completion, or its invocation while it has none. */
export function eventOf({ completions, invokes }: Transactions, transaction: number): number {
  return completions[transaction] === NONE ? invokes[transaction] : completions[transaction];
}

/** `the transaction at event 12 (process 3, n1)`. */
export function nameTransaction(transactions: Transactions, transaction: number): string {
  const { index, process, where } = placeOf(transactions, transaction);
  return `the transaction at event ${index} (process ${process}${where})`;
}

/** `event 12, process 3, n1`. */
export function placeName(transactions: Transactions, transaction: number): string {
  const { index, process, where } = placeOf(transactions, transaction);
  return `event ${index}, process ${process}${where}`;
}

function placeOf(
  transactions: Transactions,
  transaction: number,
): { readonly index: string; readonly process: string; readonly where: string } {
  const { columns } = transactions.history;
  const position = eventOf(transactions, transaction);
  const node = columns.nodes[position];
  const where = node === NONE ? '' : `, ${columns.nodeNames[node]}`;
  return { index: String(columns.indices[position]), process: transactions.history.processName(position), where };
}

/** Journal indices of invocations and completions, ascending. */
export function operationsOf(transactions: Transactions, members: readonly number[]): number[] {
  const { indices } = transactions.history.columns;
  const operations = new Set<number>();
  for (const member of members) {
    operations.add(indices[transactions.invokes[member]]);
    if (transactions.completions[member] !== NONE) operations.add(indices[transactions.completions[member]]);
  }
  return [...operations].sort((a, b) => a - b);
}
