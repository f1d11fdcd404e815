import { z } from 'zod';
import { surviving } from '../checkers/survival/surviving.js';
import { updates } from '../checkers/survival/traces.js';
import type { Checker } from '../checkers/checker.js';
import { longFork as longForkChecker } from '../checkers/long-fork.js';
import type { KvSession, SqlSession } from '../docker/system.js';
import { fromState } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation, Json } from '../harness/history/operation.js';
import type { Dice } from '../harness/kit/random.js';
import { count, share } from './option-types.js';
import { tableName } from './tables.js';
import type { Client, Workload, WorkloadContext } from './workload.js';

const options = z.object({
  groupSize: z.coerce.number().int().min(2).max(100).default(4).describe('keys written and read together'),
  activeGroups: count(100).default(3).describe('groups in use at any moment'),
  readShare: share().default(0.6).describe('share of reads of a whole group'),
  readsPerGroup: count(10_000).default(20).describe('reads of a group before a fresh one takes its place'),
  reads: z
    .enum(['one-statement', 'statements'])
    .default('one-statement')
    .describe(
      'sql: a group is read in one statement, or in one for each key, which below snapshot isolation sees different moments',
    ),
});
type Options = z.infer<typeof options>;

/** Our groups begin unwritten. */
const fromEmpty: Checker = {
  ...longForkChecker,
  check: (history, context) =>
    longForkChecker.check(history, { ...context, options: { initialState: 'empty', ...context.options } }),
};

/** A micro-operation, as the checker reads it. */
type Micro = readonly [f: 'r' | 'w', key: number, value: Json];

/**
 * Groups of keys, each written once, and reads of whole groups: whatever order the writes took, all readers have to see
 * them in the same one.
 */
export const longFork: Workload = {
  name: 'long-fork',
  summary: 'single writes and reads of groups of keys: readers agree on the order of writes, or there is a long fork',
  options,
  operations: ['write', 'read'],
  clients: {
    kv: {
      // Keys begin absent, which reads as null.
      setUp: () => Promise.resolve(),
      client: (session, { keyspace }) => new KvGroups(session, keyspace),
    },
    sql: {
      setUp: (session, { keyspace }) => session.createTable(tableName(keyspace, 'cells'), { written: 'integer' }),
      client: (session, { keyspace, options: given }) =>
        new SqlGroups(session, tableName(keyspace, 'cells'), options.parse(given)),
    },
  },
  generator: longForkGenerator,
  checkers: () => [{ checker: surviving(fromEmpty, updates('write')), required: true }],
};

class KvGroups implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly keyspace: string,
  ) {}

  async invoke({ f, value }: Invocation): Promise<Completion> {
    const operations = value as unknown as readonly Micro[];
    const name = (key: number) => `${this.keyspace}/${key}`;
    if (f === 'write') {
      await this.session.put(name(operations[0][1]), JSON.stringify(operations[0][2]));
      return { type: 'ok', value };
    }
    const gets = operations.map(([, key]) => ({ kind: 'get', key: name(key) }) as const);
    const { results } = await this.session.transact([], gets);
    const seen = operations.map(([, key], at): Json => ['r', key, numberOf(results[at].at(0)?.value ?? null)]);
    return { type: 'ok', value: seen };
  }
}

class SqlGroups implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly table: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, value }: Invocation): Promise<Completion> {
    const operations = value as unknown as readonly Micro[];
    if (f === 'write') {
      const [[, key, written]] = operations;
      const row = { key: String(key), columns: { written: Number(written) } };
      await this.session.transaction((transaction) => transaction.insert(this.table, row));
      return { type: 'ok', value };
    }
    const keys = operations.map(([, key]) => String(key));
    const rows = await this.session.transaction(async (transaction) => {
      if (this.options.reads === 'one-statement') return transaction.selectKeys(this.table, keys);
      const each = [];
      for (const key of keys) each.push(await transaction.select(this.table, key));
      return each.filter((row) => row !== undefined);
    }, 'read-only');
    const written = new Map(rows.map((row) => [row.key, row.columns['written']]));
    const seen = operations.map(([, key]): Json => ['r', key, numberOf(written.get(String(key)) ?? null)]);
    return { type: 'ok', value: seen };
  }
}

/** What nobody wrote is shown as it is, for the checker to wonder at. */
function numberOf(stored: string | number | null): Json {
  return typeof stored === 'string' && /^\d{1,15}$/.test(stored) ? Number(stored) : stored;
}

interface Group {
  readonly first: number;
  /** Keys written so far, in order. */
  readonly written: number;
  readonly reads: number;
}

interface Groups {
  readonly active: readonly Group[];
  /** First key of the next group that nobody used yet. */
  readonly fresh: number;
}

function longForkGenerator(context: WorkloadContext): Generator {
  const parsed = options.parse(context.options);
  const { groupSize, activeGroups } = parsed;
  const active = Array.from({ length: activeGroups }, (_, at) => ({ first: at * groupSize, written: 0, reads: 0 }));
  return fromState<Groups>(
    {
      initial: { active, fresh: activeGroups * groupSize },
      next: (groups, dice) => operation(groups, parsed, dice),
    },
    context.random,
  );
}

function operation(groups: Groups, parsed: Options, dice: Dice): readonly [Invocation, Groups] {
  const { groupSize, readShare, readsPerGroup } = parsed;
  const at = dice.int(groups.active.length);
  const group = groups.active[at];
  const { first, written, reads } = group;
  if (written < groupSize && !dice.chance(readShare)) {
    const changed = groups.active.with(at, { ...group, written: written + 1 });
    return [
      { f: 'write', value: [['w', first + written, 1]] },
      { ...groups, active: changed },
    ];
  }
  // From any key on: readers that ask in one order see fewer disagreements.
  const from = dice.int(groupSize);
  const value = Array.from({ length: groupSize }, (_, key): Json => ['r', first + ((from + key) % groupSize), null]);
  const used = reads + 1 >= readsPerGroup && written === groupSize;
  const next = used ? { first: groups.fresh, written: 0, reads: 0 } : { ...group, reads: reads + 1 };
  const fresh = used ? groups.fresh + groupSize : groups.fresh;
  return [
    { f: 'read', value },
    { active: groups.active.with(at, next), fresh },
  ];
}
