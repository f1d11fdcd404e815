import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launchCluster, type ClusterPlan, type DatabasePlan } from '../cluster.js';
import { ask } from '../sql/admin.js';
import { mysqlDialect } from '../sql/mysql-dialect.js';
import { connectMysql } from '../sql/mysql-wire.js';
import { openMysql } from '../sql/open-mysql.js';
import { clusterUuidOf } from '../sql/server-identity.js';
import { RelationalSession } from '../sql/session.js';
import type { NodeTarget, SqlValue, Wire } from '../sql/wire.js';
import { bounded } from '../wait.js';
import {
  POD_ABILITIES,
  SessionError,
  type Claims,
  type ClusterNode,
  type LaunchRequest,
  type ImageSource,
  type SessionFamily,
  type SessionOptions,
  type SessionsByFamily,
  type SqlSession,
  type System,
} from '../system.js';
import { argumentsOf, DATA_PATH, PORT } from './server.js';
import { INDEFINITE_SQL } from '../sql/connection-errors.js';

const options = z
  .strictObject({
    isolation: z
      .enum(['read-committed', 'repeatable-read', 'serializable'])
      .default('repeatable-read')
      .describe('isolation level of every transaction'),
    primaries: z
      .enum(['single', 'multi'])
      .default('single')
      .describe('single: one member takes writes, and another follows it when it fails; multi: every member does'),
    consistency: z
      .enum(['EVENTUAL', 'BEFORE', 'AFTER', 'BEFORE_AND_AFTER'])
      .default('EVENTUAL')
      .describe(
        'BEFORE: a transaction waits until the member has applied all that was committed before it; AFTER: a commit waits until all members have applied it',
      ),
    reads: z
      .enum(['primary', 'secondary'])
      .default('primary')
      .describe('primary: clients of a secondary are refused; secondary: they read there, and are refused writes'),
    innodb_flush_log_at_trx_commit: z.coerce
      .number()
      .int()
      .min(0)
      .max(2)
      .default(1)
      .describe('when COMMIT is on disk: 1 before it is answered; 2 written then, on disk within a second; 0 neither'),
  })
  .refine(({ isolation, primaries }) => primaries === 'single' || isolation !== 'serializable', {
    path: ['isolation'],
    error: 'serializable is refused by the server where every member takes writes; add primaries=single',
  });

export type GroupOptions = z.infer<typeof options>;

/** MySQL servers that agree on the order of commits, and fail over by themselves. */
export const mysqlGroupReplication: System = {
  name: 'mysql-group-replication',
  summary: 'MySQL 9 with Group Replication, one primary or all',
  families: ['sql'],
  abilities: POD_ABILITIES,
  nodes: { min: 3, max: 7, default: 3 },
  options,
  claims: (given) => claimOf(options.parse(given)),
  indefinite: () => INDEFINITE_SQL,

  images: () => [IMAGE],
  launch: (request) =>
    launchCluster('mysql-group-replication', request, planOf(options.parse(request.options), request)),
};

const IMAGE: ImageSource = { name: 'mysql-9', folder: fileURLToPath(new URL('./image/', import.meta.url)), args: {} };
const DOCUMENTATION = 'https://dev.mysql.com/doc/refman/9.0/en/innodb-transaction-isolation-levels.html';

function claimOf({ isolation }: GroupOptions): Claims {
  return { consistency: isolation, source: `${DOCUMENTATION} (${isolation}, in the standard’s sense)` };
}

function planOf(chosen: GroupOptions, { runId, nodes: size }: LaunchRequest): ClusterPlan {
  const groupName = clusterUuidOf(runId);
  const targetOf = ({ name, address }: ClusterNode): NodeTarget => ({
    host: address,
    port: PORT,
    user: 'faultline',
    database: 'faultline',
    identity: { node: name, question: QUESTION, expected: groupName },
  });
  const start = (node: ClusterNode, all: readonly ClusterNode[]): DatabasePlan => ({
    image: IMAGE.name,
    command: argumentsOf(chosen, node, all, groupName),
    env: { DATA: DATA_PATH, NODE: node.name, MEMBERS: all.map(({ name }) => name).join(' ') },
  });
  const again = (node: ClusterNode, others: readonly ClusterNode[]) => Promise.resolve(start(node, [node, ...others]));
  return {
    images: [IMAGE],
    database: start,
    // Members know each other by name, and one that starts empty copies what it lacks from the others.
    moves: { relocated: again, rejoining: again },
    diskMiB: 2048,
    recoveryLog: /crash recovery|Starting XA crash recovery|Applying a batch|InnoDB initialization has ended/i,
    port: PORT,
    dataPath: DATA_PATH,
    processNames: ['mysqld'],
    missing: (node) => missing(targetOf(node), size),
    isPrimary: async (node) => {
      const self = await membership(targetOf(node));
      return self?.['state'] === 'ONLINE' && self['role'] === 'PRIMARY';
    },
    version: async (node) => {
      const [row] = await ask(connectMysql, targetOf(node), 'SELECT version() AS version');
      return String(row?.['version'] ?? 'unknown');
    },
    close: () => Promise.resolve(),
    async open<F extends SessionFamily>(_family: F, node: ClusterNode, session: SessionOptions) {
      return (await open(targetOf(node), chosen, session)) as SessionsByFamily['sql'] as SessionsByFamily[F];
    },
  };
}

/** The group's name, which no group of another run has. */
const QUESTION = "SHOW GLOBAL VARIABLES LIKE 'group_replication_group_name'";

/** A member's own entry in its own view of the group, and how many it sees online. */
async function membership(target: NodeTarget): Promise<Readonly<Record<string, SqlValue>> | undefined> {
  const [row] = await ask(
    connectMysql,
    target,
    `SELECT member_state AS state, member_role AS role,
            (SELECT count(*) FROM performance_schema.replication_group_members WHERE member_state = 'ONLINE') AS online
       FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid`,
  );
  return row;
}

/** Ready is a member that is online and sees all others so. */
async function missing(target: NodeTarget, size: number): Promise<string | undefined> {
  const self = await membership(target);
  if (self?.['state'] !== 'ONLINE') return `member is ${String(self?.['state'] ?? 'in no group')}`;
  const online = Number(self['online']);
  return online >= size ? undefined : `${online} of ${size} members online`;
}

async function open(
  at: NodeTarget,
  { isolation, consistency, reads }: GroupOptions,
  { process, timeoutMs }: SessionOptions,
): Promise<SqlSession> {
  const target = { ...at, label: `process ${process}`, timeoutMs };
  const wire = await openMysql(target, isolation, { group_replication_consistency: `'${consistency}'` });
  if (reads === 'primary') await refuseSecondary(wire, timeoutMs);
  return new RelationalSession(wire, mysqlDialect, { isolation, timeoutMs });
}

/** A member that refuses writes is a secondary, or has lost its group. */
async function refuseSecondary(wire: Wire, timeoutMs: number): Promise<void> {
  try {
    const question = wire.send({ text: 'SELECT @@global.super_read_only AS readOnly', values: [] });
    const { rows } = await bounded(question, timeoutMs, 'asking for the role');
    if (rows[0]?.['readOnly'] === 0) return;
    throw new SessionError('fail', 'not-primary', 'the member takes no writes');
  } catch (error) {
    wire.destroy();
    throw error instanceof SessionError ? error : new SessionError('fail', 'connection-lost', String(error));
  }
}
