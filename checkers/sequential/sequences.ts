import { clientSessions } from '../../harness/history/client-sessions.js';
import { INVOKE, NEMESIS, NONE, OK, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import type { Model, ModelOperation } from '../model.js';
import { operationAt, refuseOperation } from '../linearizability/partition.js';

/** An operation that took effect or, where its outcome is unknown, may have. */
export interface SequencedOperation {
  /** Positions in the history; `completed` is NONE where the outcome is unknown. */
  readonly invoked: number;
  readonly completed: number;
  /** Number of the object it is on. */
  readonly object: number;
  readonly operation: ModelOperation;
}

/** What one client did, in its order. An operation of unknown outcome is the last: it retires its process. */
export interface Session {
  readonly operations: readonly SequencedOperation[];
}

/** A history as what each session did, in its order. */
export interface Sequences {
  readonly sessions: readonly Session[];
  /** Independent objects: keys, and what the model tells apart. */
  readonly objects: readonly string[];
}

/**
 * The sessions of a history, a process each; what a process does after an operation of unknown outcome is a new session
 * (`clientSessions`). Failed operations and unknown reads are left out.
 *
 * @param absent what a read of null shows: the value before the first write, where a store says null for it
 * @throws UserError for an operation that the model does not know
 */
export function sequencesOf<State>(history: History, model: Model<State>, absent: Json = null): Sequences {
  const { types, processes, pairs, keys, keyNames, length, functionNames, functions } = history.columns;
  const clients = clientSessions(history).sessions;
  const known = functionNames.map((name) => model.operations.includes(name));
  const sessions: { readonly operations: SequencedOperation[] }[] = [];
  const sessionOf = new Map<number, number>();
  const objects = new Map<string, number>();
  for (let invoked = 0; invoked < length; invoked++) {
    if (types[invoked] !== INVOKE || processes[invoked] === NEMESIS) continue;
    if (!known[functions[invoked]]) refuseOperation(history, invoked, model);
    const asked = operationAt(history, invoked, model.keysOf && 'with its key');
    if (asked === undefined) continue;
    const operation = asked.output === null && model.isRead(asked) ? { ...asked, output: absent } : asked;
    const isUnknown = pairs[invoked] === NONE || types[pairs[invoked]] !== OK;
    const process = clients[invoked];
    if (isUnknown && model.isRead(operation)) continue;
    let session = sessionOf.get(process);
    if (session === undefined) sessionOf.set(process, (session = sessions.push({ operations: [] }) - 1));
    const key = model.keysOf !== undefined || keys[invoked] === NONE ? undefined : keyNames[keys[invoked]];
    const name = [key, model.partition?.(operation)].filter((part) => part !== undefined).join(' / ');
    let object = objects.get(name);
    if (object === undefined) objects.set(name, (object = objects.size));
    sessions[session].operations.push({ invoked, completed: isUnknown ? NONE : pairs[invoked], object, operation });
  }
  return { sessions, objects: [...objects.keys()] };
}
