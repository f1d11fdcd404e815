import { availability } from '../checkers/availability.js';
import { goneNodes } from '../checkers/gone-nodes.js';
import { MODELS } from '../checkers/cycles/taxonomy.js';
import { statistics } from '../checkers/statistics/statistics.js';
import type { System } from '../docker/system.js';
import { backupRestore } from '../nemesis/backup-restore.js';
import { clock } from '../nemesis/clock.js';
import { corruption } from '../nemesis/corruption.js';
import { crashLoop } from '../nemesis/crash-loop.js';
import { diskErrors, diskFull, diskStall } from '../nemesis/disk.js';
import { flapping } from '../nemesis/flapping.js';
import { kill } from '../nemesis/kill.js';
import { membership } from '../nemesis/membership.js';
import type { Nemesis } from '../nemesis/nemesis.js';
import { partition } from '../nemesis/partition.js';
import { pause } from '../nemesis/pause.js';
import { promote } from '../nemesis/promote.js';
import { powerLoss } from '../nemesis/power-loss.js';
import { replace } from '../nemesis/replace.js';
import { reschedule } from '../nemesis/reschedule.js';
import { rollingRestart } from '../nemesis/rolling-restart.js';
import { delay, duplicate, loss, reorder, slow } from '../nemesis/traffic.js';
import { append } from '../workloads/append.js';
import { bank } from '../workloads/bank.js';
import { counter as counterWorkload } from '../workloads/counter.js';
import { inventory } from '../workloads/inventory.js';
import { lock as lockWorkload } from '../workloads/lock.js';
import { longFork as longForkWorkload } from '../workloads/long-fork.js';
import { monotonic as monotonicWorkload } from '../workloads/monotonic.js';
import { queue as queueWorkload } from '../workloads/queue.js';
import { register } from '../workloads/register.js';
import { set as setWorkload } from '../workloads/set.js';
import type { Workload, WorkloadChecker } from '../workloads/workload.js';
import { wr } from '../workloads/wr.js';
import { writeSkew as writeSkewWorkload } from '../workloads/write-skew.js';

/** Databases. Loaded when asked for, so that `check` and `report` need neither Docker nor a database client. */
export const systems: Readonly<Record<string, () => Promise<System>>> = {
  cockroachdb: async () => (await import('../docker/cockroachdb/system.js')).cockroachdb,
  etcd: async () => (await import('../docker/etcd/system.js')).etcd,
  galera: async () => (await import('../docker/galera/system.js')).galera,
  mariadb: async () => (await import('../docker/mariadb/system.js')).mariadb,
  postgres: async () => (await import('../docker/postgres/system.js')).postgres,
  'postgres-standby': async () => (await import('../docker/postgres-standby/system.js')).postgresStandby,
  patroni: async () => (await import('../docker/patroni/system.js')).patroni,
  'mysql-group-replication': async () =>
    (await import('../docker/mysql-group-replication/system.js')).mysqlGroupReplication,
  simulated: async () => (await import('./simulated/system.js')).simulated,
};

export const workloads: readonly Workload[] = [
  register,
  bank,
  inventory,
  append,
  wr,
  setWorkload,
  counterWorkload,
  queueWorkload,
  lockWorkload,
  longForkWorkload,
  writeSkewWorkload,
  monotonicWorkload,
];

export const nemeses: readonly Nemesis[] = [
  partition,
  kill,
  pause,
  flapping,
  crashLoop,
  rollingRestart,
  powerLoss,
  clock,
  reschedule,
  replace,
  membership,
  promote,
  backupRestore,
  diskStall,
  diskFull,
  diskErrors,
  corruption,
  loss,
  slow,
  delay,
  reorder,
  duplicate,
];

/** Judges of one condition each, and sequential specifications that linearizability is judged against. */
export { checkers, linearizable, models } from './checkers.js';

/** Judges that follow a history while it grows, by workload. */
export { streamingCheckers } from '../checkers/streaming/streaming.js';

/** Judges of a run as a whole: was the test worth anything? */
export const runCheckers: readonly WorkloadChecker[] = [
  { checker: availability, required: true },
  { checker: goneNodes, required: true },
  { checker: statistics, required: true },
];

/** Names of consistency models, with their aliases. */
export const consistencyModels: ReadonlySet<string> = new Set(
  Object.entries(MODELS).flatMap(([name, { aliases = [] }]) => [name, ...aliases]),
);
