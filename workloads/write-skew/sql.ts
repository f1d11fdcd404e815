import type { SqlRow, SqlSession } from '../../docker/system.js';
import type { Completion, Invocation, Json } from '../../harness/history/operation.js';
import { ensureRows } from '../ensure-rows.js';
import { missingRow } from '../missing-row.js';
import { tableName } from '../tables.js';
import type { Client, FamilyClients } from '../workload.js';
import { keyOfRound, roundOf, ROWS, writeSkewOptions, type Row, type WriteSkewOptions } from './options.js';

const TAKEN: Completion = { type: 'fail', error: 'taken: one of the two rows is there' };

/**
 * Two tables, one for each row of a key. Form `predicate` looks rows up by their column `duty`, through a secondary index;
 * form `rows` by primary key, and they are there from the beginning.
 */
export const writeSkewOnSql: FamilyClients<'sql'> = {
  async setUp(session, { keyspace, options: given }) {
    const options = writeSkewOptions.parse(given);
    for (const row of ROWS) {
      const table = tableName(keyspace, row);
      await session.createTable(table, { duty: 'integer', round: 'integer' }, ['duty']);
      if (options.form === 'predicate') continue;
      const duties = Array.from({ length: options.duties }, (_, duty) => duty);
      await ensureRows(
        session,
        table,
        duties.map((duty) => ({ key: String(duty), columns: { duty, round: 0 } })),
      );
    }
  },
  client: (session, { keyspace, options: given }) => new SqlSkew(session, keyspace, writeSkewOptions.parse(given)),
};

class SqlSkew implements Client {
  constructor(
    private readonly session: SqlSession,
    private readonly keyspace: string,
    private readonly options: WriteSkewOptions,
  ) {}

  invoke({ f, value }: Invocation): Promise<Completion> {
    if (f === 'read') return this.read();
    const [key, row] = value as readonly [number, Row];
    return this.options.form === 'rows' ? this.leave(key, row) : this.insert(key, row);
  }

  private async insert(key: number, row: Row): Promise<Completion> {
    const inserted = await this.session.transaction(async (transaction) => {
      for (const each of ROWS) {
        const found = await transaction.selectWhere(this.table(each), { column: 'duty', equals: key });
        if (found.length > 0) return false;
      }
      await transaction.insert(this.table(row), { key: String(key), columns: { duty: key, round: 0 } });
      return true;
    });
    return inserted ? { type: 'ok', value: [key, row] } : TAKEN;
  }

  private async leave(key: number, row: Row): Promise<Completion> {
    const { duty, round } = roundOf(key, this.options);
    const left = await this.session.transaction(async (transaction) => {
      for (const each of ROWS) {
        const found = await transaction.select(this.table(each), String(duty));
        if (found === undefined) throw missingRow(this.table(each), String(duty));
        if (Number(found.columns['round']) >= round) return false;
      }
      const changed = await transaction.update(this.table(row), String(duty), { round });
      if (changed !== 1) throw missingRow(this.table(row), String(duty));
      return true;
    });
    return left ? { type: 'ok', value: [key, row] } : TAKEN;
  }

  /** All rows; in form `rows` those of the last round of each duty, in which somebody left. */
  private async read(): Promise<Completion> {
    const tables = await this.session.transaction(async (transaction) => {
      const found: (readonly SqlRow[])[] = [];
      for (const row of ROWS) found.push(await transaction.selectWhere(this.table(row)));
      return found;
    }, 'read-only');
    const value = tables.flatMap((rows, at) => rows.flatMap((row) => this.shown(row, ROWS[at])));
    return { type: 'ok', value };
  }

  private shown({ key, columns }: SqlRow, row: Row): readonly Json[] {
    if (this.options.form === 'predicate') return [[Number(key), row]];
    const round = Number(columns['round']);
    return round === 0 ? [] : [[keyOfRound(Number(key), round, this.options), row]];
  }

  private table(row: Row): string {
    return tableName(this.keyspace, row);
  }
}
