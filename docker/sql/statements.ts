import type { SqlCondition, SqlLock, SqlRow } from '../system.js';
import { addValues, checkedIdentifier, KEY, StatementBuilder, type ColumnType, type Statements } from './dialect.js';
import type { Statement } from './wire.js';

/** Where the products differ. */
export interface Syntax {
  quote(identifier: string): string;
  /** Of the value at a position, from 1. */
  placeholder(position: number): string;
  readonly keyType: string;
  columnType(type: ColumnType, use: 'plain' | 'indexed'): string;
  /** What follows the parenthesis of CREATE TABLE. */
  readonly tableOptions: string;
  /** Indexes inside CREATE TABLE, or as statements of their own. */
  readonly indexes: 'inline' | 'separate';
  /** What stands between the values of an insert and the columns that are set instead where the key exists. */
  onConflict(quotedKey: string): string;
  /** The row's present value of a column, there. */
  present(quotedTable: string, quotedColumn: string): string;
  /** What stands before and behind a text to append it to a present one. */
  concatenate(present: string): readonly [before: string, after: string];
}

/** Statements in a product's syntax. Throws RangeError for names and columns that cannot be. */
export function statementsOf(syntax: Syntax): Statements {
  return {
    createTable: (table, columns, indexed) => createTable(syntax, table, columns, indexed),
    select: (table, key, lock) =>
      start(syntax, `SELECT * FROM ${id(syntax, table)} WHERE ${id(syntax, KEY)} = `)
        .value(key)
        .add(locking(lock))
        .build(),
    selectKeys: (table, keys, lock) =>
      addValues(start(syntax, `SELECT * FROM ${id(syntax, table)} WHERE ${id(syntax, KEY)} IN (`), keys)
        .add(`) ORDER BY ${id(syntax, KEY)}${locking(lock)}`)
        .build(),
    selectWhere(table, where, lock) {
      const statement = start(syntax, `SELECT * FROM ${id(syntax, table)}`);
      if (where) statement.add(` WHERE ${column(syntax, where.column)} = `).value(where.equals);
      return statement.add(` ORDER BY ${id(syntax, KEY)}${locking(lock)}`).build();
    },
    insert: (table, row) => insert(syntax, table, row).build(),
    put: (table, row) => put(syntax, table, row),
    update(table, key, set, where) {
      const entries = Object.entries(set);
      if (entries.length === 0) throw new RangeError('an update sets at least one column');
      const statement = assignments(syntax, start(syntax, `UPDATE ${id(syntax, table)} SET `), entries);
      return whereKey(syntax, statement, key, where);
    },
    add(table, key, name, amount, where) {
      const quoted = column(syntax, name);
      const statement = start(syntax, `UPDATE ${id(syntax, table)} SET ${quoted} = ${quoted} + `).value(amount);
      return whereKey(syntax, statement, key, where);
    },
    append: (table, key, name, text, others) => append(syntax, table, key, name, text, others),
    delete: (table, key) => whereKey(syntax, start(syntax, `DELETE FROM ${id(syntax, table)}`), key),
  };
}

function createTable(
  syntax: Syntax,
  table: string,
  columns: Readonly<Record<string, ColumnType>>,
  indexed: readonly string[],
): readonly Statement[] {
  const unknown = indexed.find((name) => !(name in columns));
  if (unknown !== undefined) throw new RangeError(`no column "${unknown}" to index in table "${table}"`);
  const parts = [
    `${id(syntax, KEY)} ${syntax.keyType} PRIMARY KEY`,
    ...Object.entries(columns).map(
      ([name, type]) =>
        `${column(syntax, name)} ${syntax.columnType(type, indexed.includes(name) ? 'indexed' : 'plain')}`,
    ),
    ...(syntax.indexes === 'inline' ? indexed.map((name) => `INDEX (${column(syntax, name)})`) : []),
  ];
  const create = `CREATE TABLE IF NOT EXISTS ${id(syntax, table)} (${parts.join(', ')})${syntax.tableOptions}`;
  const indexes = indexed.map(
    (name) =>
      `CREATE INDEX IF NOT EXISTS ${id(syntax, `${table}_${name}`)} ON ${id(syntax, table)} (${column(syntax, name)})`,
  );
  return [create, ...(syntax.indexes === 'separate' ? indexes : [])].map((text) => ({ text, values: [] }));
}

function insert(syntax: Syntax, table: string, row: SqlRow): StatementBuilder {
  const names = [id(syntax, KEY), ...Object.keys(row.columns).map((name) => column(syntax, name))];
  const statement = start(syntax, `INSERT INTO ${id(syntax, table)} (${names.join(', ')}) VALUES (`);
  return addValues(statement, [row.key, ...Object.values(row.columns)]).add(')');
}

function put(syntax: Syntax, table: string, row: SqlRow): Statement {
  const key = id(syntax, KEY);
  const statement = insert(syntax, table, row).add(syntax.onConflict(key));
  const entries = Object.entries(row.columns);
  if (entries.length > 0) return assignments(syntax, statement, entries).build();
  return statement.add(`${key} = ${syntax.present(id(syntax, table), key)}`).build();
}

function append(
  syntax: Syntax,
  table: string,
  key: string,
  name: string,
  text: string,
  others: SqlRow['columns'],
): Statement {
  if (name in others) throw new RangeError(`column "${name}" is appended to and set at once`);
  const quoted = column(syntax, name);
  // A row may exist without a text: nothing is what one appends to then.
  const [before, after] = syntax.concatenate(`coalesce(${syntax.present(id(syntax, table), quoted)}, '')`);
  return insert(syntax, table, { key, columns: { [name]: text, ...others } })
    .add(`${syntax.onConflict(id(syntax, KEY))}${quoted} = ${before}`)
    .value(text)
    .add(after)
    .build();
}

function assignments(
  syntax: Syntax,
  statement: StatementBuilder,
  entries: readonly (readonly [string, string | number | null])[],
): StatementBuilder {
  entries.forEach(([name, to], i) => statement.add(`${i > 0 ? ', ' : ''}${column(syntax, name)} = `).value(to));
  return statement;
}

function whereKey(syntax: Syntax, statement: StatementBuilder, key: string, where?: SqlCondition): Statement {
  statement.add(` WHERE ${id(syntax, KEY)} = `).value(key);
  if (where === undefined) return statement.build();
  const [operator, value] = 'equals' in where ? (['=', where.equals] as const) : (['>=', where.atLeast] as const);
  statement.add(` AND ${column(syntax, where.column)} ${operator} `).value(value);
  return statement.build();
}

function start(syntax: Syntax, text: string): StatementBuilder {
  return new StatementBuilder((position) => syntax.placeholder(position)).add(text);
}

function locking(lock: SqlLock): string {
  return lock === 'update' ? ' FOR UPDATE' : '';
}

function column(syntax: Syntax, name: string): string {
  if (name === KEY) throw new RangeError(`no column may be called "${KEY}"`);
  return id(syntax, name);
}

function id(syntax: Syntax, name: string): string {
  return syntax.quote(checkedIdentifier(name));
}
