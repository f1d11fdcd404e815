import { SessionError, type Isolation } from '../system.js';
import type { Dialect } from './dialect.js';
import { classifyPostgres } from './postgres-errors.js';
import { statementsOf } from './statements.js';
import type { Answer } from './wire.js';

const LEVELS: Readonly<Record<Isolation, string>> = {
  'read-uncommitted': 'READ UNCOMMITTED',
  'read-committed': 'READ COMMITTED',
  'repeatable-read': 'REPEATABLE READ',
  snapshot: 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
};

/** PostgreSQL, and whatever speaks its protocol and its SQL. */
export const postgresDialect: Dialect = {
  statements: statementsOf({
    quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
    placeholder: (position) => `$${position}`,
    keyType: 'TEXT',
    columnType: (type) => (type === 'text' ? 'TEXT' : 'BIGINT'),
    tableOptions: '',
    indexes: 'separate',
    onConflict: (key) => ` ON CONFLICT (${key}) DO UPDATE SET `,
    present: (table, column) => `${table}.${column}`,
    concatenate: (present) => [`${present} || `, ''],
  }),
  begin: (isolation, access) => ({
    text: `BEGIN ISOLATION LEVEL ${LEVELS[isolation]}${access === 'read-only' ? ' READ ONLY' : ''}`,
    values: [],
  }),
  classify: classifyPostgres,
  doubt,
};

/**
 * Two answers to COMMIT look like success and are none. A transaction that an error had already ended is answered
 * `ROLLBACK`. And one whose wait for its synchronous standby was cut short is answered `COMMIT` with a warning: it is
 * committed here, and lost if this node is lost, which is not what was asked for.
 */
function doubt({ command, warnings }: Answer): SessionError | undefined {
  if (command !== 'COMMIT') {
    return new SessionError('fail', 'rolled-back', `the server answered ${command ?? 'nothing'} to COMMIT`);
  }
  const unreplicated = warnings.find((warning) => warning.includes('synchronous replication'));
  return unreplicated === undefined ? undefined : new SessionError('info', 'not-replicated', unreplicated);
}
