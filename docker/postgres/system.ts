import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launchCluster, type ClusterPlan } from '../cluster.js';
import { ask } from '../sql/admin.js';
import { openPostgres } from '../sql/open-postgres.js';
import { postgresDialect } from '../sql/postgres-dialect.js';
import { connectPostgres } from '../sql/postgres-wire.js';
import { clusterNameOf } from '../sql/server-identity.js';
import { RelationalSession } from '../sql/session.js';
import type { NodeTarget } from '../sql/wire.js';
import {
  POD_ABILITIES,
  type ClusterNode,
  type ImageSource,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
  type System,
} from '../system.js';
import { backups } from './backup.js';
import { claimOf, DATA_PATH, environmentOf, isolationOption, PORT, serverSettings, versionOption } from './server.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z.strictObject({
  isolation: isolationOption,
  version: versionOption,
  synchronous_commit: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: COMMIT is answered before its record is on disk, so that a power loss takes the last ones away'),
  walWriterDelayMs: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('wal_writer_delay: with synchronous_commit off, commits of up to three times as long may be lost, in ms'),
  fsync: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: nothing is ever forced to disk, and a power loss may take everything away'),
});

type Options = z.infer<typeof options>;

/** One PostgreSQL server: what isolation levels promise, without replication in between. */
export const postgres: System = {
  name: 'postgres',
  summary: 'PostgreSQL, one server',
  families: ['sql'],
  abilities: [...POD_ABILITIES, 'clocks', 'backups'],
  nodes: { min: 1, max: 1, default: 1 },
  options,
  claims: (given) => claimOf(options.parse(given).isolation),
  indefinite: () => INDEFINITE_SQL,

  images: (given) => [imageOf(options.parse(given).version)],
  launch: (request) => launchCluster('postgres', request, planOf(options.parse(request.options), request.runId)),
};

export function imageOf(version: Options['version']): ImageSource {
  return {
    name: `postgres-${version}`,
    folder: fileURLToPath(new URL('./image/', import.meta.url)),
    args: { VERSION: version, SUITE: version === '15' ? 'bookworm' : 'trixie' },
  };
}

function planOf(chosen: Options, runId: string): ClusterPlan {
  const targetOf = targetsOf(runId);
  const image = imageOf(chosen.version);
  const start = () => ({
    image: image.name,
    command: serverSettings({
      cluster_name: clusterNameOf(runId),
      synchronous_commit: chosen.synchronous_commit,
      wal_writer_delay: `${chosen.walWriterDelayMs}ms`,
      fsync: chosen.fsync,
    }),
    env: environmentOf(),
  });
  return {
    images: [image],
    database: start,
    // Nobody else has the data: on an empty volume it begins empty.
    moves: { relocated: () => Promise.resolve(start()), rejoining: () => Promise.resolve(start()) },
    backups,
    ...serverPlanOf(targetOf),
    missing: async (node) => {
      await ask(connectPostgres, targetOf(node), 'SELECT 1');
      return undefined;
    },
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, { process, timeoutMs }: SessionOptions) {
      const wire = await openPostgres({ ...targetOf(node), label: `process ${process}`, timeoutMs });
      const session = new RelationalSession(wire, postgresDialect, { isolation: chosen.isolation, timeoutMs });
      return session as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

/** Where to connect for a node, and what its server says of itself. */
export type TargetOf = (node: ClusterNode) => NodeTarget;

/** Servers of this run, which are started with its `cluster_name`. */
export function targetsOf(runId: string): TargetOf {
  // Answers nothing, and no error, where the setting is unknown.
  const question = "SELECT current_setting('cluster_name', true) AS cluster";
  const expected = clusterNameOf(runId);
  return ({ name, address }) => ({
    host: address,
    port: PORT,
    user: 'postgres',
    database: 'postgres',
    identity: { node: name, question, expected },
  });
}

/** What holds wherever PostgreSQL's own server is the database. */
export function serverPlanOf(targetOf: TargetOf) {
  return {
    port: PORT,
    dataPath: DATA_PATH,
    processNames: ['postgres'],
    // Logs of 16 MiB are kept up to a gigabyte.
    diskMiB: 3072,
    recoveryLog: /automatic recovery|redo starts|redo done|redo is not required|not properly shut down/,
    isPrimary: (node: ClusterNode) => isPrimary(targetOf(node)),
    async version(node: ClusterNode) {
      const [row] = await ask(connectPostgres, targetOf(node), 'SHOW server_version');
      return String(row?.['server_version'] ?? 'unknown');
    },
    async time(node: ClusterNode) {
      const question = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now';
      const [row] = await ask(connectPostgres, targetOf(node), question);
      return Number(row?.['now']);
    },
  };
}

export async function isPrimary(target: NodeTarget): Promise<boolean> {
  const [row] = await ask(connectPostgres, target, 'SELECT pg_is_in_recovery() AS standby');
  return row?.['standby'] === 0;
}
