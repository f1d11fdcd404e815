import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ask } from '../sql/admin.js';
import { mysqlDialect } from '../sql/mysql-dialect.js';
import { connectMysql } from '../sql/mysql-wire.js';
import { openMysql } from '../sql/open-mysql.js';
import { RelationalSession } from '../sql/session.js';
import type { NodeTarget } from '../sql/wire.js';
import type { Claims, ClusterNode, ImageSource, Isolation, SessionOptions, SqlSession } from '../system.js';

/** What every system on MariaDB's server shares. */
export const PORT = 3306;
export const DATA_PATH = '/var/lib/mysql';
/** As in /proc/<pid>/comm. */
export const PROCESS = 'mariadbd';

export const sharedOptions = {
  isolation: z
    .enum(['read-committed', 'repeatable-read', 'serializable'])
    .default('repeatable-read')
    .describe('isolation level of every transaction'),
  // A command line may give the number 11.8.
  version: z
    .preprocess(String, z.enum(['10.11', '11.8']))
    .default('10.11')
    .describe('release series: 10.11 of Debian bookworm or 11.8 of trixie'),
  innodb_flush_log_at_trx_commit: z.coerce
    .number()
    .int()
    .min(0)
    .max(2)
    .default(1)
    .describe(
      'when COMMIT is on disk: 1 before it is answered; 2 written then, on disk within a second; 0 neither before a second',
    ),
  innodb_snapshot_isolation: z
    .enum(['default', 'on', 'off'])
    .default('default')
    .describe(
      'whether changing a row that changed since the transaction’s snapshot fails at repeatable-read; by default on from 11.8, off before',
    ),
};

export type SharedOptions = z.infer<z.ZodObject<typeof sharedOptions>>;

export function imageOf(version: SharedOptions['version']): ImageSource {
  return {
    name: `mariadb-${version}`,
    folder: fileURLToPath(new URL('./image/', import.meta.url)),
    args: { SUITE: version === '10.11' ? 'bookworm' : 'trixie' },
  };
}

/** Arguments of the server. */
export function serverArguments(chosen: SharedOptions, further: Readonly<Record<string, string | number>> = {}) {
  const settings: Readonly<Record<string, string | number>> = {
    'bind-address': '0.0.0.0',
    'skip-name-resolve': 1,
    'max-connections': 500,
    'character-set-server': 'utf8mb4',
    'collation-server': 'utf8mb4_bin',
    'innodb-flush-log-at-trx-commit': chosen.innodb_flush_log_at_trx_commit,
    ...(chosen.innodb_snapshot_isolation === 'default'
      ? {}
      : { 'innodb-snapshot-isolation': chosen.innodb_snapshot_isolation.toUpperCase() }),
    // A client that vanished without a word must not keep its locks for hours.
    'innodb-lock-wait-timeout': 5,
    'idle-transaction-timeout': 10,
    ...further,
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}

export type TargetOf = (node: ClusterNode) => NodeTarget;

/** Servers that were started with a variable of this value, by which they are known as this run's. */
export function targetsOf(variable: string, expected: string): TargetOf {
  // Unlike SELECT, answered also by a Galera node that has lost the others; and with no row where there is no such thing.
  const question = `SHOW GLOBAL VARIABLES LIKE '${variable}'`;
  return ({ name, address }) => ({
    host: address,
    port: PORT,
    user: 'faultline',
    database: 'faultline',
    identity: { node: name, question, expected },
  });
}

/** Values of SHOW STATUS or SHOW VARIABLES by name. */
export async function show(target: NodeTarget, query: string): Promise<ReadonlyMap<string, string>> {
  const rows = await ask(connectMysql, target, query);
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
}

export async function versionOf(target: NodeTarget): Promise<string> {
  const [row] = await ask(connectMysql, target, 'SELECT version() AS version');
  return String(row?.['version'] ?? 'unknown');
}

/** What holds wherever MariaDB's server is the database. */
export const serverPlanOf = (targetOf: TargetOf) => ({
  port: PORT,
  dataPath: DATA_PATH,
  processNames: [PROCESS],
  recoveryLog: /Starting crash recovery|Starting a batch to recover|To recover|Recovered position|recovered position/,
  version: (node: ClusterNode) => versionOf(targetOf(node)),
  async time(node: ClusterNode) {
    const question = 'SELECT cast(unix_timestamp(sysdate(3)) * 1000 AS SIGNED) AS now';
    const [row] = await ask(connectMysql, targetOf(node), question);
    return Number(row?.['now']);
  },
});

export async function openSession(
  at: NodeTarget,
  isolation: Isolation,
  { process, timeoutMs }: SessionOptions,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<SqlSession> {
  const target = { ...at, label: `process ${process}`, timeoutMs };
  const wire = await openMysql(target, isolation, settings);
  return new RelationalSession(wire, mysqlDialect, { isolation, timeoutMs });
}

/** Whether repeatable-read is snapshot isolation: on by default from 11.6.2. */
export function hasSnapshots(chosen: SharedOptions): boolean {
  return chosen.innodb_snapshot_isolation === 'default'
    ? chosen.version !== '10.11'
    : chosen.innodb_snapshot_isolation === 'on';
}

const DOCUMENTATION = 'https://mariadb.com/kb/en/set-transaction/';

/** What MariaDB promises on one server. */
export function claimOf(chosen: SharedOptions): Claims {
  switch (chosen.isolation) {
    case 'read-committed':
      return { consistency: 'read-committed', source: `${DOCUMENTATION} (READ COMMITTED)` };
    case 'repeatable-read':
      return hasSnapshots(chosen)
        ? {
            consistency: 'snapshot-isolation',
            source: 'https://mariadb.com/kb/en/innodb-system-variables/#innodb_snapshot_isolation',
          }
        : { consistency: 'repeatable-read', source: `${DOCUMENTATION} (REPEATABLE READ, in the standard’s sense)` };
    case 'serializable':
      return { consistency: 'serializable', source: `${DOCUMENTATION} (SERIALIZABLE)` };
  }
}
