import { z } from 'zod';
import { rwRegisterFromEmpty } from '../checkers/cycles/cycles.js';
import { TransactionClient, type Representation } from './transactions/client.js';
import { transactions } from './transactions/generator.js';
import { transactionOptions } from './transactions/options.js';
import type { Workload } from './workload.js';

const yesOrNo = () => z.union([z.boolean(), z.stringbool()]);

const options = z.object({
  ...transactionOptions,
  writesFollowReads: yesOrNo().default(true).describe('infer that a transaction wrote after what it read'),
  sequentialKeys: yesOrNo()
    .default(false)
    .describe('infer versions assuming each key alone is sequentially consistent'),
  linearizableKeys: yesOrNo().default(false).describe('infer versions assuming each key alone is linearizable'),
});

const registers: Representation = { writes: 'replace', initial: null, written: (_, value) => value };

/** Transactions that write unique values to registers and read them. */
export const wr: Workload = {
  name: 'wr',
  summary:
    'transactions of register writes and reads over several keys: isolation anomalies, writes without reading first',
  options,
  operations: ['txn'],
  clients: {
    kv: {
      // Registers begin absent, which reads as null.
      setUp: () => Promise.resolve(),
      client: (session, context) =>
        new TransactionClient(session, context.keyspace, registers, options.parse(context.options).attempts),
    },
  },
  generator: (context) => transactions('w', options.parse(context.options), context.random),
  checkers: () => [{ checker: rwRegisterFromEmpty, required: true }],
};
