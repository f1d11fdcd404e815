import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { z } from 'zod';
import { launchCluster, type ClusterPlan, type DatabasePlan } from '../cluster.js';
import { EtcdAdmin } from '../etcd/admin.js';
import { peerOf, procedures, type Peer } from '../etcd/members.js';
import { claimOf, DATA_PATH, isolationOption, versionOption } from '../postgres/server.js';
import { serverPlanOf, targetsOf, type TargetOf } from '../postgres/system.js';
import { ask } from '../sql/admin.js';
import { clusterNameOf } from '../sql/server-identity.js';
import { openReplicated } from '../sql/open-replicated.js';
import { connectPostgres } from '../sql/postgres-wire.js';
import {
  POD_ABILITIES,
  type ClusterNode,
  type LaunchRequest,
  type ImageSource,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
  type System,
} from '../system.js';
import { configurationOf, REST_PORT } from './configuration.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z
  .strictObject({
    isolation: isolationOption,
    version: versionOption,
    synchronous_mode: z
      .enum(['off', 'on', 'strict'])
      .default('on')
      .describe(
        'off: COMMIT waits for no standby; on: for one, as long as there is one; strict: for one, and where there is none nothing is written',
      ),
    reads: z
      .enum(['primary', 'standby'])
      .default('primary')
      .describe('primary: clients of a replica are refused; standby: they read there, and are refused writes'),
    ttl: z.coerce
      .number()
      .int()
      .min(20)
      .max(300)
      .default(20)
      .describe('seconds after which a leader that was not heard of is replaced; at least loop_wait + 2 retry_timeout'),
    loop_wait: z.coerce.number().int().min(1).max(60).default(5).describe('seconds between two looks of Patroni'),
    retry_timeout: z.coerce
      .number()
      .int()
      .min(3)
      .max(60)
      .default(5)
      .describe('seconds for which Patroni tries to reach etcd before a primary steps down'),
  })
  .refine(({ ttl, loop_wait, retry_timeout }) => ttl >= loop_wait + 2 * retry_timeout, {
    path: ['ttl'],
    error: 'must be at least loop_wait + 2 · retry_timeout, or a healthy leader may lose its key',
  });

type Options = z.infer<typeof options>;

/** PostgreSQL with Patroni, which fails over by itself, and an etcd on the same nodes to agree on who leads. */
export const patroni: System = {
  name: 'patroni',
  summary: 'PostgreSQL with Patroni and etcd on three nodes, failing over by themselves',
  families: ['sql'],
  abilities: POD_ABILITIES,
  nodes: { min: 3, max: 5, default: 3 },
  options,
  claims: (given) => claimOf(options.parse(given).isolation),
  indefinite: () => INDEFINITE_SQL,

  images: (given) => [imageOf(options.parse(given))],
  launch: (request) => launchCluster('patroni', request, planOf(options.parse(request.options), request)),
};

function imageOf({ version }: Options): ImageSource {
  return {
    name: `patroni-${version}`,
    folder: fileURLToPath(new URL('./image/', import.meta.url)),
    args: { VERSION: version, SUITE: version === '15' ? 'bookworm' : 'trixie' },
  };
}

/** Patroni's is that of its script. A kill or pause of some alone says so by its own option `process`. */
const PROCESSES = ['etcd', 'patroni', 'postgres'];

function planOf(chosen: Options, { runId, nodes: size }: LaunchRequest): ClusterPlan {
  const targetOf = targetsOf(runId);
  const image = imageOf(chosen);
  const etcd = new EtcdAdmin();
  const start = (node: ClusterNode, members: readonly Peer[], state: 'new' | 'existing'): DatabasePlan => {
    const names = members.map(({ name }) => name);
    return {
      image: image.name,
      command: [],
      env: {
        DATA: DATA_PATH,
        NODE: node.name,
        ETCD_CLUSTER: members.flatMap(({ name, peerUrls }) => peerUrls.map((url) => `${name}=${url}`)).join(','),
        ETCD_PEER: peerOf(node),
        ETCD_STATE: state,
        PATRONI_CONFIGURATION_TEXT: JSON.stringify(configurationOf(chosen, node, names, clusterNameOf(runId))),
      },
    };
  };
  return {
    ...serverPlanOf(targetOf),
    images: [image],
    database: (node, all) =>
      start(
        node,
        all.map((member) => ({ name: member.name, peerUrls: [peerOf(member)] })),
        'new',
      ),
    // What moves has to be told to etcd; Patroni copies what a node lacks by itself.
    moves: procedures(etcd, (node, members) => start(node, members, 'existing')).moves,
    processNames: PROCESSES,
    missing: (node) => missing(node, targetOf, chosen, size),
    isPrimary: async (node) => (await status(node, '/primary')).statusCode === 200,
    version: async (node) => {
      const { patroni: self } = (await status(node, '/patroni')).body as { patroni?: { version?: string } };
      const [row] = await ask(connectPostgres, targetOf(node), 'SHOW server_version');
      return `Patroni ${self?.version ?? 'unknown'}, PostgreSQL ${String(row?.['server_version'])}`;
    },
    close: () => etcd.close(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      const opened = await openReplicated(targetOf(node), chosen, session);
      return opened as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

const TIMEOUT_MS = 1_000;

/** What Patroni's REST interface says; the status code is an answer by itself. */
async function status(
  { address }: ClusterNode,
  path: string,
): Promise<{ readonly statusCode: number; readonly body: unknown }> {
  const { statusCode, body } = await request(`http://${address}:${REST_PORT}${path}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    // One connection for each question: one kept open dies with its node.
    reset: true,
  });
  return { statusCode, body: JSON.parse(await body.text()) as unknown };
}

/**
 * Ready is a replica that streams, and a primary that holds the leader key and whose replicas all stream. In synchronous
 * mode one of them has to be known as the synchronous one, too: before, nobody could take over.
 */
async function missing(
  node: ClusterNode,
  targetOf: TargetOf,
  chosen: Options,
  size: number,
): Promise<string | undefined> {
  const { body } = await status(node, '/patroni');
  const { state, role } = body as { readonly state?: string; readonly role?: string };
  if (state !== 'running' && state !== 'streaming') return `state ${state ?? 'unknown'}`;
  const [row] = await ask(
    connectPostgres,
    targetOf(node),
    `SELECT (SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming') AS receiving,
            (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming') AS sending`,
  );
  if (role === 'replica') return row?.['receiving'] === 1 ? undefined : 'replica does not stream';
  if ((await status(node, '/primary')).statusCode !== 200) return `${role ?? 'unknown role'} without the leader key`;
  const sending = Number(row?.['sending']);
  if (sending < size - 1) return `${sending} of ${size - 1} replicas stream`;
  if (chosen.synchronous_mode === 'off') return undefined;
  return hasSynchronousStandby((await status(node, '/cluster')).body) ? undefined : 'no synchronous standby yet';
}

/** `/cluster` shows the roles that all nodes have agreed on. */
export function hasSynchronousStandby(cluster: unknown): boolean {
  const { members = [] } = cluster as { readonly members?: readonly { readonly role?: string }[] };
  return members.some(({ role }) => role === 'sync_standby' || role === 'quorum_standby');
}
