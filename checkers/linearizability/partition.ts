import {
  INFO,
  INVOKE,
  NEMESIS,
  NONE,
  OK,
  VALUE_INT,
  VALUE_NULL,
  VALUE_PAIR,
  type History,
} from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { identity } from '../../harness/history/values/identity.js';
import { UserError } from '../../harness/kit/errors.js';
import type { Model, ModelOperation } from '../model.js';
import type { Deadline } from './budget.js';
import { componentsOf } from './components.js';

/** Return position of an operation whose outcome is unknown: it may take effect at any later time, or never. */
export const NEVER = 0x7fffffff;

/**
 * The operations on one independent object, oldest invocation first. Failed operations and unknown reads are left
 * out: the former did not happen, the latter were not seen.
 */
export interface Partition {
  /** Name of the key, or of the part of the object; undefined when the history has only one object. */
  readonly name: string | undefined;
  readonly count: number;
  /** Distinct operations (f, input, output); an operation's class is an index into it. */
  readonly classes: readonly ModelOperation[];
  readonly classOf: Int32Array;
  /** Real-time order: `op` where operation `op` is invoked, `~op` where it returns. Unknown operations never return. */
  readonly events: Int32Array;
  /** Position in the history of each operation's invocation. */
  readonly invocations: Int32Array;
  /** Position in the history of each operation's ok completion, or NONE when its outcome is unknown. */
  readonly completions: Int32Array;
}

/** Event position at which each operation returns, or NEVER. */
export function returnsOf(partition: Partition): Int32Array {
  const returns = new Int32Array(partition.count).fill(NEVER);
  const { events } = partition;
  for (let at = 0; at < events.length; at++) if (events[at] < 0) returns[~events[at]] = at;
  return returns;
}

interface Draft {
  readonly name: string | undefined;
  readonly classIds: Map<string, number>;
  readonly classes: ModelOperation[];
  readonly classOf: number[];
  readonly events: number[];
  readonly invocations: number[];
  readonly completions: number[];
}

/**
 * Splits a history into the independent parts that may be judged alone (Herlihy & Wing's locality: by key, and by
 * whatever the model's `partition` tells apart).
 *
 * @throws UserError when the history contains an operation that the model does not know.
 */
export function partitions<State>(history: History, model: Model<State>, deadline?: Deadline): Partition[] {
  const c = history.columns;
  const known = c.functionNames.map((name) => model.operations.includes(name));
  const drafts = new Map<string, Draft>();
  const draftOf: (Draft | undefined)[] = [];
  const numberOf = new Int32Array(c.length);
  const componentAt = model.keysOf && componentsOf(history, model, known);
  for (let position = 0; position < c.length; position++) {
    if ((position & 0x3fff) === 0) deadline?.check();
    if (c.processes[position] === NEMESIS) continue;
    if (c.types[position] === INVOKE) {
      if (!known[c.functions[position]]) refuseOperation(history, position, model);
      const operation = operationAt(history, position, componentAt && 'with its key');
      if (operation === undefined || (operation.output === undefined && model.isRead(operation))) continue;
      const part = componentAt === undefined ? model.partition?.(operation) : componentAt(operation);
      const key = componentAt === undefined && c.keys[position] !== NONE ? c.keyNames[c.keys[position]] : undefined;
      const draft = draftFor(drafts, key, part);
      draftOf[position] = draft;
      numberOf[position] = addOperation(draft, history, position, operation);
    } else if (c.types[position] === OK && c.pairs[position] !== NONE) {
      const invocation = c.pairs[position];
      draftOf[invocation]?.events.push(~numberOf[invocation]);
    }
  }
  return [...drafts.values()].map(finish);
}

/** Asks a model about an operation; what it cannot make sense of is told with the event's place. */
export function atPlace<T>(history: History, position: number, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(`${history.placeOf(position)}: ${error.message}`, error.exitCode);
    throw error;
  }
}

/** @throws UserError always: an operation that the model does not know */
export function refuseOperation<State>(history: History, position: number, model: Model<State>): never {
  const { f } = history.event(position);
  throw new UserError(
    `${history.placeOf(position)}: operation "${f}" is not one of the model ${model.name}: ${model.operations.join(', ')}; choose ${model.elsewhere?.[f] ?? 'another --model'}`,
  );
}

/** The operation invoked at a position as a model sees it, or undefined when it certainly did not happen. */
export function operationAt(history: History, position: number, keyed?: 'with its key'): ModelOperation | undefined {
  const c = history.columns;
  const completion = c.pairs[position];
  const type = completion === NONE ? INFO : c.types[completion];
  if (type !== OK && type !== INFO) return undefined;
  return {
    f: c.functionNames[c.functions[position]],
    ...(keyed && c.keys[position] !== NONE && { key: c.keyNames[c.keys[position]] }),
    input: history.value(position),
    output: type === OK ? history.value(completion) : undefined,
  };
}

function draftFor(drafts: Map<string, Draft>, key: string | undefined, part: string | undefined): Draft {
  const id = `${key ?? ''}\u0000${part ?? ''}`;
  let draft = drafts.get(id);
  if (draft === undefined) {
    const names = [key, part].filter((name) => name !== undefined);
    draft = {
      name: names.length === 0 ? undefined : names.join(' / '),
      classIds: new Map(),
      classes: [],
      classOf: [],
      events: [],
      invocations: [],
      completions: [],
    };
    drafts.set(id, draft);
  }
  return draft;
}

function addOperation(draft: Draft, history: History, position: number, operation: ModelOperation): number {
  const number = draft.classOf.length;
  const completion = operation.output === undefined ? NONE : history.columns.pairs[position];
  const text = `${operation.f} ${operation.key ?? ''} ${valueKey(history, position)} ${completion === NONE ? '?' : valueKey(history, completion)}`;
  let id = draft.classIds.get(text);
  if (id === undefined) {
    id = draft.classes.length;
    draft.classIds.set(text, id);
    draft.classes.push(operation);
  }
  draft.classOf.push(id);
  draft.events.push(number);
  draft.invocations.push(position);
  draft.completions.push(completion);
  return number;
}

function valueKey(history: History, position: number): string {
  const { valueKinds, valuesA, valuesB } = history.columns;
  switch (valueKinds[position]) {
    case VALUE_NULL:
      return 'null';
    case VALUE_INT:
      return `${valuesA[position]}`;
    case VALUE_PAIR:
      return `[${valuesA[position]},${valuesB[position]}]`;
    default:
      return identity(history.value(position));
  }
}

function finish(draft: Draft): Partition {
  return {
    name: draft.name,
    count: draft.classOf.length,
    classes: draft.classes,
    classOf: Int32Array.from(draft.classOf),
    events: Int32Array.from(draft.events),
    invocations: Int32Array.from(draft.invocations),
    completions: Int32Array.from(draft.completions),
  };
}

/** An operation of a hand-made or reduced history: `returnAt` may be NEVER. */
export interface TimedOperation {
  readonly operation: ModelOperation;
  readonly invokeAt: number;
  readonly returnAt: number;
  readonly invocation: number;
  readonly completion: number;
}

/** The operations of a partition as objects, for small sub-histories. */
export function timedOperations(partition: Partition): TimedOperation[] {
  const returns = returnsOf(partition);
  const result: TimedOperation[] = [];
  for (let at = 0; at < partition.events.length; at++) {
    const op = partition.events[at];
    if (op < 0) continue;
    result.push({
      operation: partition.classes[partition.classOf[op]],
      invokeAt: at,
      returnAt: returns[op],
      invocation: partition.invocations[op],
      completion: partition.completions[op],
    });
  }
  return result;
}

/** A partition of these operations alone. Positions need only be distinct. */
export function partitionOf(operations: readonly TimedOperation[], name?: string): Partition {
  const marks: { at: number; operation: TimedOperation; returns: boolean }[] = [];
  for (const operation of operations) {
    marks.push({ at: operation.invokeAt, operation, returns: false });
    if (operation.returnAt !== NEVER) marks.push({ at: operation.returnAt, operation, returns: true });
  }
  marks.sort((a, b) => a.at - b.at);
  const ids = new Map<string, number>();
  const numbers = new Map<TimedOperation, number>();
  const draft: Draft = {
    name,
    classIds: ids,
    classes: [],
    classOf: [],
    events: [],
    invocations: [],
    completions: [],
  };
  for (const { operation, returns } of marks) {
    if (returns) {
      draft.events.push(~numbers.get(operation)!);
      continue;
    }
    numbers.set(operation, draft.classOf.length);
    draft.events.push(draft.classOf.length);
    draft.classOf.push(classOf(draft, operation.operation));
    draft.invocations.push(operation.invocation);
    draft.completions.push(operation.completion);
  }
  return finish(draft);
}

function classOf(draft: Draft, operation: ModelOperation): number {
  const text = identity([
    operation.f,
    operation.key ?? null,
    operation.input,
    (operation.output ?? null) as Json,
    operation.output === undefined,
  ]);
  let id = draft.classIds.get(text);
  if (id === undefined) {
    id = draft.classes.length;
    draft.classIds.set(text, id);
    draft.classes.push(operation);
  }
  return id;
}
