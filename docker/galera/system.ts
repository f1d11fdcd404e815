import { z } from 'zod';
import { launchCluster, type ClusterPlan, type DatabasePlan } from '../cluster.js';
import {
  DATA_PATH,
  imageOf,
  openSession,
  serverArguments,
  serverPlanOf,
  sharedOptions,
  show,
  targetsOf,
} from '../mariadb/server.js';
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
import { clusterNameOf } from '../sql/server-identity.js';
import type { NodeTarget } from '../sql/wire.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z.strictObject({
  ...sharedOptions,
  wsrep_sync_wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(15)
    .default(0)
    .describe(
      'what waits until the node has applied all that was committed before: 1 reads, 2 changes, 4 inserts (sum)',
    ),
});

type Options = z.infer<typeof options>;

/** MariaDB servers that certify every commit with one another: writes are taken at every node. */
export const galera: System = {
  name: 'galera',
  summary: 'MariaDB Galera Cluster, every node takes writes',
  families: ['sql'],
  abilities: [...POD_ABILITIES, 'clocks'],
  nodes: { min: 3, max: 7, default: 3 },
  options,
  claims: (given) => claimOf(options.parse(given)),
  indefinite: () => INDEFINITE_SQL,

  images: (given) => [imageOf(options.parse(given).version)],
  launch: (request) => launchCluster('galera', request, planOf(options.parse(request.options), request)),
};

const DOCUMENTATION = 'https://galeracluster.com/library/documentation/isolation-levels.html';

/**
 * Between nodes the first to commit wins, which is snapshot isolation at best, whatever the level; within a node the level
 * is InnoDB's own. The claim is what both promise.
 */
function claimOf({ isolation }: Options): Claims {
  const consistency = isolation === 'serializable' ? 'snapshot-isolation' : isolation;
  return { consistency, source: `${DOCUMENTATION} (between nodes “first committer wins”)` };
}

function planOf(chosen: Options, { runId, nodes: size }: LaunchRequest): ClusterPlan {
  const clusterName = clusterNameOf(runId);
  const targetOf = targetsOf('wsrep_cluster_name', clusterName);
  const image = imageOf(chosen.version);
  const start = (node: ClusterNode, all: readonly ClusterNode[]): DatabasePlan => ({
    image: image.name,
    command: argumentsOf(chosen, node, clusterName),
    env: { DATA: DATA_PATH, NODE: node.name, MEMBERS: all.map(({ name }) => name).join(' ') },
  });
  const again = (node: ClusterNode, others: readonly ClusterNode[]) => Promise.resolve(start(node, [node, ...others]));
  return {
    images: [image],
    database: start,
    // Members know each other by name, and one that starts empty is sent everything by another.
    moves: { relocated: again, rejoining: again },
    ...serverPlanOf(targetOf),
    // Two copies while one is received, and the cache of what was replicated.
    diskMiB: 2048,
    missing: (node) => missing(targetOf(node), size),
    isPrimary: async (node) => inPrimaryComponent(await wsrepStatus(targetOf(node))),
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      const settings = { wsrep_sync_wait: chosen.wsrep_sync_wait };
      const opened = await openSession(targetOf(node), chosen.isolation, session, settings);
      return opened as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

export function argumentsOf(chosen: Options, node: ClusterNode, clusterName: string): string[] {
  return serverArguments(chosen, {
    'binlog-format': 'ROW',
    'innodb-autoinc-lock-mode': 2,
    'wsrep-on': 'ON',
    'wsrep-provider': '/usr/lib/galera/libgalera_smm.so',
    'wsrep-cluster-name': clusterName,
    'wsrep-node-name': node.name,
    'wsrep-node-address': node.address,
    'wsrep-sst-method': 'rsync',
    // What a node that was away for a while missed, so that it need not copy everything.
    'wsrep-provider-options': 'gcache.size=64M',
  });
}

function wsrepStatus(target: NodeTarget): Promise<ReadonlyMap<string, string>> {
  return show(target, "SHOW STATUS LIKE 'wsrep_%'");
}

export function inPrimaryComponent(status: ReadonlyMap<string, string>): boolean {
  return status.get('wsrep_cluster_status') === 'Primary' && status.get('wsrep_ready') === 'ON';
}

/** Ready is a node that has caught up in a component of all nodes. */
async function missing(target: NodeTarget, size: number): Promise<string | undefined> {
  const status = await wsrepStatus(target);
  if (!inPrimaryComponent(status)) return `component is ${status.get('wsrep_cluster_status') ?? 'unknown'}, not ready`;
  const members = Number(status.get('wsrep_cluster_size'));
  if (members < size) return `component of ${members}`;
  const state = status.get('wsrep_local_state_comment');
  return state === 'Synced' ? undefined : `state ${state ?? 'unknown'}`;
}
