import type { Isolation, SessionError, SqlCondition, SqlLock, SqlRow } from '../system.js';
import type { Answer, SqlValue, Statement } from './wire.js';

export type ColumnType = 'text' | 'integer';

export type Access = 'read-write' | 'read-only';

/** Whether COMMIT was sent: before, nothing of a transaction can ever take effect. */
export type Phase = 'before-commit' | 'commit';

/** How a product writes the statements that workloads are made of, and what its errors mean. */
export interface Dialect {
  readonly statements: Statements;
  /** First statement of a transaction at an isolation level. */
  begin(isolation: Isolation, access: Access): Statement;
  classify(error: unknown, phase: Phase): SessionError;
  /** What is wrong with the answer to COMMIT although it is no error. */
  doubt(commit: Answer): SessionError | undefined;
}

/** The statements of {@link SqlTransaction} and {@link SqlSession} as text. Identifiers are quoted, values never in it. */
export interface Statements {
  createTable(
    table: string,
    columns: Readonly<Record<string, ColumnType>>,
    indexed: readonly string[],
  ): readonly Statement[];
  select(table: string, key: string, lock: SqlLock): Statement;
  /** At least one key. */
  selectKeys(table: string, keys: readonly string[], lock: SqlLock): Statement;
  selectWhere(
    table: string,
    where: { readonly column: string; readonly equals: string | number } | undefined,
    lock: SqlLock,
  ): Statement;
  insert(table: string, row: SqlRow): Statement;
  put(table: string, row: SqlRow): Statement;
  update(table: string, key: string, set: SqlRow['columns'], where?: SqlCondition): Statement;
  add(table: string, key: string, column: string, amount: number, where?: SqlCondition): Statement;
  append(table: string, key: string, column: string, text: string, others: SqlRow['columns']): Statement;
  delete(table: string, key: string): Statement;
}

/** Name of the primary key; no column may be called so. */
export const KEY = 'key';

/** PostgreSQL cuts longer names off, which would make one table of two. */
const MAX_IDENTIFIER_BYTES = 63;

/** Refuses what a product would misunderstand. Names come from workloads, so this is an error of theirs. */
export function checkedIdentifier(name: string): string {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
    throw new RangeError(`${JSON.stringify(name)} cannot name a table or column: 1 to ${MAX_IDENTIFIER_BYTES} bytes`);
  }
  return name;
}

/** Builds a statement from left to right: text, with a placeholder for every value. */
export class StatementBuilder {
  private text = '';
  private readonly values: SqlValue[] = [];

  constructor(private readonly placeholder: (position: number) => string) {}

  add(text: string): this {
    this.text += text;
    return this;
  }

  value(value: SqlValue): this {
    this.values.push(value);
    return this.add(this.placeholder(this.values.length));
  }

  build(): Statement {
    return { text: this.text, values: this.values };
  }
}

/** Values with commas between them. */
export function addValues(statement: StatementBuilder, values: readonly SqlValue[]): StatementBuilder {
  values.forEach((value, i) => statement.add(i > 0 ? ', ' : '').value(value));
  return statement;
}
