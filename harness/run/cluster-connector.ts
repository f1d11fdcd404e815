import { type Cluster, type SessionFamily, StrangerError, type System } from '../../docker/system.js';
import type { FamilyClients, Workload, WorkloadContext } from '../../workloads/workload.js';
import type { Clock } from '../kit/clock.js';
import { UserError } from '../kit/errors.js';
import type { Random } from '../kit/random.js';
import type { Plan } from './plan.js';
import type { Connection, Connector } from './worker.js';

/** A workload in a run: its part of the plan, its first thread, its context. */
export interface Assignment {
  readonly workload: Workload;
  readonly family: SessionFamily;
  readonly firstThread: number;
  readonly concurrency: number;
  readonly context: WorkloadContext;
}

/** Gives each workload of the plan its threads, its keyspace and its own fork of the randomness. */
export function assign(
  plan: Plan,
  workloads: readonly Workload[],
  families: System['families'],
  nodes: readonly string[],
  random: Random,
): readonly Assignment[] {
  let firstThread = 0;
  return plan.workloads.map(({ name, options, keyspace, concurrency }) => {
    const workload = workloads.find((each) => each.name === name);
    if (workload === undefined) throw new UserError(`the plan asks for workload ${name}, which this Faultline lacks`);
    const family = families.find((each) => workload.clients[each] !== undefined);
    if (family === undefined) {
      throw new UserError(`workload ${name} cannot run on ${plan.system.name}, which speaks ${families.join(', ')}`);
    }
    const context = { options, keyspace, nodes, concurrency, random: random.fork(`workload ${name}`) };
    const assignment = { workload, family, firstThread, concurrency, context };
    firstThread += concurrency;
    return assignment;
  });
}

/** Opens sessions of a cluster for the threads of its workloads; each workload's threads spread over all nodes. */
export class ClusterConnector implements Connector {
  private readonly byThread: readonly Assignment[];
  /** Where each thread's session was opened last: a session stays on its node while members come and go. */
  private readonly openedOn = new Map<number, string>();

  constructor(
    private readonly cluster: Cluster,
    assignments: readonly Assignment[],
    private readonly timeoutMs: number,
  ) {
    this.byThread = assignments.flatMap((assignment) =>
      Array.from({ length: assignment.concurrency }, () => assignment),
    );
  }

  nodeOf(thread: number): string {
    return this.openedOn.get(thread) ?? this.choose(thread);
  }

  async open(thread: number, process: number): Promise<Connection> {
    const { workload, family, context } = this.byThread[thread];
    const options = { process, timeoutMs: this.timeoutMs };
    const node = this.choose(thread);
    this.openedOn.set(thread, node);
    const session = await this.cluster.open(family, node, options);
    return {
      client: clientsOf(workload, family).client(session, context),
      close: () => session.close(),
    };
  }

  /** Among the nodes there are now. */
  private choose(thread: number): string {
    const { nodes } = this.cluster;
    return nodes[(thread - this.byThread[thread].firstThread) % nodes.length].name;
  }
}

/** The compiler cannot tell that a session of a family and the clients of the same family belong together. */
function clientsOf(workload: Workload, family: SessionFamily): FamilyClients<SessionFamily> {
  return workload.clients[family]!;
}

/** Process number of the sessions that set workloads up; their operations are no part of the history. */
const SET_UP_PROCESS = -1;
/** Tries over the nodes, one after the other: a cluster just started may still be electing its leader. */
const SET_UP_ATTEMPTS = 10;
const SET_UP_PAUSE_MS = 500;

/** Creates the initial state of every workload; throws the last error when no node takes it. */
export async function setUpWorkloads(
  cluster: Cluster,
  assignments: readonly Assignment[],
  timeoutMs: number,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<void> {
  for (const { workload, family, context } of assignments) {
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted();
      const node = cluster.nodes[attempt % cluster.nodes.length].name;
      try {
        const session = await cluster.open(family, node, { process: SET_UP_PROCESS, timeoutMs });
        await clientsOf(workload, family)
          .setUp(session, context)
          .finally(() => session.close());
        break;
      } catch (error) {
        if (error instanceof StrangerError) throw error;
        if (attempt + 1 >= SET_UP_ATTEMPTS)
          throw new Error(`workload ${workload.name}: set-up failed`, { cause: error });
        await clock.sleep(SET_UP_PAUSE_MS, signal);
      }
    }
  }
}
