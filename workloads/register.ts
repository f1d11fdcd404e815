import { z } from 'zod';
import { casRegister } from '../checkers/models/register.js';
import { sessionGuarantees } from '../checkers/sessions/session-guarantees.js';
import { staleness } from '../checkers/sessions/staleness.js';
import { linearizableAcrossRestores } from '../checkers/survival/linearizable.js';
import { surviving } from '../checkers/survival/surviving.js';
import type { KvSession, SqlSession } from '../docker/system.js';
import {
  concurrentKeys,
  eachThread,
  fromState,
  limit,
  onKey,
  once,
  sequence,
} from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation, Json, Operation } from '../harness/history/operation.js';
import type { Dice } from '../harness/kit/random.js';
import { tableName } from './tables.js';
import type { Client, Workload, WorkloadContext } from './workload.js';

const options = z.object({
  threadsPerKey: z.coerce.number().int().min(1).max(100).default(5).describe('clients that share a register'),
  operationsPerKey: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(300)
    .describe('operations on a register before its clients take a fresh one'),
  values: z
    .enum(['unique', 'few'])
    .default('unique')
    .describe('unique: every write of a register writes a new value; few: one of five, which is harder to check'),
});

/** Values written with `values: few`. */
const FEW = 5;
/** Registers read once more at the end, over every session. */
const FINAL_KEYS = 20;

/** Reads, writes and compare-and-sets of many independent registers. */
export const register: Workload = {
  name: 'register',
  summary: 'read, write and compare-and-set of many registers: every read is explained by one order of operations',
  options,
  operations: ['read', 'write', 'cas'],
  clients: {
    kv: {
      // Registers begin absent, which reads as null.
      setUp: () => Promise.resolve(),
      client: (session, { keyspace }) => new RegisterClient(session, keyspace),
    },
    sql: {
      // Rows begin absent, too.
      setUp: (session, { keyspace }) => session.createTable(tableName(keyspace, TABLE), { [COLUMN]: 'integer' }),
      client: (session, { keyspace }) => new SqlRegister(session, tableName(keyspace, TABLE)),
    },
  },
  generator: registerGenerator,
  finalGenerator: () =>
    eachThread(
      sequence(...Array.from({ length: FINAL_KEYS }, (_, at) => onKey(keyName(at), once({ f: 'read', value: null })))),
    ),
  checkers: () => [
    { checker: linearizableAcrossRestores(casRegister), required: true },
    // What still holds where linearizability does not, and by how much reads were behind.
    { checker: surviving(sessionGuarantees), required: false },
    { checker: surviving(staleness), required: false },
  ],
};

class RegisterClient implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
  ) {}

  async invoke({ f, key, value }: Invocation): Promise<Completion> {
    const name = `${this.keyspace}/${key}`;
    switch (f) {
      case 'read':
        return { type: 'ok', value: parse((await this.session.get(name))?.value) };
      case 'write':
        await this.session.put(name, JSON.stringify(value));
        return { type: 'ok', value };
      case 'cas': {
        const [from, to] = value as readonly [Json, Json];
        const swapped = await this.session.compareAndSet(name, JSON.stringify(from), JSON.stringify(to));
        return swapped ? { type: 'ok', value } : { type: 'fail', error: 'mismatch' };
      }
      default:
        throw new Error(`register has no operation "${f}"`);
    }
  }
}

const TABLE = 'registers';
const COLUMN = 'content';

/** One row a register. A compare-and-set is one conditional update, so it needs no isolation beyond read committed. */
class SqlRegister implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly table: string,
  ) {}

  async invoke({ f, key = '', value }: Invocation): Promise<Completion> {
    switch (f) {
      case 'read': {
        const row = await this.session.transaction((transaction) => transaction.select(this.table, key), 'read-only');
        return { type: 'ok', value: row?.columns[COLUMN] ?? null };
      }
      case 'write': {
        const row = { key, columns: { [COLUMN]: value as number } };
        await this.session.transaction((transaction) => transaction.put(this.table, row));
        return { type: 'ok', value };
      }
      case 'cas': {
        const [from, to] = value as readonly [number, number];
        const changed = await this.session.transaction((transaction) =>
          transaction.update(this.table, key, { [COLUMN]: to }, { column: COLUMN, equals: from }),
        );
        return changed === 1 ? { type: 'ok', value } : { type: 'fail', error: 'mismatch' };
      }
      default:
        throw new Error(`register has no operation "${f}"`);
    }
  }
}

/** A value that nobody wrote is shown as it is, for the checker to wonder at. */
function parse(text: string | undefined): Json {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function registerGenerator(context: WorkloadContext): Generator {
  const { threadsPerKey, operationsPerKey, values } = options.parse(context.options);
  return concurrentKeys(threadsPerKey, {
    key: keyName,
    generator: (key) => limit(operationsPerKey, oneRegister(values, context, key)),
  });
}

interface Known {
  /** Last value that somebody saw or wrote; a compare-and-set from it has a fair chance. */
  readonly value: number | undefined;
  readonly nextValue: number;
}

function oneRegister(values: 'unique' | 'few', context: WorkloadContext, key: string): Generator {
  return fromState<Known>(
    {
      initial: { value: undefined, nextValue: 1 },
      next(known, dice) {
        const choice = dice.float();
        if (choice < 0.4) return [{ f: 'read', value: null }, known];
        const value = values === 'unique' ? known.nextValue : dice.int(FEW);
        const after = { ...known, nextValue: known.nextValue + 1 };
        if (choice < 0.7) return [{ f: 'write', value }, after];
        const from = guess(known, values, dice);
        return from === undefined ? [{ f: 'write', value }, after] : [{ f: 'cas', value: [from, value] }, after];
      },
      observe: learn,
    },
    context.random.fork(key),
  );
}

function guess(known: Known, values: 'unique' | 'few', dice: Dice): number | undefined {
  return values === 'few' && dice.chance(0.3) ? dice.int(FEW) : known.value;
}

function learn(known: Known, { type, f, value }: Operation): Known {
  if (type !== 'ok') return known;
  const seen = f === 'cas' ? (value as readonly Json[])[1] : value;
  return typeof seen === 'number' ? { ...known, value: seen } : known;
}

function keyName(at: number): string {
  return `r${at}`;
}
