import { z } from 'zod';
import { launchCluster, type ClusterPlan } from '../cluster.js';
import {
  POD_ABILITIES,
  type ClusterNode,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
  type System,
} from '../system.js';
import { backups } from './backup.js';
import {
  claimOf,
  DATA_PATH,
  imageOf,
  openSession,
  serverArguments,
  serverPlanOf,
  sharedOptions,
  show,
  targetsOf,
  versionOf,
} from './server.js';
import { clusterNameOf } from '../sql/server-identity.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z.strictObject(sharedOptions);

type Options = z.infer<typeof options>;

/** One MariaDB server: what InnoDB's isolation levels promise, without replication in between. */
export const mariadb: System = {
  name: 'mariadb',
  summary: 'MariaDB, one server (InnoDB)',
  families: ['sql'],
  abilities: [...POD_ABILITIES, 'clocks', 'backups'],
  nodes: { min: 1, max: 1, default: 1 },
  options,
  claims: (given) => claimOf(options.parse(given)),
  indefinite: () => INDEFINITE_SQL,

  images: (given) => [imageOf(options.parse(given).version)],
  launch: (request) => launchCluster('mariadb', request, planOf(options.parse(request.options), request.runId)),
};

function planOf(chosen: Options, runId: string): ClusterPlan {
  const clusterName = clusterNameOf(runId);
  const targetOf = targetsOf('report_host', clusterName);
  // A name for other servers that would ask: there are none, and it is read by sessions alone.
  const command = serverArguments(chosen, { 'report-host': clusterName });
  const image = imageOf(chosen.version);
  const start = () => ({ image: image.name, command, env: { DATA: DATA_PATH } });
  return {
    images: [image],
    database: start,
    // Nobody else has the data: on an empty volume it begins empty.
    moves: { relocated: () => Promise.resolve(start()), rejoining: () => Promise.resolve(start()) },
    backups,
    ...serverPlanOf(targetOf),
    missing: async (node) => {
      await versionOf(targetOf(node));
      return undefined;
    },
    isPrimary: async (node) =>
      (await show(targetOf(node), "SHOW VARIABLES LIKE 'read_only'")).get('read_only') === 'OFF',
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      return (await openSession(
        targetOf(node),
        chosen.isolation,
        session,
      )) as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}
