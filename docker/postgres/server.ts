import { z } from 'zod';
import type { Claims } from '../system.js';

/** What every system on PostgreSQL's server shares. */
export const PORT = 5432;
export const DATA_PATH = '/var/lib/postgresql/data';

export const isolationOption = z
  .enum(['read-committed', 'repeatable-read', 'serializable'])
  .default('serializable')
  .describe('isolation level of every transaction (the server’s own default is read-committed)');

// A command line may give the number 15.
export const versionOption = z
  .preprocess(String, z.enum(['15', '17']))
  .default('15')
  .describe('major version: 15 of Debian bookworm or 17 of trixie');

export type PostgresIsolation = z.infer<typeof isolationOption>;

/** Arguments of the server: settings every test needs, and those given. `cluster_name` is whose server it is. */
export function serverSettings(given: Readonly<Record<string, string | number>>): string[] {
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: '*',
    port: PORT,
    max_connections: 500,
    // A client that vanished without a word (a cut network, a process given up) must not keep its locks for hours.
    client_connection_check_interval: '1s',
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 1,
    tcp_keepalives_count: 3,
    tcp_user_timeout: '10s',
    idle_in_transaction_session_timeout: '10s',
    // Messages are told apart by their text in one place (a warning about a standby that was not waited for).
    lc_messages: 'C',
    log_line_prefix: '%m [%p] ',
    ...given,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The data directory is a folder in the volume: a fresh file system has a lost+found, which initdb would refuse. */
export function environmentOf(): Readonly<Record<string, string>> {
  return { PGDATA: `${DATA_PATH}/node` };
}

const DOCUMENTATION = 'https://www.postgresql.org/docs/current/transaction-iso.html';

/** What PostgreSQL promises on one server. */
export function claimOf(isolation: PostgresIsolation): Claims {
  switch (isolation) {
    case 'read-committed':
      return { consistency: 'read-committed', source: `${DOCUMENTATION} (13.2.1)` };
    case 'repeatable-read':
      return {
        consistency: 'snapshot-isolation',
        source: `${DOCUMENTATION} (13.2.2: “implemented using a technique known … as Snapshot Isolation”)`,
      };
    case 'serializable':
      return { consistency: 'serializable', source: `${DOCUMENTATION} (13.2.3)` };
  }
}
