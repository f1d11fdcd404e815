/** One test, as `faultline test` is told it. */
export interface Trial {
  readonly system: string;
  readonly workload: string;
  readonly nemesis?: string;
  /** `--set`. */
  readonly set: Readonly<Record<string, string | number>>;
  /** Further flags, without dashes. */
  readonly flags: Readonly<Record<string, string | number>>;
}

/** A published weakness, the test that shows it, and the same test where it must not show. */
export interface Finding {
  readonly number: number;
  readonly title: string;
  /** Who described it first, or where the product does. */
  readonly published: string;
  /** `quick`: seconds, on small images, run by every CI; `long`: of the suite track-record.yaml. */
  readonly pace: 'quick' | 'long';
  readonly find: Trial;
  /** Kinds of anomaly of which the report must name at least one. */
  readonly anomalies: readonly string[];
  readonly control: Trial;
}

/** Without faults, and without waiting for anything to recover. */
const calm = { 'warm-up': 3, recovery: 10, concurrency: 8 } as const;

const COMPUTED = { 'append.updates': 'computed', 'append.maxOperations': 2, 'append.activeKeys': 3 } as const;
const LOST_UPDATES = ['lost-update', 'G-single', 'G-single-item', 'G0', 'G1c', 'incompatible-order', 'G2-item'];

export const FINDINGS: readonly Finding[] = [
  {
    number: 3,
    title: 'PostgreSQL at read committed loses updates',
    published: 'PostgreSQL manual, 13.2.1',
    pace: 'quick',
    ...pair(
      {
        system: 'postgres',
        workload: 'append',
        set: COMPUTED,
        flags: { ...calm, 'warm-up': 1, 'time-limit': 6, rate: 400 },
      },
      { set: { isolation: 'read-committed' }, flags: { consistency: 'snapshot-isolation' } },
      { set: { isolation: 'repeatable-read' } },
    ),
    anomalies: LOST_UPDATES,
  },
  {
    number: 4,
    title: 'PostgreSQL at repeatable read allows write skew (G2-item)',
    published: 'Berenson et al. 1995; PostgreSQL manual, 13.2.2',
    pace: 'quick',
    ...pair(
      {
        system: 'postgres',
        workload: 'write-skew',
        set: { 'write-skew.form': 'rows' },
        flags: { ...calm, 'warm-up': 1, 'time-limit': 5 },
      },
      { set: { isolation: 'repeatable-read' }, flags: { consistency: 'serializable' } },
      { set: { isolation: 'serializable' } },
    ),
    anomalies: ['write-skew', 'G2-item', 'G2'],
  },
  {
    number: 5,
    title: 'PostgreSQL shows commits in another order on the standby than on the primary: long fork',
    published: 'Jepsen: Amazon RDS for PostgreSQL 17.4',
    pace: 'long',
    ...pair(
      {
        system: 'postgres-standby',
        workload: 'long-fork',
        // Many writers of one group at once, so that commits race for being seen; some of them do not wait for the disk, and
        // show on the primary before others whose records come first. With waiting ones alone it takes far longer.
        set: {
          isolation: 'repeatable-read',
          replication: 'async',
          commits: 'mixed',
          'long-fork.groupSize': 8,
          'long-fork.activeGroups': 1,
        },
        flags: { ...calm, 'warm-up': 1, 'time-limit': 25, rate: 3000, concurrency: 24 },
      },
      { set: { reads: 'standby' } },
      { set: { reads: 'primary' } },
    ),
    anomalies: ['long-fork'],
  },
  {
    number: 6,
    title: 'PostgreSQL’s asynchronous standby answers stale reads',
    published: 'PostgreSQL manual, 26.4',
    pace: 'long',
    ...pair(
      {
        system: 'postgres-standby',
        workload: 'register',
        nemesis: 'partition:isolate-one',
        set: { replication: 'async' },
        flags: { 'warm-up': 3, recovery: 20, 'time-limit': 20, 'fault-length': 4, 'fault-pause': 5, concurrency: 8 },
      },
      { set: { reads: 'standby' } },
      { set: { reads: 'primary' } },
    ),
    anomalies: ['nonlinearizable', 'stale-read'],
  },
  {
    number: 7,
    title: 'Patroni with asynchronous replication loses acknowledged commits when it fails over',
    published: 'Patroni manual, replication modes',
    pace: 'long',
    ...pair(
      {
        system: 'patroni',
        workload: 'set',
        nemesis: 'partition:isolate-leader',
        set: { version: 17 },
        // Long enough for the old leader's key to expire (20 s) and another to take over.
        flags: { 'time-limit': 74, rate: 100, concurrency: '2n', 'fault-length': 32, 'fault-pause': 4, recovery: 90 },
      },
      { set: { synchronous_mode: 'off' } },
      { set: { synchronous_mode: 'on' } },
    ),
    anomalies: ['lost'],
  },
  {
    number: 8,
    title: 'MariaDB at repeatable read loses updates and shows G-single',
    published: 'Jepsen: MySQL 8.0.34',
    pace: 'quick',
    ...pair(
      {
        system: 'mariadb',
        workload: 'append',
        set: { ...COMPUTED, isolation: 'repeatable-read' },
        flags: { ...calm, 'warm-up': 1, 'time-limit': 6, rate: 400 },
      },
      { set: { innodb_snapshot_isolation: 'off' } },
      { set: { innodb_snapshot_isolation: 'on' } },
    ),
    anomalies: LOST_UPDATES,
  },
  {
    number: 9,
    title: 'Galera answers stale reads',
    published: 'Jepsen: Percona XtraDB Cluster; Galera manual, wsrep_sync_wait',
    pace: 'long',
    ...pair(
      // Elements never conflict, and each read is held against all that was added before, at whatever node. A node whose
      // disk stalls applies nothing for a while, and answers reads; without that it takes luck, or thousands of reads.
      {
        system: 'galera',
        workload: 'set',
        nemesis: 'disk-stall:one',
        set: { 'set.readShare': 0.4 },
        flags: {
          'warm-up': 2,
          recovery: 40,
          concurrency: 12,
          'time-limit': 20,
          'fault-length': 5,
          'fault-pause': 4,
          rate: 200,
          consistency: 'linearizable',
        },
      },
      { set: { wsrep_sync_wait: 0 } },
      { set: { wsrep_sync_wait: 7 } },
    ),
    anomalies: ['stale-read'],
  },
  {
    number: 10,
    title: 'Galera at serializable allows write skew between nodes',
    published: 'Galera manual, isolation levels',
    pace: 'long',
    find: {
      system: 'galera',
      workload: 'write-skew',
      set: { isolation: 'serializable' },
      flags: { ...calm, 'time-limit': 10, consistency: 'serializable' },
    },
    // The same on one node, where the level is InnoDB's own.
    control: {
      system: 'mariadb',
      workload: 'write-skew',
      set: { isolation: 'serializable' },
      flags: { ...calm, 'time-limit': 10, consistency: 'serializable' },
    },
    anomalies: ['write-skew', 'G2-item', 'G2'],
  },
  {
    number: 11,
    title: 'Galera loses acknowledged commits when all nodes die, unless every commit is forced to disk',
    published: 'Galera manual, innodb_flush_log_at_trx_commit',
    pace: 'long',
    ...pair(
      {
        system: 'galera',
        workload: 'set',
        nemesis: 'kill:all',
        set: {},
        flags: { 'time-limit': 30, rate: 300, concurrency: '2n', 'fault-length': 5, 'fault-pause': 8, recovery: 90 },
      },
      { set: { innodb_flush_log_at_trx_commit: 0 } },
      { set: { innodb_flush_log_at_trx_commit: 1 } },
    ),
    anomalies: ['lost'],
  },
  {
    number: 12,
    title: 'A secondary of MySQL Group Replication answers stale reads at consistency EVENTUAL',
    published: 'MySQL manual, 20.5.3',
    pace: 'long',
    ...pair(
      {
        system: 'mysql-group-replication',
        workload: 'register',
        nemesis: 'partition:isolate-one',
        set: { reads: 'secondary' },
        flags: { 'warm-up': 3, recovery: 60, 'time-limit': 24, 'fault-length': 6, 'fault-pause': 5, concurrency: '2n' },
      },
      { set: { consistency: 'EVENTUAL' } },
      { set: { consistency: 'BEFORE' } },
    ),
    anomalies: ['nonlinearizable', 'stale-read'],
  },
];

type Difference = { readonly set: Trial['set']; readonly flags?: Trial['flags'] };

/** Two trials that differ in what matters alone. */
function pair(common: Trial, find: Difference, control: Difference): { readonly find: Trial; readonly control: Trial } {
  const differing = ({ set, flags = {} }: Difference): Trial => ({
    ...common,
    set: { ...common.set, ...set },
    flags: { ...common.flags, ...flags },
  });
  return { find: differing(find), control: differing(control) };
}

/** What follows `faultline`. */
export function wordsOf({ system, workload, nemesis, set, flags }: Trial): readonly string[] {
  return [
    'test',
    system,
    '-w',
    workload,
    ...(nemesis === undefined ? [] : ['-n', nemesis]),
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
}

export function commandOf(trial: Trial): string {
  return ['faultline', ...wordsOf(trial)].join(' ');
}
