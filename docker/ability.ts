/** A place packets come from or go to: a node's name, or every client of the test. */
export type Endpoint = string;
export const CLIENTS: Endpoint = 'clients';

/** Packets from one endpoint to another, one direction. */
export interface Link {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Faults on the network between nodes, and between clients and nodes. */
export interface NetworkAbility {
  /** Drops every packet on these links until {@link heal}; adds to what is already cut. */
  cut(links: readonly Link[]): Promise<void>;
  /** Removes the rules of these links, of all links without an argument; idempotent. */
  heal(links?: readonly Link[]): Promise<void>;
  /** Packets dropped so far, per cut link. */
  dropped(): Promise<readonly (Link & { readonly packets: number })[]>;
  /** Whether a new connection from one endpoint to the database port of another is answered within a second. */
  probe(links: readonly Link[]): Promise<readonly (Link & { readonly reachable: boolean })[]>;
}

export interface ProcessStatus {
  readonly pid: number;
  readonly command: string;
  /** As in /proc/<pid>/stat: R, S, D, T (stopped), Z… */
  readonly state: string;
  /** User and system time used so far, in clock ticks. */
  readonly cpuTicks: number;
  /** When it started, in clock ticks after boot: tells a new process from an old one with the same pid. */
  readonly startTicks: number;
}

/** Faults on the database's processes, from inside the pod's pid namespace. */
export interface ProcessAbility {
  /** The database's processes on a node, or only those with one of these names; empty when it is down. */
  status(node: string, only?: readonly string[]): Promise<readonly ProcessStatus[]>;
  /** Signals the database's processes, or only those with one of these names; answers the pids signalled. */
  signal(node: string, signal: 'KILL' | 'STOP' | 'CONT', only?: readonly string[]): Promise<readonly number[]>;
  /** How the database ended last, or undefined while it runs. */
  exit(node: string): Promise<{ readonly code: number } | undefined>;
  /** Starts the database again on its own data; no-op when it runs. */
  start(node: string): Promise<void>;
}

/** Faults on a whole pod as a container runtime does them: every process frozen at once. */
export interface FreezerAbility {
  freeze(node: string): Promise<void>;
  /** Idempotent. */
  thaw(node: string): Promise<void>;
  frozen(node: string): Promise<boolean>;
  /** CPU time used by the pod so far, in nanoseconds: stands still while frozen. */
  cpuTimeNs(node: string): Promise<number>;
}

/** Taking a machine's power: its processes die and whatever the disk was not told to keep is gone. */
export interface PowerAbility {
  /** The disks go down first, all at once, then the processes. Rejects only after trying every node. */
  cut(nodes: readonly string[]): Promise<void>;
  /** Recovers the file system, mounts it and starts the database; idempotent. */
  restore(nodes: readonly string[]): Promise<void>;
  /** State of a node's disk: `mounts` counts how often it came up, so that another number proves an outage. */
  status(node: string): Promise<{ readonly up: boolean; readonly mounts: number }>;
  /** What file system and database said when they recovered last, a few lines. */
  recoveryLog?(node: string): Promise<readonly string[]>;
}

/** Faults on the disk that a node's database keeps its data on. */
export interface DiskAbility {
  /** Nothing is written and nothing fails: every write waits until {@link mend}. */
  stall(node: string): Promise<void>;
  /** Takes all space that is left. */
  fill(node: string): Promise<void>;
  /** Every access fails from now on, while the database goes on running. */
  fail(node: string): Promise<void>;
  /** Undoes whatever of the above there is, and starts the database again where that needs it; idempotent. */
  mend(node: string): Promise<void>;
  /** What a small write to the disk meets just now, waiting no longer than a second; and the space left. */
  probe(node: string): Promise<{ readonly write: 'ok' | 'stalled' | 'no-space' | 'error'; readonly freeBytes: number }>;
  /**
   * Changes a file of a node whose database is down: the newest of those whose path contains `file`, or of all. Answers
   * what was done to which file. Rejects where the database runs.
   */
  corrupt(node: string, damage: Damage): Promise<{ readonly file: string; readonly change: string }>;
}

/** What rot does: one bit in the middle of the file, or its second half gone. */
export interface Damage {
  readonly kind: 'bit-flip' | 'truncate';
  /** Part of the path, below the data directory. */
  readonly file?: string;
}

/** What a bad line does to the packets of a link. Shares are from 0 to 1. */
export type Impairment =
  | { readonly kind: 'loss'; readonly share: number }
  | { readonly kind: 'throttle'; readonly kbitPerSecond: number }
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'reorder'; readonly share: number; readonly delayMs: number }
  | { readonly kind: 'duplicate'; readonly share: number };

/** Lines that are bad without being cut. */
export interface TrafficAbility {
  /** Why this machine cannot do it, or undefined where it can. */
  unavailable(kind: Impairment['kind']): Promise<string | undefined>;
  /** Packets on these links are impaired until {@link restore}; one impairment at a time. */
  impair(links: readonly Link[], impairment: Impairment): Promise<void>;
  /** Idempotent. */
  restore(): Promise<void>;
  /** Packets that passed the impairment and packets that it dropped or held back, per node they left from or came to. */
  counters(): Promise<readonly { readonly node: string; readonly packets: number; readonly hit: number }[]>;
  /** Puts some packets of more than a kilobyte each on a line that may be idle; nobody waits for them. */
  send(link: Link, packets: number): Promise<void>;
  /** Time of a connection's round trip, or undefined where none came about within 5 s. */
  roundTripMs(link: Link): Promise<number | undefined>;
}

/** The clock that a node's database sees. */
export interface ClockAbility {
  /** Shifts it by an offset from the true time at once, and lets it run at a rate from then on (1 is true). */
  set(node: string, clock: { readonly offsetMs: number; readonly rate: number }): Promise<void>;
  /** Back to the true time and rate; idempotent. */
  reset(node: string): Promise<void>;
  /** Difference to the true time as measured on the node. */
  offsetMs(node: string): Promise<number>;
}

/** What an orchestrator does to a pod. The node keeps its name and gets another address. */
export interface OrchestratorAbility {
  /**
   * Removes the pod and makes it again, on the same volume, or on an empty one (`wiped`), where the node joins through
   * the product's own procedure. Answers the addresses, and what identifies the volumes where that can be told.
   * Resolves when the new pod's database was started. Called again after a failure, it finishes what was begun.
   */
  reschedule(
    node: string,
    volume: 'kept' | 'wiped',
  ): Promise<{
    readonly from: string;
    readonly to: string;
    readonly volumes?: { readonly from: string; readonly to: string };
  }>;
}

/** Growing and shrinking the cluster by the product's own commands. */
export interface MembershipAbility {
  /** Names of the members, as the cluster itself tells. */
  members(): Promise<readonly string[]>;
  /** Takes a node out of the cluster, then stops it and drops its data. */
  remove(node: string): Promise<void>;
  /** Makes a member of a node that is none: one that was removed, or a new one by a name not used so far. */
  add(node: string): Promise<void>;
}

/** Failing over by an operator's commands, where the product does not do it by itself. */
export interface FailoverAbility {
  /** Makes a standby a primary. Whether the old primary is fenced off before is the system's option. */
  promote(node: string): Promise<void>;
  /** Starts a node again as a standby of the present primary; what it alone had committed is lost. */
  follow(node: string): Promise<void>;
}

/** A backup as it was taken. */
export interface Backup {
  readonly node: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What the product's tools said of it, a few lines: revision, log position, that it is complete. */
  readonly said: readonly string[];
}

/** What became of a node when the cluster was destroyed. */
export interface DestroyedNode {
  readonly node: string;
  readonly address: string;
  readonly volume: string;
  /** On its volume, before and after it was erased. */
  readonly filesErased: number;
  readonly filesLeft: number;
}

/** A node made from the backup. */
export interface RestoredNode {
  readonly node: string;
  readonly from: { readonly address: string; readonly volume: string };
  readonly to: { readonly address: string; readonly volume: string };
  /** Of the file that it was made from, as measured there; undefined where it was made from none. */
  readonly sha256: string | undefined;
  /** What the product's tools said, a few lines. */
  readonly said: readonly string[];
}

/** Backup and restore by the product's own tools, as an operator uses them. */
export interface BackupAbility {
  /** Takes a backup from a node while clients go on. It replaces the one before. */
  take(node: string): Promise<Backup>;
  /**
   * Ends every node at once and erases its data. When it resolves nothing of the cluster runs any more; whoever is asked
   * for afterwards is a node that {@link restore} made.
   */
  destroy(): Promise<readonly DestroyedNode[]>;
  /**
   * Makes every destroyed node again from the backup, on an empty volume and with an address that was not used before;
   * resolves when the databases were started. Answers the same again where that is done; after a failure it begins anew.
   */
  restore(): Promise<readonly RestoredNode[]>;
}

/** What reached a node, and what somebody else did to its network. */
export interface NodeWork {
  readonly node: string;
  /**
   * Packets with a request, or a part of one, that came from clients to the database's port, since the node's first day
   * and over all pods that it had. Undefined where they cannot be counted any more.
   */
  readonly packets: number | undefined;
  /** Firewall rules and queues that this run did not make, as the tools print them. */
  readonly strange: readonly string[];
}

/**
 * Proof of work: what clients say was acknowledged on a node has to have reached that node. To be asked while no fault is
 * in place: rules that a fault made are told as strange.
 */
export interface WorkAbility {
  /** Every node there is or was, once each. */
  received(): Promise<readonly NodeWork[]>;
}

/** Reading what the nodes' databases log, while they do. */
export interface LogAbility {
  /** Calls back for every line logged from now on, on every node, also on those made later; answers what ends that. */
  follow(onLine: (node: string, line: string) => void): Promise<() => void>;
}

/** Optional powers of a cluster; a nemesis names those it needs and is refused up front where one is missing. */
export interface Abilities {
  readonly network?: NetworkAbility;
  readonly processes?: ProcessAbility;
  readonly freezer?: FreezerAbility;
  readonly power?: PowerAbility;
  readonly clocks?: ClockAbility;
  readonly orchestrator?: OrchestratorAbility;
  readonly membership?: MembershipAbility;
  readonly failover?: FailoverAbility;
  readonly logs?: LogAbility;
  readonly disks?: DiskAbility;
  readonly traffic?: TrafficAbility;
  readonly backups?: BackupAbility;
  readonly work?: WorkAbility;
}
export type Ability = keyof Abilities;

/** What pods offer whatever database runs in them. */
export const POD_ABILITIES = [
  'network',
  'processes',
  'freezer',
  'power',
  'disks',
  'traffic',
  'orchestrator',
  'logs',
  'work',
] as const satisfies readonly Ability[];
