import type { ClusterNode } from '../system.js';
import type { GroupOptions } from './system.js';

export const PORT = 3306;
export const DATA_PATH = '/var/lib/mysql';
const GROUP_PORT = 33061;

/** Arguments of the server. Members know each other by name, because a node may come back at another address. */
export function argumentsOf(
  chosen: GroupOptions,
  node: ClusterNode,
  all: readonly ClusterNode[],
  groupName: string,
): string[] {
  const settings: Readonly<Record<string, string | number>> = {
    'server-id': Number(/\d+$/.exec(node.name)?.[0] ?? 1),
    'bind-address': '0.0.0.0',
    port: PORT,
    'report-host': node.name,
    'report-port': PORT,
    // Looking a client's name up takes longer than the client waits.
    'skip-name-resolve': 'ON',
    mysqlx: 'OFF',
    'secure-file-priv': 'NULL',
    'innodb-numa-interleave': 'OFF',
    'max-connections': 500,
    'character-set-server': 'utf8mb4',
    'collation-server': 'utf8mb4_bin',
    'gtid-mode': 'ON',
    'enforce-gtid-consistency': 'ON',
    'binlog-checksum': 'NONE',
    'innodb-flush-log-at-trx-commit': chosen.innodb_flush_log_at_trx_commit,
    'innodb-lock-wait-timeout': 5,
    'innodb-redo-log-capacity': 64 * 2 ** 20,
    // A client that vanished without a word must not keep its locks for hours.
    'wait-timeout': 60,
    // A member in no group takes no writes: they would be its own alone, and keep it out of the group for good. Whoever
    // becomes the primary is told to.
    'super-read-only': 'ON',
    'plugin-load-add': 'group_replication.so',
    'group-replication-group-name': groupName,
    'group-replication-start-on-boot': 'OFF',
    'group-replication-local-address': `${node.name}:${GROUP_PORT}`,
    'group-replication-group-seeds': all.map(({ name }) => `${name}:${GROUP_PORT}`).join(','),
    // From any private address: members come back at others.
    'group-replication-ip-allowlist': '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
    'group-replication-single-primary-mode': chosen.primaries === 'single' ? 'ON' : 'OFF',
    'group-replication-enforce-update-everywhere-checks': chosen.primaries === 'multi' ? 'ON' : 'OFF',
    // The least it takes; the default is a gigabyte for each member.
    'group-replication-message-cache-size': 128 * 2 ** 20,
    'group-replication-recovery-get-public-key': 'ON',
    // Seconds after which a member that lost the majority gives up waiting for it: where the others were wiped or moved
    // meanwhile, nobody would come back to it, and nobody begin anew while it waits.
    'group-replication-unreachable-majority-timeout': 15,
    // The start script brings a member that was expelled back, at once and not after five minutes.
    'group-replication-autorejoin-tries': 0,
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
