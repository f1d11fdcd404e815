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
  serverPlan,
  sharedOptions,
  show,
  versionOf,
} from './server.js';
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
  launch: (request) => launchCluster('mariadb', request, planOf(options.parse(request.options))),
};

function planOf(chosen: Options): ClusterPlan {
  const image = imageOf(chosen.version);
  const start = () => ({ image: image.name, command: serverArguments(chosen), env: { DATA: DATA_PATH } });
  return {
    images: [image],
    database: start,
    // Nobody else has the data: on an empty volume it begins empty.
    moves: { relocated: () => Promise.resolve(start()), rejoining: () => Promise.resolve(start()) },
    backups,
    ...serverPlan,
    missing: async (node) => {
      await versionOf(node);
      return undefined;
    },
    isPrimary: async (node) => (await show(node, "SHOW VARIABLES LIKE 'read_only'")).get('read_only') === 'OFF',
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      return (await openSession(node, chosen.isolation, session)) as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}
