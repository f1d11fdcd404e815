import { DATA_PATH, PORT, serverSettings } from '../postgres/server.js';
import type { ClusterNode } from '../system.js';

export const REST_PORT = 8008;

export interface PatroniOptions {
  readonly synchronous_mode: 'off' | 'on' | 'strict';
  readonly ttl: number;
  readonly loop_wait: number;
  readonly retry_timeout: number;
}

/**
 * Patroni's configuration file, as JSON, which YAML contains. Nodes call each other by name, because a node may come back
 * at another address.
 *
 * `wal_sender_timeout` is what lets a primary that was cut off come back. When Patroni loses its leader key it stops
 * PostgreSQL, and a stopping primary waits until every standby that is connected has received everything. One behind a
 * partition never says so, and is given up only after this timeout: with the default of 60 s the node is still
 * “stopping” a minute after the network was healed. A connection broken by TCP itself (`tcp_user_timeout`) ends earlier.
 */
export function configurationOf(
  chosen: PatroniOptions,
  node: ClusterNode,
  members: readonly string[],
  clusterName: string,
): Readonly<Record<string, unknown>> {
  const directory = `${DATA_PATH}/postgres/node`;
  return {
    // Patroni starts PostgreSQL with this as its cluster_name.
    scope: clusterName,
    name: node.name,
    restapi: { listen: `0.0.0.0:${REST_PORT}`, connect_address: `${node.name}:${REST_PORT}` },
    etcd3: { hosts: members.map((name) => `${name}:2379`) },
    bootstrap: {
      dcs: {
        ttl: chosen.ttl,
        loop_wait: chosen.loop_wait,
        retry_timeout: chosen.retry_timeout,
        synchronous_mode: chosen.synchronous_mode !== 'off',
        synchronous_mode_strict: chosen.synchronous_mode === 'strict',
        // How long a primary that lost its key may take to stop, before it is killed.
        primary_stop_timeout: 10,
        postgresql: {
          use_pg_rewind: true,
          use_slots: true,
          parameters: parameters(),
        },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    },
    postgresql: {
      listen: `0.0.0.0:${PORT}`,
      connect_address: `${node.name}:${PORT}`,
      data_dir: directory,
      pgpass: '/tmp/pgpass',
      authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' } },
      // Nobody but the test itself reaches this network.
      pg_hba: ['local all all trust', 'host all all all trust', 'host replication all all trust'],
      // A history that went apart cannot always be rewound; the node is copied anew then.
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
  };
}

/** The server's settings, but for those that are Patroni's to decide. */
function parameters(): Readonly<Record<string, string>> {
  const given = serverSettings({ wal_sender_timeout: '5s', wal_receiver_timeout: '5s', wal_keep_size: '512MB' });
  const pairs = given.filter((word) => word !== '-c').map((setting) => setting.split(/=(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs.filter(([name]) => name !== 'listen_addresses' && name !== 'port'));
}
