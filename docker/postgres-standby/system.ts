import { z } from 'zod';
import { launchCluster, type ClusterPlan, type DatabasePlan } from '../cluster.js';
import { claimOf, environmentOf, isolationOption, PORT, serverSettings, versionOption } from '../postgres/server.js';
import { imageOf, serverPlanOf, targetsOf } from '../postgres/system.js';
import { ask } from '../sql/admin.js';
import { connectPostgres } from '../sql/postgres-wire.js';
import { openReplicated } from '../sql/open-replicated.js';
import { clusterNameOf } from '../sql/server-identity.js';
import type { NodeTarget } from '../sql/wire.js';
import { ensurePrimary, failover } from './failover.js';
import {
  POD_ABILITIES,
  type Claims,
  type ClusterNode,
  type LaunchRequest,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
  type System,
} from '../system.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z.strictObject({
  isolation: isolationOption,
  version: versionOption,
  replication: z
    .enum(['async', 'sync', 'remote_apply'])
    .default('sync')
    .describe(
      'what COMMIT waits for: async nothing but the primary’s own disk; sync the disk of one standby; remote_apply until all standbys show it',
    ),
  reads: z
    .enum(['primary', 'standby'])
    .default('primary')
    .describe('primary: clients of a standby are refused; standby: they read there, and are refused writes'),
  commits: z
    .enum(['alike', 'mixed'])
    .default('alike')
    .describe(
      'mixed: every other client commits with synchronous_commit=off, as PostgreSQL allows for each transaction: its changes show at once, and reach disk and standbys later',
    ),
  fencing: z
    .enum(['on', 'off'])
    .default('on')
    .describe('whether the old primary is killed before a standby is promoted; off leaves two that take writes'),
});

type Options = z.infer<typeof options>;

/** PostgreSQL's own streaming replication, without anybody who would fail over by himself. */
export const postgresStandby: System = {
  name: 'postgres-standby',
  summary: 'PostgreSQL, a primary and hot standbys by streaming replication',
  families: ['sql'],
  abilities: [...POD_ABILITIES, 'clocks', 'failover'],
  nodes: { min: 2, max: 5, default: 2 },
  options,
  claims: (given) => claimsOf(options.parse(given)),
  indefinite: () => INDEFINITE_SQL,

  images: (given) => [imageOf(options.parse(given).version)],
  launch: (request) => launchCluster('postgres-standby', request, planOf(options.parse(request.options), request)),
};

/** On the primary the levels hold as on one server. What a standby shows is a snapshot, and never serializable. */
function claimsOf({ isolation, reads }: Options): Claims {
  if (reads === 'primary' || isolation === 'read-committed') return claimOf(isolation);
  return {
    consistency: 'snapshot-isolation',
    source:
      'https://www.postgresql.org/docs/current/hot-standby.html (26.4.2: no serializable transactions on a standby)',
  };
}

function planOf(chosen: Options, { runId, nodes: size }: LaunchRequest): ClusterPlan {
  const targetOf = targetsOf(runId);
  const image = imageOf(chosen.version);
  const start = (node: ClusterNode, all: readonly ClusterNode[], first: string): DatabasePlan => ({
    image: image.name,
    command: settingsOf(chosen, node, all, clusterNameOf(runId)),
    env: { ...environmentOf(), NODE: node.name, FIRST: first, MEMBERS: namesOf(all).join(' ') },
  });
  return {
    images: [image],
    database: (node, all) => start(node, all, all[0]!.name),
    moves: {
      relocated: (node, others) => Promise.resolve(start(node, [node, ...others], '')),
      async rejoining(node, others) {
        await ensurePrimary(others, targetOf);
        return start(node, [node, ...others], '');
      },
    },
    failover: failover(chosen.fencing, targetOf),
    ...serverPlanOf(targetOf),
    missing: (node) => missing(targetOf(node), size),
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      // Clients take nodes in turn, so this is every other one of each node.
      const impatient = chosen.commits === 'mixed' && Math.floor(session.process / size) % 2 === 1;
      const commits = impatient ? 'at-once' : 'waiting';
      const opened = await openReplicated(targetOf(node), { ...chosen, commits }, session);
      return opened as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

/** The same on every node, since any of them may become the primary. */
export function settingsOf(
  chosen: Options,
  node: ClusterNode,
  all: readonly ClusterNode[],
  clusterName: string,
): string[] {
  const names = namesOf(all).join(',');
  return serverSettings({
    cluster_name: clusterName,
    ...COMMIT[chosen.replication](all.length - 1),
    // Whichever of them takes writes; names, because a node may come back at another address.
    primary_conninfo: `host=${names} port=${PORT} user=postgres application_name=${node.name} target_session_attrs=read-write connect_timeout=2`,
    wal_keep_size: '512MB',
    wal_receiver_timeout: '5s',
    wal_sender_timeout: '5s',
    wal_retrieve_retry_interval: '500ms',
  });
}

const namesOf = (nodes: readonly ClusterNode[]) => nodes.map(({ name }) => name);

const COMMIT: Readonly<Record<Options['replication'], (standbys: number) => Readonly<Record<string, string>>>> = {
  async: () => ({}),
  sync: () => ({ synchronous_standby_names: 'ANY 1 (*)' }),
  remote_apply: (standbys) => ({
    synchronous_standby_names: `FIRST ${standbys} (*)`,
    synchronous_commit: 'remote_apply',
  }),
};

/** Ready is a standby that streams, and a primary whose standbys all do. */
async function missing(target: NodeTarget, size: number): Promise<string | undefined> {
  const [row] = await ask(
    connectPostgres,
    target,
    `SELECT pg_is_in_recovery() AS standby,
            (SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming') AS receiving,
            (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming') AS sending`,
  );
  if (row?.['standby'] === 1) return row['receiving'] === 1 ? undefined : 'standby does not stream';
  const sending = Number(row?.['sending']);
  return sending >= size - 1 ? undefined : `${sending} of ${size - 1} standbys stream`;
}
