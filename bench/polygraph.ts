/**
 * Serializability and snapshot isolation of registers without any version order:
 * `npx tsx bench/polygraph.ts [largest number of transactions, default 1000000]`. CPU time, best of two.
 */
import { Limits } from '../checkers/cycles/limits.js';
import { decideRegisters } from '../checkers/cycles/polygraph/decide.js';
import type { Isolation } from '../checkers/cycles/polygraph/isolation.js';
import type { TimeOrdering } from '../checkers/cycles/polygraph/time.js';
import { readTransactions } from '../checkers/transactions/reader.js';
import type { Transactions } from '../checkers/transactions/transactions.js';
import { transactionHistory } from './cycles-history.js';

const LEVELS: readonly (readonly [Isolation, TimeOrdering])[] = [
  ['serializable', 'realtime'],
  ['serializable', 'none'],
  ['snapshot-isolation', 'process'],
];

function measure(transactions: Transactions, isolation: Isolation, order: TimeOrdering): string {
  let best = Number.POSITIVE_INFINITY;
  let outcome = '';
  for (let i = 0; i < 2; i++) {
    const before = process.cpuUsage();
    const decision = decideRegisters(transactions, isolation, order, new Limits());
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
    outcome = decision.kind === 'invalid' ? `invalid (${String(decision.witness.length)})` : decision.kind;
  }
  return `${isolation}/${order}: ${outcome} ${best.toFixed(2)} s`;
}

const largest = Number(process.argv[2] ?? 1_000_000);
for (const processes of [10, 100]) {
  for (const share of [0, 0.001]) {
    for (const count of [10_000, 100_000, 1_000_000].filter((size) => size <= largest)) {
      const stale = { share, by: 200 };
      const history = transactionHistory({ family: 'rw-register', transactions: count, processes, seed: 7, stale });
      const transactions = readTransactions(history, 'rw-register');
      const figures = LEVELS.map(([isolation, order]) => measure(transactions, isolation, order)).join(', ');
      const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
      console.log(
        `${String(count)} × ${String(processes)} processes, stale ${String(share)}: ${figures}; ${String(rss)} MB`,
      );
    }
  }
}
