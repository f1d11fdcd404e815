import type { Isolation } from '../system.js';
import type { Dialect } from './dialect.js';
import { classifyMysql } from './mysql-errors.js';
import { statementsOf } from './statements.js';

export const MYSQL_LEVELS: Readonly<Record<Isolation, string>> = {
  'read-uncommitted': 'READ UNCOMMITTED',
  'read-committed': 'READ COMMITTED',
  'repeatable-read': 'REPEATABLE READ',
  snapshot: 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
};

/** MariaDB and MySQL. The isolation level is set once for a session: START TRANSACTION cannot name it. */
export const mysqlDialect: Dialect = {
  statements: statementsOf({
    quote: (identifier) => `\`${identifier.replaceAll('`', '``')}\``,
    placeholder: () => '?',
    // Compared byte by byte: the default collations hold a and A for the same key.
    keyType: 'VARCHAR(191)',
    columnType(type, use) {
      if (type === 'integer') return 'BIGINT';
      // An index needs a bounded length, and lists grow beyond the 64 KiB of TEXT.
      return use === 'indexed' ? 'VARCHAR(191)' : 'LONGTEXT';
    },
    tableOptions: ' ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    indexes: 'inline',
    onConflict: () => ' ON DUPLICATE KEY UPDATE ',
    present: (_table, column) => column,
    concatenate: (present) => [`concat(${present}, `, ')'],
  }),
  begin: (_isolation, access) => ({
    text: access === 'read-only' ? 'START TRANSACTION READ ONLY' : 'START TRANSACTION',
    values: [],
  }),
  classify: classifyMysql,
  // An answer to COMMIT that is no error is one.
  doubt: () => undefined,
};
