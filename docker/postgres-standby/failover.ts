import type { Failover } from '../cluster.js';
import { isPrimary, type TargetOf } from '../postgres/system.js';
import { ask } from '../sql/admin.js';
import { connectPostgres } from '../sql/postgres-wire.js';
import type { ClusterNode, ProcessAbility } from '../system.js';
import { until } from '../wait.js';

const PROMOTE_MS = 12_000;
/** Everything may have to be copied. */
const FOLLOW_MS = 20_000;

/** What an operator does by hand. */
export function failover(fencing: 'on' | 'off', targetOf: TargetOf): Failover {
  return {
    async promote(node, others, processes) {
      if (fencing === 'on') await fence(others, targetOf, processes);
      await promote(node, targetOf);
    },
    // A node that starts beside a primary of a later timeline starts as its standby.
    async follow(node, processes) {
      await processes.signal(node.name, 'KILL');
      await processes.start(node.name);
      const serves = () =>
        isPrimary(targetOf(node)).then(
          (leads) => (leads ? undefined : true),
          () => undefined,
        );
      const following = await until(serves, { timeoutMs: FOLLOW_MS, everyMs: 200 });
      if (!following) throw new Error(`${node.name} is no standby ${FOLLOW_MS / 1000} s after its start`);
    },
  };
}

/** Kills every node that is not known to be a standby: one that does not answer may still take writes. */
async function fence(others: readonly ClusterNode[], targetOf: TargetOf, processes: ProcessAbility): Promise<void> {
  const mayLead = await Promise.all(others.map((other) => isPrimary(targetOf(other)).catch(() => true)));
  await Promise.all(others.filter((_, i) => mayLead[i]).map(({ name }) => processes.signal(name, 'KILL')));
}

async function promote(node: ClusterNode, targetOf: TargetOf): Promise<void> {
  const [row] = await ask(connectPostgres, targetOf(node), 'SELECT pg_promote(true, 10) AS done', PROMOTE_MS);
  if (row?.['done'] !== 1) throw new Error(`${node.name} did not become a primary within 10 s`);
}

/** When the primary was lost with its volume, the standby that received most takes its place. */
export async function ensurePrimary(nodes: readonly ClusterNode[], targetOf: TargetOf): Promise<void> {
  const positions = await Promise.all(
    nodes.map(async (node) => {
      const question =
        "SELECT pg_is_in_recovery() AS standby, CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() - '0/0'::pg_lsn END AS received";
      const [row] = await ask(connectPostgres, targetOf(node), question).catch(() => []);
      return { node, leads: row?.['standby'] === 0, received: Number(row?.['received'] ?? -1) };
    }),
  );
  if (positions.some(({ leads }) => leads)) return;
  const [best] = positions.filter(({ received }) => received >= 0).sort((a, b) => b.received - a.received);
  if (!best) throw new Error('no standby is left that could become the primary');
  await promote(best.node, targetOf);
}
