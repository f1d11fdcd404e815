import { historyOf } from '../harness/history/builder.js';
import { bank } from '../checkers/bank/bank.js';
import { bankLinearizable } from '../checkers/bank/linearizable.js';
import { type BankShape, simulateBank } from '../checkers/bank/testing/simulated-bank.js';
import type { Checker, Verdict } from '../checkers/checker.js';
import type { History } from '../harness/history/history.js';

/** CPU seconds of the bank checkers on simulated histories: `npx tsx bench/bank.ts [most operations]`. */
const RUNS = 3;
const most = Number(process.argv[2] ?? 100_000);

console.log(
  'operations  concurrency  unknown  reads       ledger  bug          bank s  linearizable s  verdict  configurations',
);
for (const operations of [1_000, 10_000, 100_000].filter((count) => count <= most)) {
  for (const reads of ['decodable', 'plain'] as const) {
    for (const ledger of ['final', 'none'] as const) {
      for (const bug of [undefined, 'stale-read', 'torn-read'] as const)
        row({ operations, reads, ledger, ...(bug && { bug }) });
    }
  }
}

function row(varied: Pick<BankShape, 'operations' | 'reads' | 'ledger' | 'bug'>): void {
  const shape: BankShape = {
    accounts: 8,
    initialBalance: 100_000,
    maxAmount: 50_000,
    concurrency: 10,
    infoShare: 0.01,
    failShare: 0.02,
    bugShare: 100 / varied.operations,
    ...varied,
  };
  const history = historyOf(simulateBank(shape, 1));
  const options = { accounts: shape.accounts, initialBalance: shape.initialBalance };
  const direct = measure(bank, history, options);
  const whole = measure(bankLinearizable, history, options);
  const cells = [
    String(varied.operations).padStart(10),
    String(shape.concurrency).padStart(12),
    '1 %'.padStart(8),
    varied.reads.padEnd(10).padStart(11),
    varied.ledger.padEnd(6).padStart(7),
    (varied.bug ?? 'none').padEnd(11).padStart(12),
    direct.seconds.toFixed(2).padStart(7),
    whole.seconds.toFixed(2).padStart(15),
    whole.validity.padStart(8),
    String(whole.configurations).padStart(15),
  ];
  console.log(cells.join(' '));
}

function measure(checker: Checker, history: History, options: Readonly<Record<string, number>>) {
  let seconds = Number.POSITIVE_INFINITY;
  let verdict: Verdict | undefined;
  // One run of a slow case tells enough.
  for (let run = 0; run < RUNS && (run === 0 || seconds < 2); run++) {
    const before = process.cpuUsage();
    verdict = checker.check(history, { budget: { timeMs: 30_000, memoryBytes: 4e9 }, options }) as Verdict;
    const { user, system } = process.cpuUsage(before);
    seconds = Math.min(seconds, (user + system) / 1e6);
  }
  return { seconds, validity: verdict!.validity, configurations: verdict!.details['mostConfigurations'] ?? '-' };
}
