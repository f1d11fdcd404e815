import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launchCluster, type ClusterPlan } from '../cluster.js';
import {
  POD_ABILITIES,
  type ClusterNode,
  type ImageSource,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
  type System,
} from '../system.js';
import { CLIENT_PORT, EtcdAdmin, originOf } from './admin.js';
import { backupsOf } from './backup.js';
import { ClusterIdentity } from './identity.js';
import { peerOf, PEER_PORT, procedures, type Peer } from './members.js';
import { EtcdSession } from './session.js';

const options = z
  .strictObject({
    reads: z
      .enum(['linearizable', 'serializable'])
      .default('linearizable')
      .describe('how reads are served: agreed with the leader, or from the node’s own, possibly stale, state'),
    // A command line may give the number 3.4.
    version: z
      .preprocess(String, z.enum(['3.4', '3.5']))
      .default('3.4')
      .describe('release series: 3.4 of Debian bookworm or 3.5 of trixie'),
    heartbeatMs: z.coerce
      .number()
      .int()
      .min(10)
      .max(5_000)
      .default(100)
      .describe('time between the leader’s heartbeats, in ms'),
    unsafeNoFsync: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe('start with --unsafe-no-fsync: acknowledged writes are lost with the power (3.5 only)'),
    electionMs: z.coerce
      .number()
      .int()
      .min(50)
      .max(50_000)
      .default(1_000)
      .describe('time without heartbeats after which a follower stands for election, in ms; at least 5 heartbeats'),
  })
  .refine(({ heartbeatMs, electionMs }) => electionMs >= 5 * heartbeatMs, {
    path: ['electionMs'],
    error: 'must be at least 5 times heartbeatMs, or etcd refuses to start',
  })
  .refine(({ unsafeNoFsync, version }) => !unsafeNoFsync || version === '3.5', {
    path: ['unsafeNoFsync'],
    error: 'etcd 3.4 has no such flag; add version=3.5',
  });

type Options = z.infer<typeof options>;

const SUITES = { '3.4': 'bookworm', '3.5': 'trixie' } as const;
const DATA_PATH = '/var/lib/etcd';
/** XFS wants 300; a log of 64 MiB is made ahead, and another while the first is in use. */
const DISK_MIB = 512;
const RECOVERY_LOG = /recovered|restarting local member|replaying|restore/i;
const INDEFINITE = [
  ...['timeout', 'reset', 'closed', 'malformed', 'unknown', 'server-error', 'server-timeout'],
  ...['no-leader', 'leader-changed', 'stopped', 'no-space'],
];
const GUARANTEES = 'https://etcd.io/docs/v3.5/learning/api_guarantees/';

export const etcd: System = {
  name: 'etcd',
  summary: 'etcd, a replicated key–value store on raft, over its JSON gateway',
  families: ['kv'],
  abilities: [...POD_ABILITIES, 'membership', 'backups'],
  nodes: { min: 1, max: 7, default: 5 },
  options,

  claims(given) {
    return options.parse(given).reads === 'linearizable'
      ? {
          consistency: 'strict-serializable',
          source: `${GUARANTEES} (“strict serializability”, linearizable by default)`,
        }
      : { consistency: 'serializable', source: `${GUARANTEES} (serializable requests may return stale data)` };
  },

  indefinite: () => INDEFINITE,

  images: (given) => [imageOf(options.parse(given))],

  async launch(request) {
    return launchCluster('etcd', request, planOf(options.parse(request.options), request.runId));
  },
};

function imageOf({ version }: Options): ImageSource {
  return {
    name: `etcd-${version}`,
    folder: fileURLToPath(new URL('./image/', import.meta.url)),
    args: { SUITE: SUITES[version] },
  };
}

function planOf(chosen: Options, runId: string): ClusterPlan {
  const image = imageOf(chosen);
  const identity = new ClusterIdentity();
  const admin = new EtcdAdmin(identity);
  const start = (node: ClusterNode, peers: readonly Peer[], state: ClusterState) => ({
    image: image.name,
    command: argumentsOf(chosen, runId, node, peers, state),
  });
  const first = (node: ClusterNode) => ({ name: node.name, peerUrls: [peerOf(node)] });
  return {
    images: [image],
    database: (node, all) => {
      identity.founded(runId, all);
      return start(node, all.map(first), 'new');
    },
    ...procedures(admin, (node, members) => start(node, members, 'existing')),
    backups: backupsOf(DATA_PATH, runId, identity),
    recoveryLog: RECOVERY_LOG,
    diskMiB: DISK_MIB,
    port: CLIENT_PORT,
    dataPath: DATA_PATH,
    processNames: ['etcd'],
    missing: (node) => admin.missing(node),
    isPrimary: (node) => admin.isLeader(node),
    version: (node) => admin.version(node),
    close: () => admin.close(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, { timeoutMs }: SessionOptions) {
      const session: SessionsByFamily['kv'] = new EtcdSession(originOf(node), {
        timeoutMs,
        reads: chosen.reads,
        checkHeader: (header) => identity.check(node.name, header),
      });
      return session as SessionsByFamily[F];
    },
  };
}

type ClusterState = 'new' | 'existing';

function argumentsOf(
  chosen: Options,
  runId: string,
  node: ClusterNode,
  peers: readonly Peer[],
  state: ClusterState,
): string[] {
  const members = peers.flatMap(({ name, peerUrls }) => peerUrls.map((url) => `${name}=${url}`));
  return [
    `--name=${node.name}`,
    `--data-dir=${DATA_PATH}/node`,
    `--listen-client-urls=http://0.0.0.0:${CLIENT_PORT}`,
    `--advertise-client-urls=${originOf(node)}`,
    `--listen-peer-urls=http://0.0.0.0:${PEER_PORT}`,
    `--initial-advertise-peer-urls=${peerOf(node)}`,
    `--initial-cluster=${members.join(',')}`,
    `--initial-cluster-state=${state}`,
    `--initial-cluster-token=${runId}`,
    `--heartbeat-interval=${chosen.heartbeatMs}`,
    `--election-timeout=${chosen.electionMs}`,
    // The default of 128 is less than a workload's whole set-up may want in one transaction.
    '--max-txn-ops=1024',
    '--logger=zap',
    '--log-outputs=stderr',
    ...(chosen.unsafeNoFsync ? ['--unsafe-no-fsync'] : []),
  ];
}
