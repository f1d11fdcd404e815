import { z } from 'zod';
import { launchCluster, type ClusterPlan } from '../cluster.js';
import { ask } from '../sql/admin.js';
import { openPostgres } from '../sql/open-postgres.js';
import { postgresDialect } from '../sql/postgres-dialect.js';
import { connectPostgres } from '../sql/postgres-wire.js';
import { RelationalSession } from '../sql/session.js';
import type { Target } from '../sql/wire.js';
import type {
  Claims,
  ClusterNode,
  SessionFamily,
  SessionOptions,
  SessionsByFamily,
  SqlSession,
  System,
} from '../system.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z.strictObject({
  isolation: z
    .enum(['read-committed', 'serializable'])
    .default('serializable')
    .describe('isolation level of every transaction'),
  image: z
    .string()
    .regex(/^[\w./:@-]+$/, { error: 'expected the reference of an image, such as cockroachdb/cockroach:v24.1.5' })
    .default('cockroachdb/cockroach:v24.1.5')
    .describe('image of every node, which has to be on this machine already'),
});

type Options = z.infer<typeof options>;

const SQL_PORT = 26257;
const DATA_PATH = '/cockroach/cockroach-data';

/**
 * CockroachDB from its official image. Written from its documentation and never run against a live cluster: the image
 * cannot be built from packages, and was not to be had where this was written. What is proven is the plan of its pods, and
 * its statements against PostgreSQL.
 *
 * Unlike with the other products, no server is asked whose it is (`--cluster-name` and `crdb_internal.cluster_name()` would
 * be the way): a question that was never seen answered could end every run.
 */
export const cockroachdb: System = {
  name: 'cockroachdb',
  summary: 'CockroachDB from its official image (unproven: never run on a live cluster)',
  families: ['sql'],
  abilities: ['network', 'processes', 'freezer'],
  nodes: { min: 3, max: 7, default: 3 },
  options,
  claims: (given) => claimOf(options.parse(given)),
  indefinite: () => INDEFINITE_SQL,

  launch: (request) => launchCluster('cockroachdb', request, planOf(options.parse(request.options))),
};

const DOCUMENTATION = 'https://www.cockroachlabs.com/docs/stable';

/** Real time is respected for each key, not for transactions on several: not strictly serializable. */
function claimOf({ isolation }: Options): Claims {
  return isolation === 'serializable'
    ? { consistency: 'serializable', source: `${DOCUMENTATION}/demo-serializable` }
    : { consistency: 'read-committed', source: `${DOCUMENTATION}/read-committed` };
}

export function planOf(chosen: Options): ClusterPlan {
  return {
    images: [],
    database: (node, all) => ({ image: chosen.image, command: commandOf(node, all) }),
    port: SQL_PORT,
    dataPath: DATA_PATH,
    processNames: ['cockroach'],
    async missing(node) {
      await ask(connectPostgres, targetOf(node), 'SELECT 1');
      return undefined;
    },
    // Every node takes reads and writes; who leads is a matter of each range.
    async isPrimary(node) {
      await ask(connectPostgres, targetOf(node), 'SELECT 1');
      return true;
    },
    async version(node) {
      const [row] = await ask(connectPostgres, targetOf(node), 'SELECT version() AS version');
      return String(row?.['version'] ?? 'unknown');
    },
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      const opened = await openCockroach(targetOf(node), chosen, session);
      return opened as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

/** A session with whatever speaks PostgreSQL's protocol there. */
export async function openCockroach(
  target: Omit<Target, 'label' | 'timeoutMs'>,
  { isolation }: Pick<Options, 'isolation'>,
  { process, timeoutMs }: SessionOptions,
): Promise<SqlSession> {
  const wire = await openPostgres({ ...target, label: `process ${process}`, timeoutMs });
  return new RelationalSession(wire, postgresDialect, { isolation, timeoutMs });
}

function targetOf({ address }: ClusterNode) {
  return { host: address, port: SQL_PORT, user: 'root', database: 'defaultdb' };
}

const SERVER = '/cockroach/cockroach';

/**
 * The server, and beside the first node's, until it is done, the command that makes a cluster of them, which says so when
 * there is one already. The image's entry point runs a shell when its first argument is `shell`.
 */
const SCRIPT = `${SERVER} start "$@" &
server=$!
if [ "$0" = first ]; then
  while kill -0 $server && ! ${SERVER} init --insecure --host=127.0.0.1:${SQL_PORT} 2>&1 | grep -e success -e already; do
    sleep 0.5
  done
fi
wait $server`;

function commandOf(node: ClusterNode, all: readonly ClusterNode[]): readonly string[] {
  const place = (name: string) => `${name}:${SQL_PORT}`;
  const settings = [
    '--insecure',
    `--store=${DATA_PATH}`,
    `--listen-addr=0.0.0.0:${SQL_PORT}`,
    `--advertise-addr=${place(node.name)}`,
    `--join=${all.map(({ name }) => place(name)).join(',')}`,
    '--cache=128MiB',
    '--max-sql-memory=128MiB',
    '--logtostderr=WARNING',
  ];
  return ['shell', '-c', SCRIPT, node.name === all[0]?.name ? 'first' : 'further', ...settings];
}
