import type { Transactions } from '../transactions/transactions.js';

/** Two transactions wrote the same value to the same key, so a read does not tell whose it saw. Makes a verdict unknown. */
export class NotUnique extends Error {
  constructor(transactions: Transactions, verb: string, key: number, value: number, writers: readonly number[]) {
    const { history, invokes, keyNames, codes } = transactions;
    const events = writers.map((writer) => String(history.columns.indices[invokes[writer]])).join(' and ');
    super(
      `value ${codes.nameOf(value)} is ${verb} to key ${keyNames[key]} more than once (events ${events}); ` +
        'reads do not tell the writers apart, so nothing can be inferred',
    );
  }
}
