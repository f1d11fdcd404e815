import type { Completion, Invocation, Operation, Process } from '../history/operation.js';
import type { Dice, Random } from '../kit/random.js';
import type { Generator, Thread } from './generator.js';
import { ThreadBoard } from './threads.js';

/** What becomes of an operation, and how long after it was issued. */
export interface SimulatedAnswer {
  readonly latencyNs: number;
  readonly completion: Completion;
}

export interface Simulation {
  readonly generator: Generator;
  /** Number of clients' threads; there is a nemesis thread besides. */
  readonly concurrency: number;
  readonly answer: (invocation: Invocation, process: Process, dice: Dice) => SimulatedAnswer;
  /** Decides the draws of `answer`. */
  readonly random: Random;
  /** Ends after so many events, so that an endless generator can be looked at. Default 100,000. */
  readonly maxEvents?: number;
}

/** An answer under way. */
interface Pending {
  readonly time: number;
  readonly thread: Thread;
  readonly event: Omit<Operation, 'index'>;
}

/**
 * Runs a generator on a simulated clock, without waiting: same generator, same answers, same events, byte for byte.
 * Throws where a generator waits for ever.
 */
export function simulate(simulation: Simulation): readonly Operation[] {
  const { answer, concurrency, maxEvents = 100_000 } = simulation;
  const board = new ThreadBoard(concurrency);
  const events: Operation[] = [];
  const pending: Pending[] = [];
  let { generator, random } = simulation;

  const record = (event: Omit<Operation, 'index'>) => {
    const recorded = { index: events.length, ...event };
    events.push(recorded);
    generator = generator.update(board, recorded);
  };
  const complete = ({ time, thread, event }: Pending) => {
    board.time = time;
    record(event);
    if (event.type === 'info' && thread !== 'nemesis') board.retire(thread);
    board.release(thread);
  };

  while (events.length < maxEvents) {
    const step = generator.next(board);
    const due = step.kind === 'emit' ? step.emitted.time : step.kind === 'wait' ? step.untilTime : undefined;
    if (step.kind === 'emit' && step.emitted.time <= board.time) {
      const { thread, invocation } = step.emitted;
      board.take(thread);
      generator = step.next;
      const event = { time: board.time, process: board.processOf(thread), ...invocation };
      record({ ...event, type: 'invoke' });
      const [{ latencyNs, completion }, next] = random.draw((dice) => answer(invocation, event.process, dice));
      random = next;
      const time = board.time + Math.max(1, Math.round(latencyNs));
      const value = completion.value === undefined ? invocation.value : completion.value;
      insert(pending, { time, thread, event: { ...event, ...completion, value, time } });
      continue;
    }
    if (step.kind === 'wait') generator = step.next;
    const first = pending[0];
    if (first !== undefined && first.time <= (due ?? first.time)) complete(pending.shift()!);
    else if (due !== undefined) board.time = Math.max(board.time, Math.ceil(due));
    else if (step.kind === 'done') return events;
    else throw new Error(`the generator waits for ever: nothing under way at ${board.time} ns`);
  }
  return events;
}

/** Keeps them by time; equal times stay in the order of their invocations. */
function insert(pending: Pending[], item: Pending): void {
  const position = pending.findLastIndex((other) => other.time <= item.time) + 1;
  pending.splice(position, 0, item);
}
