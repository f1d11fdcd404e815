import { z } from 'zod';
import type { Checker } from '../checkers/checker.js';
import { monotonic as monotonicChecker } from '../checkers/monotonic.js';
import { surviving } from '../checkers/survival/surviving.js';
import { updates } from '../checkers/survival/traces.js';
import type { KvSession, SqlSession, SqlTransaction } from '../docker/system.js';
import { fromFunction } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation, Json } from '../harness/history/operation.js';
import { changeKey } from './change-key.js';
import { ensureRows } from './ensure-rows.js';
import { finalReads } from './final-reads.js';
import { missingRow } from './missing-row.js';
import { attempts, count, share } from './option-types.js';
import { tableName } from './tables.js';
import type { Client, Workload, WorkloadContext } from './workload.js';

const options = z.object({
  keys: count(1000).default(2).describe('number of values that grow'),
  readShare: share().default(0.6).describe('share of reads'),
  scope: z
    .enum(['claimed', 'process', 'node', 'global'])
    .default('claimed')
    .describe(
      'among whose answers none may go back: those to one process, to one node, or all; claimed asks the consistency model ' +
        '(real time: all; session order: one process; otherwise none is judged)',
    ),
  updates: z
    .enum(['relative', 'computed'])
    .default('relative')
    .describe(
      'sql: relative adds 1 in one statement and reads the result back, computed reads, adds and writes, which shows lost ' +
        'updates; kv always writes on condition that the value did not change',
    ),
  attempts: attempts(5),
});
type Options = z.infer<typeof options>;

const TABLE = 'values';
const COLUMN = 'amount';

/** Two increments of a database that answer the same lost one of them. */
const distinctIncrements: Checker = {
  ...monotonicChecker,
  check: (history, context) =>
    monotonicChecker.check(history, { ...context, options: { increments: 'distinct', ...context.options } }),
};

/** Values that only grow: increments that answer the new value, and reads. */
export const monotonic: Workload = {
  name: 'monotonic',
  summary:
    'increments and reads of values that only grow: answers never go back, and no two increments answer the same',
  options,
  operations: ['inc', 'read'],
  clients: {
    kv: {
      // Values begin absent, which reads as 0.
      setUp: () => Promise.resolve(),
      client: (session, context) => new KvMonotonic(session, context.keyspace, options.parse(context.options)),
    },
    sql: {
      async setUp(session, { keyspace, options: given }) {
        const table = tableName(keyspace, TABLE);
        await session.createTable(table, { [COLUMN]: 'integer' });
        const rows = keysOf(options.parse(given)).map((key) => ({ key, columns: { [COLUMN]: 0 } }));
        await ensureRows(session, table, rows);
      },
      client: (session, { keyspace, options: given }) =>
        new SqlMonotonic(session, tableName(keyspace, TABLE), options.parse(given)),
    },
  },
  generator: monotonicGenerator,
  finalGenerator: (context) =>
    finalReads(keysOf(options.parse(context.options)).map((key) => ({ f: 'read', key, value: null }))),
  checkers: () => [{ checker: surviving(distinctIncrements, updates('inc')), required: true }],
};

class KvMonotonic implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, key }: Invocation): Promise<Completion> {
    const name = `${this.keyspace}/${key}`;
    if (f === 'read') return { type: 'ok', value: amountOf((await this.session.get(name))?.value ?? '0') };
    let after = 0;
    const { failure } = await changeKey(this.session, name, this.options.attempts, (amount = '0') => {
      after = Number(amount) + 1;
      return String(after);
    });
    return failure ?? { type: 'ok', value: after };
  }
}

class SqlMonotonic implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly table: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, key = '' }: Invocation): Promise<Completion> {
    const value =
      f === 'read'
        ? await this.session.transaction((transaction) => this.amount(transaction, key), 'read-only')
        : await this.session.transaction((transaction) => this.increment(transaction, key));
    return { type: 'ok', value };
  }

  private async increment(transaction: SqlTransaction, key: string): Promise<Json> {
    if (this.options.updates === 'relative') {
      if ((await transaction.add(this.table, key, COLUMN, 1)) !== 1) throw missingRow(this.table, key);
      // The row is locked, or the snapshot holds it: this is what the transaction made of it.
      return this.amount(transaction, key);
    }
    const after = Number(await this.amount(transaction, key)) + 1;
    if ((await transaction.update(this.table, key, { [COLUMN]: after })) !== 1) throw missingRow(this.table, key);
    return after;
  }

  private async amount(transaction: SqlTransaction, key: string): Promise<Json> {
    const row = await transaction.select(this.table, key);
    if (row === undefined) throw missingRow(this.table, key);
    return amountOf(row.columns[COLUMN]);
  }
}

/** What nobody wrote is shown as it is, for the checker to refuse. */
function amountOf(stored: string | number | null): Json {
  const amount = typeof stored === 'string' && stored.trim() !== '' ? Number(stored) : stored;
  return typeof amount === 'number' && Number.isSafeInteger(amount) ? amount : stored;
}

function monotonicGenerator(context: WorkloadContext): Generator {
  const parsed = options.parse(context.options);
  const keys = keysOf(parsed);
  return fromFunction((dice): Invocation => {
    const key = keys[dice.int(keys.length)];
    return { f: dice.chance(parsed.readShare) ? 'read' : 'inc', key, value: null };
  }, context.random);
}

function keysOf({ keys }: Options): readonly string[] {
  return Array.from({ length: keys }, (_, at) => `m${at}`);
}
