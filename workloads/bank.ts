import { bank as bankChecker } from '../checkers/bank/bank.js';
import { bankLinearizable } from '../checkers/bank/linearizable.js';
import { surviving } from '../checkers/survival/surviving.js';
import { bankTraces } from '../checkers/survival/traces.js';
import { bankOnKv } from './bank/kv.js';
import { bankOnSql } from './bank/sql.js';
import { bankFinalGenerator, bankGenerator } from './bank/generator.js';
import { bankOptions } from './bank/options.js';
import type { Workload } from './workload.js';

/**
 * Accounts whose total never changes. A transfer moves money between two of them, is refused where the balance is
 * short, and leaves an entry in the ledger in the same transaction; a read takes all balances in one transaction.
 */
export const bank: Workload = {
  name: 'bank',
  summary: 'transfers between accounts and reads of all balances: no money appears, vanishes or moves twice',
  options: bankOptions,
  operations: ['transfer', 'read', 'ledger'],
  clients: { kv: bankOnKv, sql: bankOnSql },
  generator: bankGenerator,
  finalGenerator: bankFinalGenerator,
  checkers: () => [
    { checker: surviving(bankChecker, bankTraces), required: true },
    { checker: surviving(bankLinearizable, bankTraces), required: true },
  ],
};
