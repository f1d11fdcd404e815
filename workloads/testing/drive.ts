import { SessionError } from '../../docker/system.js';
import { clients, limit, phases } from '../../harness/generator/combinators.js';
import type { Generator } from '../../harness/generator/generator.js';
import { ThreadBoard } from '../../harness/generator/threads.js';
import { historyOf } from '../../harness/history/builder.js';
import type { History } from '../../harness/history/history.js';
import type { Completion, Invocation, Json, Operation } from '../../harness/history/operation.js';
import { messageOf } from '../../harness/kit/errors.js';
import { type Dice, Random } from '../../harness/kit/random.js';
import type { Workload, WorkloadContext } from '../workload.js';
import { FakeKv, type KvBug } from './fake-kv.js';

export interface Drive {
  readonly seed: number;
  readonly operations: number;
  readonly concurrency: number;
  readonly unknownShare?: number;
  readonly bug?: KvBug;
  readonly bugShare?: number;
  readonly options?: Readonly<Record<string, Json>>;
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
  const { bug, bugShare, unknownShare } = plan;
  const kv = new FakeKv({
    dice,
    turn,
    ...(bug && { bug }),
    ...(bugShare !== undefined && { bugShare }),
    ...(unknownShare !== undefined && { unknownShare }),
  });
  await setUp(workload, context, kv, waiting);
  await setUp(workload, context, kv, waiting);
  const stress = limit(plan.operations, workload.generator(context));
  const final = workload.finalGenerator?.(context);
  return new Driver(workload, context, kv, waiting, dice).run(clients(final ? phases(stress, final) : stress));
}

async function setUp(workload: Workload, context: WorkloadContext, kv: FakeKv, waiting: (() => void)[]): Promise<void> {
  let done = false;
  const work = workload.clients.kv!.setUp(kv.session(), context).then(() => (done = true));
  while (!done) {
    waiting.shift()?.();
    await new Promise(setImmediate);
  }
  await work;
}

class Driver {
  private readonly events: Operation[] = [];
  private readonly board: ThreadBoard;
  private busy = 0;

  constructor(
    private readonly workload: Workload,
    private readonly context: WorkloadContext,
    private readonly kv: FakeKv,
    private readonly waiting: (() => void)[],
    private readonly dice: Dice,
  ) {
    this.board = new ThreadBoard(context.concurrency);
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
    const client = this.workload.clients.kv!.client(this.kv.session(), this.context);
    void complete(() => client.invoke(invocation)).then((completion) => {
      record({ process, node, ...invocation, ...completion, value: completion.value ?? invocation.value });
      if (completion.type === 'info') this.board.retire(thread);
      this.board.release(thread);
      this.busy--;
    });
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
