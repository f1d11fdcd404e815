import { z } from 'zod';

const count = (most: number) => z.coerce.number().int().min(1).max(most);

/** Options that append and wr share. */
export const transactionOptions = {
  activeKeys: count(1000).default(10).describe('keys in use at any moment'),
  writesPerKey: count(10_000).default(32).describe('writes to a key before a fresh one takes its place'),
  maxOperations: count(100).default(4).describe('most micro-operations in a transaction'),
  readOnlyShare: z.coerce.number().min(0).max(1).default(0.4).describe('share of transactions that only read'),
  attempts: count(100)
    .default(5)
    .describe('times a transaction is tried whose reads were overtaken; then it fails, certainly without effect'),
};

export type TransactionOptions = z.infer<z.ZodObject<typeof transactionOptions>>;
