import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launchCluster, type ClusterPlan } from '../cluster.js';
import { ask } from '../sql/admin.js';
import { openPostgres } from '../sql/open-postgres.js';
import { postgresDialect } from '../sql/postgres-dialect.js';
import { connectPostgres } from '../sql/postgres-wire.js';
import { RelationalSession } from '../sql/session.js';
import type { ClusterNode, ImageSource, SessionFamily, SessionOptions, SessionsByFamily, System } from '../system.js';
import { claimOf, DATA_PATH, environmentOf, isolationOption, PORT, serverSettings, versionOption } from './server.js';

const options = z.strictObject({
  isolation: isolationOption,
  version: versionOption,
  synchronous_commit: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: COMMIT is answered before its record is on disk, so that a power loss takes the last ones away'),
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
  abilities: ['network', 'processes', 'freezer'],
  nodes: { min: 1, max: 1, default: 1 },
  options,
  claims: (given) => claimOf(options.parse(given).isolation),
  images: (given) => [imageOf(options.parse(given).version)],
  launch: (request) => launchCluster('postgres', request, planOf(options.parse(request.options))),
};

export function imageOf(version: Options['version']): ImageSource {
  return {
    name: `postgres-${version}`,
    folder: fileURLToPath(new URL('./image/', import.meta.url)),
    args: { VERSION: version, SUITE: version === '15' ? 'bookworm' : 'trixie' },
  };
}

function planOf(chosen: Options): ClusterPlan {
  const image = imageOf(chosen.version);
  return {
    images: [image],
    database: () => ({
      image: image.name,
      command: serverSettings({ synchronous_commit: chosen.synchronous_commit, fsync: chosen.fsync }),
      env: environmentOf(),
    }),
    port: PORT,
    dataPath: DATA_PATH,
    processNames: ['postgres'],
    missing: async (node) => {
      await ask(connectPostgres, targetOf(node), 'SELECT 1');
      return undefined;
    },
    isPrimary: async (node) => {
      const [row] = await ask(connectPostgres, targetOf(node), 'SELECT pg_is_in_recovery() AS standby');
      return row?.['standby'] === 0;
    },
    version: async (node) => {
      const [row] = await ask(connectPostgres, targetOf(node), 'SHOW server_version');
      return String(row?.['server_version'] ?? 'unknown');
    },
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, { process, timeoutMs }: SessionOptions) {
      const wire = await openPostgres({ ...targetOf(node), label: `process ${process}`, timeoutMs });
      const session = new RelationalSession(wire, postgresDialect, { isolation: chosen.isolation, timeoutMs });
      return session as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

export function targetOf({ address }: ClusterNode) {
  return { host: address, port: PORT, user: 'postgres', database: 'postgres' };
}
