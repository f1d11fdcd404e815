import { NONE, type History } from '../../harness/history/history.js';
import type { CheckContext } from '../checker.js';
import { Limits, OverBudget } from '../cycles/limits.js';
import { decideRegisters } from '../cycles/polygraph/decide.js';
import type { TimeOrdering } from '../cycles/polygraph/time.js';
import type { Deadline } from '../linearizability/budget.js';
import { registerKind } from '../linearizability/register-objects.js';
import { RegisterReader } from '../linearizability/registers.js';
import type { Model } from '../model.js';
import { readTransactions } from '../transactions/reader.js';
import { asTransactions, type AsTransactions } from './as-transactions.js';
import { interleave } from './interleave.js';
import { sequencesOf, type SequencedOperation, type Sequences } from './sequences.js';

export type SequentialEngine = 'polygraph' | 'interleaving';

export type SequentialDecision = { readonly engine: SequentialEngine } & (
  | {
      readonly validity: 'valid';
      /** Operations in an order that keeps every session's own and explains every answer. */
      readonly order: readonly SequencedOperation[];
    }
  | {
      readonly validity: 'invalid';
      /** Operations that have no such order even alone, by invocation. */
      readonly witness: readonly SequencedOperation[];
    }
  | { readonly validity: 'unknown'; readonly reason: string }
);

/**
 * Sequential consistency (Lamport 1979): whether some order of all operations, on whatever objects, explains every answer
 * and keeps the order of each session. Unlike linearizability it cannot be judged object by object, and it is NP-complete
 * even for one register with few values (Gibbons & Korach 1997; Cantin, Lipasti & Smith 2005).
 *
 * Registers of which every value is written once are transactions of one operation, and sequential consistency is their
 * serializability in the order of processes: the polygraph engine decides that exactly, and replays what it finds.
 * Everything else is searched, within the budget.
 *
 * @param order `process`; or `none`, which asks for serializability alone
 */
export function decideSequential<State>(
  history: History,
  model: Model<State>,
  context: Pick<CheckContext, 'budget' | 'signal' | 'options'>,
  deadline: Deadline,
  order: Exclude<TimeOrdering, 'realtime'> = 'process',
): SequentialDecision {
  const kind = registerKind(history, model, context.options);
  const absent =
    kind !== undefined && new RegisterReader(history, kind, kind.initial).nullIsInitial ? kind.initial : null;
  const sequences = sequencesOf(history, model, absent);
  const transactions = kind === undefined ? undefined : asTransactions(sequences, kind);
  if (transactions !== undefined) return byPolygraph(transactions, context, deadline, order);
  const sessions = order === 'process' ? sequences : apart(sequences);
  const options = kind === undefined ? context.options : { ...context.options, initial: kind.initial };
  const found = interleave(model, sessions, deadline, options);
  const engine = 'interleaving';
  switch (found.kind) {
    case 'found':
      return { engine, validity: 'valid', order: found.order };
    case 'none':
      return {
        engine,
        validity: 'invalid',
        witness: byInvocation(sessions.sessions.flatMap(({ operations: own }) => own)),
      };
    case 'unknown':
      return { engine, validity: 'unknown', reason: found.reason };
  }
}

function byPolygraph(
  { history, operations }: AsTransactions,
  { budget, signal }: Pick<CheckContext, 'budget' | 'signal'>,
  deadline: Deadline,
  order: TimeOrdering,
): SequentialDecision {
  const engine = 'polygraph';
  const timeMs = Math.max(0, deadline.remainingMs);
  const limits = new Limits({ budget: { ...budget, timeMs }, ...(signal && { signal }) });
  try {
    const transactions = readTransactions(history, 'rw-register', limits);
    const decision = decideRegisters(transactions, 'serializable', order, limits);
    const operation = (transaction: number) => operations[transactions.invokes[transaction]];
    switch (decision.kind) {
      case 'valid':
        return { engine, validity: 'valid', order: Array.from(decision.execution, operation) };
      case 'invalid':
        return { engine, validity: 'invalid', witness: byInvocation(decision.witness.map(operation)) };
      case 'unknown':
        return { engine, validity: 'unknown', reason: decision.reason };
    }
  } catch (error) {
    if (error instanceof OverBudget) return { engine, validity: 'unknown', reason: error.message };
    throw error;
  }
}

/** Every operation a session of its own: no order among them is kept. */
function apart({ sessions, objects }: Sequences): Sequences {
  return { sessions: sessions.flatMap(({ operations }) => operations.map((one) => ({ operations: [one] }))), objects };
}

function byInvocation(operations: readonly SequencedOperation[]): readonly SequencedOperation[] {
  return [...operations].sort((a, b) => a.invoked - b.invoked);
}

/** Positions of the events of operations. */
export function positionsOf(operations: readonly SequencedOperation[]): number[] {
  return operations.flatMap(({ invoked, completed }) => (completed === NONE ? [invoked] : [invoked, completed]));
}
