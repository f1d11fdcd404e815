import { z } from 'zod';
import { setFull } from '../checkers/set-full.js';
import { surviving } from '../checkers/survival/surviving.js';
import { setTraces } from '../checkers/survival/traces.js';
import type { KvSession, SqlRow, SqlSession } from '../docker/system.js';
import { fromState } from '../harness/generator/combinators.js';
import type { Generator } from '../harness/generator/generator.js';
import type { Completion, Invocation, Json } from '../harness/history/operation.js';
import { changeKey } from './change-key.js';
import { finalReads } from './final-reads.js';
import { attempts, share } from './option-types.js';
import { tableName } from './tables.js';
import type { Client, Workload, WorkloadContext } from './workload.js';

const options = z.object({
  layout: z
    .enum(['rows', 'list'])
    .default('rows')
    .describe('rows: a row (a key) for each element; list: all elements in one, which every add changes'),
  readShare: share().default(0.2).describe('share of reads at the start; they become rarer as the set grows'),
  attempts: attempts(5),
});
type Options = z.infer<typeof options>;

/** Reads show every element: beyond so many, they become as much rarer as the set is larger. */
const OFTEN_READ_ELEMENTS = 300;

/** One set, to which unique elements are added: whatever was acknowledged stays, and reads show it from then on. */
export const set: Workload = {
  name: 'set',
  summary: 'adds to a set and reads of all of it: acknowledged elements stay and show, none twice, none from nowhere',
  options,
  operations: ['add', 'read'],
  clients: {
    kv: {
      // The set begins absent, which reads as empty.
      setUp: () => Promise.resolve(),
      client: (session, context) => new KvSet(session, `${context.keyspace}/`, options.parse(context.options)),
    },
    sql: {
      setUp: (session, { keyspace }) => session.createTable(tableName(keyspace, 'set'), { elements: 'text' }),
      client: (session, { keyspace, options: given }) =>
        new SqlSet(session, tableName(keyspace, 'set'), options.parse(given)),
    },
  },
  generator: setGenerator,
  finalGenerator: () => finalReads([{ f: 'read', value: null }]),
  checkers: () => [{ checker: surviving(setFull, setTraces), required: true }],
};

/** Key of the list, and text between its elements. */
const LIST = 'list';
const SEPARATOR = ',';

class KvSet implements Client {
  constructor(
    private readonly session: KvSession,
    private readonly prefix: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, value }: Invocation): Promise<Completion> {
    if (f === 'read') return { type: 'ok', value: await this.read() };
    if (this.options.layout === 'rows') await this.session.put(`${this.prefix}${String(value)}`, String(value));
    else {
      const add = (list = '') => `${list}${String(value)}${SEPARATOR}`;
      const { failure } = await changeKey(this.session, this.prefix + LIST, this.options.attempts, add);
      if (failure) return failure;
    }
    return { type: 'ok', value };
  }

  private async read(): Promise<Json> {
    if (this.options.layout === 'list') return elementsIn((await this.session.get(this.prefix + LIST))?.value ?? '');
    const { results } = await this.session.transact([], [{ kind: 'get-prefix', prefix: this.prefix }]);
    return results[0].map((entry) => elementOf(entry.value));
  }
}

class SqlSet implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly table: string,
    private readonly options: Options,
  ) {}

  async invoke({ f, value }: Invocation): Promise<Completion> {
    if (f === 'read') return { type: 'ok', value: await this.read() };
    const element = String(value);
    await this.session.transaction((transaction) =>
      this.options.layout === 'rows'
        ? transaction.insert(this.table, { key: element, columns: { elements: element } })
        : transaction.append(this.table, LIST, 'elements', element + SEPARATOR),
    );
    return { type: 'ok', value };
  }

  private async read(): Promise<Json> {
    const rows = await this.session.transaction((transaction) => transaction.selectWhere(this.table), 'read-only');
    const textOf = ({ columns }: SqlRow) => String(columns['elements']);
    if (this.options.layout === 'list') return rows.flatMap((row) => elementsIn(textOf(row)));
    return rows.map((row) => elementOf(textOf(row)));
  }
}

function elementsIn(list: string): Json[] {
  return list
    .split(SEPARATOR)
    .filter((element) => element !== '')
    .map(elementOf);
}

/** More digits than a number has for certain. */
const DIGITS = 15;

/** What nobody wrote is shown as it is, for the checker to wonder at. Digit by digit: a read has thousands of them. */
function elementOf(text: string): Json {
  if (text === '' || text.length > DIGITS) return text;
  let element = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return text;
    element = 10 * element + digit;
  }
  return element;
}

const ZERO = '0'.charCodeAt(0);

function setGenerator(context: WorkloadContext): Generator {
  const { readShare } = options.parse(context.options);
  return fromState<number>(
    {
      initial: 0,
      next(added, dice) {
        const chance = readShare * Math.min(1, OFTEN_READ_ELEMENTS / Math.max(1, added));
        return dice.chance(chance) ? [{ f: 'read', value: null }, added] : [{ f: 'add', value: added }, added + 1];
      },
    },
    context.random,
  );
}
