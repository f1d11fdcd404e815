import { NONE, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, CheckContext, Drawing } from '../checker.js';
import type { Model, ModelOperation } from '../model.js';
import { Deadline } from './budget.js';
import { decideRegister, type Decision } from './decide.js';
import { narrate } from './narrate.js';
import { NEVER, partitionOf, type Partition, type TimedOperation } from './partition.js';
import { reduce } from './reduce.js';
import { READ, type RegisterOperations } from './registers.js';
import { searchLinearizable } from './search.js';

export type Invalid = Extract<Decision, { validity: 'invalid' }>;

/** A witness beyond this is not searched for its longest legal prefix. */
const DRAWN_OPERATIONS = 200;

/** The anomaly of a register: the minimal sub-history, re-checked, its sentence and its drawing. */
export function explainRegister<State>(
  history: History,
  model: Model<State>,
  whole: RegisterOperations,
  decision: Invalid,
  context: CheckContext,
  deadline: Deadline,
  left?: (operations: number) => void,
): Anomaly {
  const { pairs } = history.columns;
  const isIllegal = (candidate: RegisterOperations) =>
    decideRegister(candidate, pairs, deadline).validity === 'invalid';
  // Culprits are known with their returns; otherwise nothing after the return that no configuration survived matters.
  const end = decision.culprits === undefined ? eventAt(whole, pairs, decision.until) : whole.events.length;
  const { operations: witness, isMinimal } = reduce(whole, end, seedsOf(whole, decision), isIllegal, deadline, left);
  const { initial } = context.options;
  const operations = timed(history, witness, initial === undefined ? null : initial);
  const drawn = draw(model, partitionOf(operations), context);
  const culprit = drawn?.culprit ?? lastReturning(witness);
  const { cause, sentence } = narrate(history, whole, witness, culprit);
  return anomaly(history, whole.name, sentence, { cause, isMinimal }, operations, drawn, model);
}

/** Event of a register at a position of the history, or the last before it. */
function eventAt({ events, invocations }: RegisterOperations, pairs: Int32Array, position: number): number {
  for (let at = events.length - 1; at > 0; at--) {
    const op = events[at] < 0 ? ~events[at] : events[at];
    if ((events[at] < 0 ? pairs[invocations[op]] : invocations[op]) <= position) return at;
  }
  return 0;
}

function seedsOf(whole: RegisterOperations, { culprits }: Invalid): ((op: number) => boolean) | undefined {
  if (culprits === undefined) return undefined;
  const values = new Set(culprits);
  const { kinds, from, to } = whole;
  return (op) => values.has(kinds[op] === READ ? from[op] : to[op]);
}

function lastReturning({ events }: RegisterOperations): number {
  for (let at = events.length - 1; at >= 0; at--) if (events[at] < 0) return ~events[at];
  return 0;
}

/** The operations as objects, as the model sees them. A null read may be a read of the initial value. */
function timed(history: History, witness: RegisterOperations, initial: Json): TimedOperation[] {
  const { columns } = history;
  return Array.from(witness.invocations, (invocation, op) => {
    const completion = columns.pairs[invocation];
    const isUnknown = witness.returns[op] === NEVER;
    const answer = isUnknown ? undefined : history.value(completion);
    return {
      operation: {
        f: columns.functionNames[columns.functions[invocation]],
        input: history.value(invocation),
        output: witness.kinds[op] === READ && witness.from[op] === 0 && answer === null ? initial : answer,
      },
      invokeAt: witness.calls[op],
      returnAt: witness.returns[op],
      invocation,
      completion: isUnknown ? NONE : completion,
    };
  });
}

export interface Drawn {
  /** Operation that no order explains, and what the state could be when it returned. */
  readonly culprit: number;
  readonly states: readonly string[];
  /** Longest legal order of the others. */
  readonly order: readonly number[];
  readonly obstacles: readonly { readonly operation: number; readonly reason: string }[];
}

/** The longest legal prefix of a small illegal history, and why nothing can follow; undefined when not found. */
export function draw<State>(model: Model<State>, partition: Partition, context: CheckContext): Drawn | undefined {
  if (partition.count > DRAWN_OPERATIONS) return undefined;
  const { options } = context;
  const result = searchLinearizable(model, partition, new Deadline(500, 100_000), { options, order: 'wanted' });
  if (result.validity !== 'invalid') return undefined;
  const culprit = ~partition.events[result.event];
  const order = result.order ?? [];
  let state = model.initial(options);
  for (const op of order) state = model.step(state, partition.classes[partition.classOf[op]]) ?? state;
  const placed = new Set(order);
  const obstacles = [];
  for (let op = 0; op < partition.count; op++) {
    if (placed.has(op) || partition.completions[op] === NONE) continue;
    const operation: ModelOperation = partition.classes[partition.classOf[op]];
    const reason =
      model.step(state, operation) === undefined
        ? `${model.describe(operation)} does not fit: the state is ${model.describeState(state)}`
        : `${model.describe(operation)} was invoked only after ${model.describe(partition.classes[partition.classOf[culprit]])} had returned`;
    if (op === culprit || model.step(state, operation) === undefined) obstacles.push({ operation: op, reason });
  }
  return { culprit, states: result.states, order, obstacles };
}

/** Puts the pieces together. `operations` are the minimal sub-history. */
export function anomaly<State>(
  history: History,
  name: string | undefined,
  sentence: string,
  { cause, isMinimal }: { readonly cause: string; readonly isMinimal: boolean },
  operations: readonly TimedOperation[],
  drawn: Drawn | undefined,
  model: Model<State>,
): Anomaly {
  const { indices } = history.columns;
  const index = (op: number) => indices[operations[op].invocation];
  const drawing: Drawing = {
    kind: 'lanes',
    ...(drawn && {
      linearized: drawn.order.map(index),
      obstacles: drawn.obstacles.map(({ operation, reason }) => ({ index: index(operation), reason })),
    }),
  };
  const positions = operations.flatMap((one) =>
    one.completion === NONE ? [one.invocation] : [one.invocation, one.completion],
  );
  const culprit = drawn && operations[drawn.culprit];
  return {
    kind: 'nonlinearizable',
    sentence,
    operations: positions.map((position) => indices[position]).sort((a, b) => a - b),
    explanation: [
      `These ${operations.length} operations alone are not linearizable as a ${model.name}; all others were left out and the rest was checked again.`,
      ...(isMinimal ? [] : ['There was no time to find out whether fewer would do.']),
      ...(culprit
        ? [
            `The longest legal order ends before ${model.describe(culprit.operation)}: the state is then ${drawn.states.join(' or ')}.`,
          ]
        : []),
    ],
    rulesOut: ['linearizable', 'strict-serializable'],
    drawing,
    details: { cause, ...(name !== undefined && { key: name }), operations: operations.length, minimal: isMinimal },
  };
}
