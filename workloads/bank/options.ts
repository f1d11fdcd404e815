import { z } from 'zod';
import type { Json } from '../../harness/history/operation.js';

export const bankOptions = z.object({
  accounts: z.coerce.number().int().min(2).max(60).default(8).describe('number of accounts'),
  initialBalance: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .default(100_000)
    .describe('balance of each account at the start'),
  // A wide range, so that the sums of different sets of transfers differ: a balance read then tells which of them
  // happened, and the whole bank can be checked with unknown outcomes around.
  maxTransfer: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe('largest amount transferred; by default half of the initial balance'),
  reads: z
    .enum(['decodable', 'plain'])
    .default('decodable')
    .describe(
      'decodable: reads return how many transfers each account saw, besides its balance; plain: balances alone',
    ),
  updates: z
    .enum(['relative', 'computed'])
    .default('relative')
    .describe(
      'sql: relative changes balances in the database (balance = balance - 30), which leaves read skew to find; computed ' +
        'reads them, calculates and writes, which shows lost updates; kv always writes what it read, if nobody changed it',
    ),
  attempts: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('kv: how often a transfer is tried when another one was faster; sql never tries again'),
});

export type BankOptions = z.infer<typeof bankOptions> & { readonly maxTransfer: number };

export function parseBankOptions(options: Readonly<Record<string, Json>>): BankOptions {
  const parsed = bankOptions.parse(options);
  return { ...parsed, maxTransfer: parsed.maxTransfer ?? Math.max(1, Math.floor(parsed.initialBalance / 2)) };
}
