import type { z } from 'zod';
import type { Checker } from '../../checkers/checker.js';
import type { Workload } from '../workload.js';
import { TransactionClient, type Representation } from './client.js';
import { transactions } from './generator.js';
import { parseTransactionOptions as parse } from './options.js';
import { createTables, SqlTransactionClient, type Column } from './sql-client.js';

/** What makes a workload of transactions: one kind of write, and how each family keeps what it wrote. */
export interface TransactionKind {
  readonly name: string;
  readonly summary: string;
  /** Those of all such workloads, and what is its own. */
  readonly options: z.ZodObject;
  /** The micro-operation that writes. */
  readonly write: 'append' | 'w';
  readonly inKeys: Representation;
  readonly inRows: Column;
  readonly checker: Checker;
}

/** A workload of transactions of several micro-operations on several keys, judged as a whole. */
export function transactionWorkload(kind: TransactionKind): Workload {
  const { name, summary, options, write, inKeys, inRows, checker } = kind;
  return {
    name,
    summary,
    options,
    operations: ['txn'],
    clients: {
      kv: {
        // Keys begin absent, which reads as the initial state.
        setUp: () => Promise.resolve(),
        client: (session, context) =>
          new TransactionClient(session, context.keyspace, inKeys, parse(context.options).attempts),
      },
      sql: {
        setUp: (session, { keyspace, options: given }) => createTables(session, keyspace, inRows, parse(given)),
        client: (session, { keyspace, options: given }) =>
          new SqlTransactionClient(session, keyspace, inRows, parse(given)),
      },
    },
    generator: (context) => transactions(write, parse(context.options), context.random),
    checkers: () => [{ checker, required: true }],
  };
}
