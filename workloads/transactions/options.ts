import { z } from 'zod';
import type { Json } from '../../harness/history/operation.js';
import { attempts, count, share } from '../option-types.js';

/** Options that append and wr share. */
export const transactionOptions = {
  activeKeys: count(1000).default(10).describe('keys in use at any moment'),
  writesPerKey: count(10_000).default(32).describe('writes to a key before a fresh one takes its place'),
  maxOperations: count(100).default(4).describe('most micro-operations in a transaction'),
  readOnlyShare: share().default(0.4).describe('share of transactions that only read'),
  tables: count(20).default(1).describe('sql: tables that the keys are spread over'),
  lookup: z
    .enum(['primary-key', 'secondary-index'])
    .default('primary-key')
    .describe('sql: how reads find the row of a key; writes always use the primary key'),
  updates: z
    .enum(['relative', 'computed'])
    .default('relative')
    .describe(
      'sql, append: relative appends in one statement (state = state || x), computed reads and writes, which shows lost ' +
        'updates; register writes never depend on what was there',
    ),
  attempts: attempts(5),
};

export type TransactionOptions = z.infer<z.ZodObject<typeof transactionOptions>>;

const schema = z.object(transactionOptions);

/** Others are left out. */
export function parseTransactionOptions(options: Readonly<Record<string, Json>>): TransactionOptions {
  return schema.parse(options);
}
