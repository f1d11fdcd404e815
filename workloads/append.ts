import { z } from 'zod';
import { listAppend } from '../checkers/cycles/cycles.js';
import type { Json } from '../harness/history/operation.js';
import { TransactionClient, type Representation } from './transactions/client.js';
import { transactions } from './transactions/generator.js';
import { transactionOptions } from './transactions/options.js';
import type { Workload } from './workload.js';

const options = z.object(transactionOptions);

/** A list as JSON text. A damaged one is left to the reader: appending to it keeps what is there. */
const lists: Representation = {
  writes: 'extend',
  initial: [],
  written: (state, value) => [...(Array.isArray(state) ? (state as readonly Json[]) : [state]), value],
};

/** Transactions that append to lists and read them whole, which shows the order of all writes. */
export const append: Workload = {
  name: 'append',
  summary: 'transactions of list appends and reads over several keys: isolation anomalies up to strict serializability',
  options,
  operations: ['txn'],
  clients: {
    kv: {
      // Lists begin absent, which reads as empty.
      setUp: () => Promise.resolve(),
      client: (session, context) =>
        new TransactionClient(session, context.keyspace, lists, options.parse(context.options).attempts),
    },
  },
  generator: (context) => transactions('append', options.parse(context.options), context.random),
  checkers: () => [{ checker: listAppend, required: true }],
};
