import { SessionError, type SessionFamily } from '../../docker/system.js';
import { clients, limit, phases } from '../../harness/generator/combinators.js';
import type { Generator } from '../../harness/generator/generator.js';
import { ThreadBoard } from '../../harness/generator/threads.js';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Completion, Invocation, Json, Operation, Process } from '../../harness/history/operation.js';
import { messageOf } from '../../harness/kit/errors.js';
import { type Dice, Random } from '../../harness/kit/random.js';
import type { Client, FamilyClients, Workload, WorkloadContext } from '../workload.js';
import type { Fake, FakeTools } from './fake.js';
import { FakeKv, type KvBug } from './fake-kv.js';

export interface Drive {
  readonly seed: number;
  readonly operations: number;
  readonly concurrency: number;
  readonly unknownShare?: number;
  readonly options?: Readonly<Record<string, Json>>;
  /** The store in memory; by default a key–value store with `bug`. */
  readonly store?: (tools: FakeTools) => Fake;
  readonly family?: SessionFamily;
  readonly bug?: KvBug;
  readonly bugShare?: number;
}

/** Time that passes with each step, ns. */
const STEP_NS = 1_000_000;

/** Runs a workload on a store in memory: its generator, its clients, its final reads, calls interleaved by the seed. */
export async function drive(workload: Workload, plan: Drive): Promise<History> {
  const random = Random.fromSeed(plan.seed);
  const options = workload.options.parse(plan.options ?? {}) as Readonly<Record<string, Json>>;
  const nodes = ['n1', 'n2', 'n3'];
  const context: WorkloadContext = { options, keyspace: 'w', nodes, concurrency: plan.concurrency, random };
  // Dice live only inside `draw`: a loop that awaits has to keep them.
  const [dice] = random.fork('fake').draw((dice) => dice);
  const waiting: (() => void)[] = [];
  const turn = () => new Promise<void>((resolve) => void waiting.push(resolve));
  const { bug, bugShare, unknownShare, family = 'kv' } = plan;
  const board = new ThreadBoard(plan.concurrency);
  const tools: FakeTools = {
    dice,
    turn,
    now: () => board.time,
    ...(bugShare !== undefined && { bugShare }),
    ...(unknownShare !== undefined && { unknownShare }),
  };
  const store = plan.store?.(tools) ?? new FakeKv({ ...tools, ...(bug && { bug }) });
  // The compiler cannot tell that the store and the clients are of the same family.
  const clientsOf = workload.clients[family] as FamilyClients<SessionFamily>;
  await setUp(clientsOf, context, store, waiting);
  await setUp(clientsOf, context, store, waiting);
  const stress = limit(plan.operations, workload.generator(context));
  const final = workload.finalGenerator?.(context);
  const driver = new Driver(clientsOf, context, store, waiting, { dice, board });
  return driver.run(clients(final ? phases(stress, final) : stress));
}

async function setUp(
  { setUp }: FamilyClients<SessionFamily>,
  context: WorkloadContext,
  store: Fake,
  waiting: (() => void)[],
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    let done = false;
    const work = setUp(store.session('n1'), context).finally(() => (done = true));
    work.catch(() => undefined);
    while (!done) {
      waiting.shift()?.();
      await new Promise(setImmediate);
    }
    try {
      return await work;
    } catch (error) {
      if (attempt >= 5) throw error;
    }
  }
}

interface Connection {
  readonly process: Process;
  readonly client: Client;
  close(): Promise<void>;
}

class Driver {
  private readonly events: Operation[] = [];
  private readonly dice: Dice;
  private readonly board: ThreadBoard;
  private readonly connections = new Map<number, Connection>();
  private busy = 0;

  constructor(
    private readonly family: FamilyClients<SessionFamily>,
    private readonly context: WorkloadContext,
    private readonly store: Fake,
    private readonly waiting: (() => void)[],
    { dice, board }: { readonly dice: Dice; readonly board: ThreadBoard },
  ) {
    this.dice = dice;
    this.board = board;
  }

  async run(generator: Generator): Promise<History> {
    let current = generator;
    const told: Operation[] = [];
    const record = (event: Omit<Operation, 'index' | 'time'>) => {
      const recorded = { index: this.events.length, time: this.board.time, ...event };
      this.events.push(recorded);
      told.push(recorded);
    };
    for (;;) {
      this.board.time += STEP_NS;
      for (const event of told.splice(0)) current = current.update(this.board, event);
      const step = current.next(this.board);
      if (step.kind === 'done' && this.busy === 0) return historyOf(this.events);
      if (step.kind === 'wait') current = step.next;
      const due = step.kind === 'emit' && step.emitted.time <= this.board.time;
      if (due && (this.waiting.length === 0 || this.dice.int(3) === 0)) {
        current = step.next;
        this.issue(step.emitted.thread as number, step.emitted.invocation, record);
      } else if (this.waiting.length > 0) this.waiting.splice(this.dice.int(this.waiting.length), 1)[0]();
      await new Promise(setImmediate);
    }
  }

  private issue(
    thread: number,
    invocation: Invocation,
    record: (event: Omit<Operation, 'index' | 'time'>) => void,
  ): void {
    const process = this.board.processOf(thread);
    const node = this.context.nodes[thread % this.context.nodes.length];
    this.board.take(thread);
    this.busy++;
    record({ process, node, type: 'invoke', ...invocation });
    const { client, close } = this.connection(thread, process, node);
    void complete(() => client.invoke(invocation)).then((completion) => {
      record({ process, node, ...invocation, ...completion, value: completion.value ?? invocation.value });
      if (completion.type === 'info') {
        this.board.retire(thread);
        void close();
      }
      this.board.release(thread);
      this.busy--;
    });
  }

  /** One process is one session. */
  private connection(thread: number, process: Process, node: string): Connection {
    const known = this.connections.get(thread);
    if (known?.process === process) return known;
    const session = this.store.session(node);
    const client = this.family.client(session, this.context);
    const connection = { process, client, close: () => session.close() };
    this.connections.set(thread, connection);
    return connection;
  }
}

/** As the harness does: a definite error is a `fail`, anything else that is thrown an `info`. */
async function complete(invoke: () => Promise<Completion>): Promise<Completion> {
  try {
    return await invoke();
  } catch (error) {
    const definite = error instanceof SessionError && error.outcome === 'fail';
    return { type: definite ? 'fail' : 'info', error: messageOf(error) };
  }
}
