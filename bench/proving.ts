/**
 * What it costs to collect the premises of anomalies and to prove them anew, beside the check itself, in CPU ms:
 * `npx tsx bench/proving.ts [operations, default 1000000] [beginning of a row's name]`. Each history is read from a file, as histories are.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UNLIMITED, type Checker, type Verdict } from '../checkers/checker.js';
import { listAppend, rwRegister } from '../checkers/cycles/cycles.js';
import { begin, beginningOf } from '../checkers/cycles/initial-state.js';
import { withPremises as withTransactionPremises } from '../checkers/cycles/premises.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import { withPremises } from '../checkers/linearizability/premises.js';
import type { Model } from '../checkers/model.js';
import { modelNamed } from '../checkers/models/models.js';
import { readTransactions } from '../checkers/transactions/reader.js';
import { withProofs } from '../checkers/witness/witness.js';
import { readHistory } from '../harness/history/formats/read.js';
import type { History } from '../harness/history/history.js';
import { transactionHistory } from './cycles-history.js';
import { generate } from './generate.js';
import { writeHistory } from './write-history.js';

const OPERATIONS = Number(process.argv[2] ?? 1_000_000);
const WANTED = process.argv[3] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'faultline-proving-'));
const register = modelNamed('cas-register') as Model<unknown>;

interface Row {
  readonly name: string;
  readonly checker: Checker;
  readonly history: History;
  readonly collect: (history: History) => (verdict: Verdict) => Verdict;
}

function rows(): readonly (() => Row)[] {
  const registers = (['register', 'unique-cas'] as const).map((kind) => (): Row => ({
    name: `${kind}, one stale read`,
    checker: linearizable(register),
    history: generate({ kind, operations: OPERATIONS, concurrency: 10, infoShare: 0.001, flaw: 'stale', seed: 7 }),
    collect: (history) => (verdict) => withPremises(verdict, history, register, {}),
  }));
  const transactions = ([listAppend, rwRegister] as const).map((checker) => (): Row => {
    const family = checker.name as 'list-append' | 'rw-register';
    const stale = { share: 20 / OPERATIONS, by: 50 };
    return {
      name: `${family}, few stale reads`,
      checker,
      history: transactionHistory({ family, transactions: OPERATIONS, processes: 10, seed: 7, stale }),
      collect: (history) => {
        const { transactions: read } = begin(readTransactions(history, family), beginningOf({}));
        return (verdict) => withTransactionPremises(verdict, read, {});
      },
    };
  });
  return [...registers, ...transactions];
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

try {
  console.log('history                          check  premises  proving   share  proven');
  for (const row of rows()) {
    const { name, checker, history: made, collect } = row();
    if (!name.startsWith(WANTED)) continue;
    const file = join(folder, 'history.jsonl');
    writeHistory(file, made);
    const { history } = await readHistory(file);
    const started = cpuMs();
    const verdict = await checker.check(history, { budget: UNLIMITED, options: {} });
    const checkMs = cpuMs() - started;
    const bare = verdict.anomalies.map((anomaly) => ({ ...anomaly, premises: undefined }));
    const collector = collect(history);
    const checked = cpuMs();
    collector({ ...verdict, anomalies: bare } as unknown as Verdict);
    const collected = cpuMs();
    const { anomalies } = withProofs(verdict, { history, checker: checker.name, options: {} });
    const proven = cpuMs();
    const [check, premises, proving] = [checkMs, collected - checked, proven - collected];
    const share = ((premises + proving) / (check - premises)) * 100;
    console.log(
      `${name.padEnd(32)} ${check.toFixed(0).padStart(5)} ${premises.toFixed(0).padStart(9)} ${proving.toFixed(0).padStart(8)} ` +
        `${share.toFixed(1).padStart(6)}%  ${anomalies.filter((anomaly) => anomaly.proven === true).length} of ${anomalies.length}`,
    );
    for (const { unproven } of anomalies.slice(0, 5)) if (unproven !== undefined) console.log(`  ${unproven}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
