import { z } from 'zod';
import { counter as counterChecker } from '../checkers/counter.js';
import { linearizable } from '../checkers/linearizability/linearizability.js';
import { counter as counterModel } from '../checkers/models/counter.js';
import { surviving } from '../checkers/survival/surviving.js';
import { updates } from '../checkers/survival/traces.js';
import { whereLinearizable } from '../checkers/where-linearizable.js';
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
  counters: count(1000).default(2).describe('number of counters'),
  maxAmount: count(1_000_000).default(5).describe('largest amount added at once'),
  readShare: share().default(0.3).describe('share of reads'),
  updates: z
    .enum(['relative', 'computed'])
    .default('relative')
    .describe(
      'sql: relative adds in one statement (value = value + 3), computed reads, adds and writes in one transaction, ' +
        'which shows lost updates; kv always writes on condition that the value did not change',
    ),
  attempts: attempts(5),
});
type Options = z.infer<typeof options>;

const TABLE = 'counters';
const COLUMN = 'total';

/** Counters that are added to and read: every acknowledged addition counts, once. */
export const counter: Workload = {
  name: 'counter',
  summary: 'additions to counters and reads of them: each acknowledged addition counts once, and reads are in bounds',
  options,
  operations: ['add', 'read'],
  clients: {
    kv: {
      // Counters begin absent, which reads as 0.
      setUp: () => Promise.resolve(),
      client: (session, context) => new KvCounter(session, context.keyspace, options.parse(context.options)),
    },
    sql: {
      async setUp(session, { keyspace, options: given }) {
        const table = tableName(keyspace, TABLE);
        await session.createTable(table, { [COLUMN]: 'integer' });
        await ensureRows(
          session,
          table,
          keysOf(options.parse(given)).map((key) => ({ key, columns: { [COLUMN]: 0 } })),
        );
      },
      client: (session, { keyspace, options: given }) =>
        new SqlCounter(session, tableName(keyspace, TABLE), options.parse(given)),
    },
  },
  generator: counterGenerator,
  finalGenerator: (context) =>
    finalReads(keysOf(options.parse(context.options)).map((key) => ({ f: 'read', key, value: null }))),
  checkers: () => [
    { checker: surviving(counterChecker, updates('add')), required: true },
    // Finds more where it is promised, and may run out of its budget.
    { checker: surviving(whereLinearizable(linearizable(counterModel))), required: false },
  ],
};

class KvCounter implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, key, value }: Invocation): Promise<Completion> {
    const name = `${this.keyspace}/${key}`;
    if (f === 'read') return { type: 'ok', value: totalOf((await this.session.get(name))?.value ?? '0') };
    const add = (total = '0') => String(Number(total) + Number(value));
    const { failure } = await changeKey(this.session, name, this.options.attempts, add);
    return failure ?? { type: 'ok', value };
  }
}

class SqlCounter implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly table: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, key = '', value }: Invocation): Promise<Completion> {
    if (f === 'read') {
      const total = await this.session.transaction((transaction) => this.total(transaction, key), 'read-only');
      return { type: 'ok', value: total };
    }
    const amount = Number(value);
    await this.session.transaction(async (transaction) => {
      const { updates } = this.options;
      const changed =
        updates === 'relative'
          ? await transaction.add(this.table, key, COLUMN, amount)
          : await transaction.update(this.table, key, {
              [COLUMN]: Number(await this.total(transaction, key)) + amount,
            });
      if (changed !== 1) throw missingRow(this.table, key);
    });
    return { type: 'ok', value };
  }

  private async total(transaction: SqlTransaction, key: string): Promise<Json> {
    const row = await transaction.select(this.table, key);
    if (row === undefined) throw missingRow(this.table, key);
    return totalOf(row.columns[COLUMN]);
  }
}

/** What nobody wrote is shown as it is, for the checker to refuse. */
function totalOf(stored: string | number | null): Json {
  const total = typeof stored === 'string' && stored.trim() !== '' ? Number(stored) : stored;
  return typeof total === 'number' && Number.isSafeInteger(total) ? total : stored;
}

function counterGenerator(context: WorkloadContext): Generator {
  const parsed = options.parse(context.options);
  const keys = keysOf(parsed);
  return fromFunction((dice): Invocation => {
    const key = keys[dice.int(keys.length)];
    return dice.chance(parsed.readShare)
      ? { f: 'read', key, value: null }
      : { f: 'add', key, value: 1 + dice.int(parsed.maxAmount) };
  }, context.random);
}

function keysOf({ counters }: Options): readonly string[] {
  return Array.from({ length: counters }, (_, at) => `c${at}`);
}
