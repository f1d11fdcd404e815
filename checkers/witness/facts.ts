import { FAIL, INVOKE, NEMESIS, NONE, OK, VALUE_TRANSACTION, type History } from '../../harness/history/history.js';
import { WROTE } from '../../harness/history/micro-operations/micro-operations.js';
import type { Json } from '../../harness/history/operation.js';
import type { Anomaly, Premise } from '../checker.js';
import type { Listed } from './evidence.js';
import { demandedAlone, refutation, tellAlone } from './facts-alone.js';
import { type Model, type ModelOperation, readsAmong } from '../model.js';
import { modelNamed } from '../models/models.js';
import { identity, same } from './identity.js';
import { asRecorded, positionOf } from './listed.js';
import { writeFilter } from './write-filter.js';
import { isTransaction, writesOf, type Write } from './writes.js';

export type Options = Readonly<Record<string, Json>>;

/** The scan looks at the clock after so many events. */
const EVENTS_PER_LOOK = 4_096;

/** A fact of one anomaly: an operation that is not listed there and matches would make it false. */
interface Awaited {
  readonly anomaly: number;
  readonly listed: ReadonlySet<number>;
  readonly premise: Premise;
  /** Position from which operations don't matter. */
  readonly end: number;
}

/**
 * Looks once through the history for operations that contradict premises of anomalies. Answers, by anomaly, the first
 * premise that does not hold and why; undefined as a whole when there was no time to look at everything.
 */
export function contradicted(
  history: History,
  anomalies: readonly Anomaly[],
  options: Options,
  hasTime: () => boolean,
): ReadonlyMap<number, string> | undefined {
  const wrong = new Map<number, string>();
  const byWrite = new Map<string, Awaited[]>();
  const wanted: Write[] = [];
  const rewriting: Awaited[] = [];
  const changing: Awaited[] = [];
  const byName = new Map<string, Awaited[]>();
  anomalies.forEach(({ operations, premises = [] }, anomaly) => {
    const listed = new Set(operations);
    for (const premise of premises) {
      const awaited = { anomaly, listed, premise, end: endOf(history, premise) };
      if (premise.fact === 'writers' || premise.fact === 'sources') {
        push(byWrite, writeName(premise.key, premise.value), awaited);
        wanted.push({ key: premise.key, value: premise.value });
      } else if (premise.fact === 'updates') changing.push(awaited);
      else if (premise.fact === 'read-modify-writes') rewriting.push(awaited);
      else if (premise.fact === 'all') for (const f of premise.f) push(byName, f, awaited);
      else if (premise.fact !== 'initial' && premise.fact !== 'option') {
        const why = hasTime() ? refutation(history, premise, listed) : undefined;
        if (why !== undefined) wrong.set(anomaly, `${why}: ${tell(premise)}`);
      } else if (!given(premise, options)) wrong.set(anomaly, `not so: ${tell(premise)}`);
    }
  });
  if (byWrite.size + byName.size + rewriting.length + changing.length === 0) return wrong;
  const isRead = new Map<string, IsRead | undefined>();
  const { types, processes, pairs, indices, functions, functionNames, keys, keyNames } = history.columns;
  const mayWrite = writeFilter(history, wanted);
  const named = functionNames.map((f) => byName.get(f) ?? []);
  const isAwaited = Uint8Array.from(named, ({ length }) => (length > 0 ? 1 : 0));
  for (let position = 0; position < history.length; position++) {
    if (position % EVENTS_PER_LOOK === 0 && !hasTime()) return undefined;
    if (rewriting.length > 0 && types[position] === OK && writesUnread(history, position)) {
      for (const { anomaly, premise } of rewriting) {
        if (!wrong.has(anomaly))
          wrong.set(anomaly, `event ${String(indices[position])} writes unread: ${tell(premise)}`);
      }
    }
    const begins = types[position] === INVOKE || pairs[position] === NONE;
    if (!begins || processes[position] === NEMESIS) continue;
    const isWrite = byWrite.size > 0 && mayWrite(position);
    const isNamed = isAwaited[functions[position]] === 1;
    if (!isWrite && !isNamed && changing.length === 0) continue;
    const index = indices[position];
    const refute = (awaited: Awaited) => {
      if (position >= awaited.end || awaited.listed.has(index) || wrong.has(awaited.anomaly)) return;
      wrong.set(awaited.anomaly, `event ${String(index)} is not listed: ${tell(awaited.premise)}`);
    };
    const f = functionNames[functions[position]];
    const key = keys[position] === NONE ? undefined : keyNames[keys[position]];
    const failed = types[position] === FAIL || (pairs[position] !== NONE && types[pairs[position]] === FAIL);
    for (const awaited of named[functions[position]]) {
      const { premise } = awaited;
      const concerns = premise.fact === 'all' && (premise.key === undefined || same(premise.key, key));
      if (concerns && !failed) refute(awaited);
    }
    for (const awaited of failed ? [] : changing) {
      if (awaited.premise.fact !== 'updates') continue;
      const { model } = awaited.premise;
      if (!isRead.has(model)) isRead.set(model, readsIn(history, model));
      if (changes(awaited.premise, key, operationAt(history, position), isRead.get(model))) refute(awaited);
    }
    if (!isWrite) continue;
    for (const write of writesOf({ f, value: history.value(position), ...(key !== undefined && { key }) })) {
      for (const awaited of byWrite.get(writeName(write.key, write.value)) ?? []) {
        const { premise } = awaited;
        const isPast = premise.fact === 'sources' && (failed || isOverBefore(history, position, premise.since));
        if (!isPast) refute(awaited);
      }
    }
  }
  return wrong;
}

/**
 * Whether a premise is about an operation, so that it would be false if that one were not listed. Facts are about the whole
 * history: so it is the recorded completion that counts, whether it is listed or not.
 */
export function demands(history: History, premise: Premise, operation: Listed): boolean {
  const { invocation, completion, outcome } = asRecorded(history, operation);
  if ('before' in premise && premise.before !== undefined && invocation.index >= premise.before) return false;
  if (premise.fact === 'all') {
    if (outcome === 'fail') return false;
    return premise.f.includes(invocation.f) && (premise.key === undefined || same(premise.key, invocation.key));
  }
  if (premise.fact === 'updates') {
    if (outcome === 'fail') return false;
    const { f, key, value: input } = invocation;
    const recorded = { f, input, output: outcome === 'ok' ? completion?.value : undefined };
    return changes(premise, key, recorded, readsOnceIn(history, premise.model));
  }
  if (premise.fact === 'initial' || premise.fact === 'option' || premise.fact === 'read-modify-writes') return false;
  if (premise.fact !== 'writers' && premise.fact !== 'sources') return demandedAlone(premise, invocation);
  if (premise.fact === 'sources') {
    const isOver = outcome === 'ok' && premise.since !== undefined && completion!.index < premise.since;
    if (outcome === 'fail' || isOver) return false;
  }
  return writesOf(invocation).some(({ key, value }) => same(key, premise.key) && same(value, premise.value));
}

/** A premise in words. */
export function tell(premise: Premise): string {
  const of = 'key' in premise && premise.key !== undefined ? ` of key ${identity(premise.key)}` : '';
  switch (premise.fact) {
    case 'writers':
      return `nobody else asked to write ${identity(premise.value)}${of}`;
    case 'all':
      return `every ${premise.f.join(', ')}${of}${premise.before === undefined ? '' : ` before event ${String(premise.before)}`}`;
    case 'sources': {
      const since = premise.since === undefined ? '' : ` and was not over before event ${String(premise.since)}`;
      return `nobody else may have written ${identity(premise.value)}${of}${since}`;
    }
    case 'updates':
      return `nobody else may have changed the ${premise.model}${of} before event ${String(premise.before)}`;
    case 'read-modify-writes':
      return 'every transaction reads what it writes';
    case 'initial':
      return `the first value${of} is ${identity(premise.value)}`;
    case 'option':
      return `option ${premise.name} is ${identity(premise.value)}`;
    default:
      return tellAlone(premise);
  }
}

function given(premise: Premise, options: Options): boolean {
  if (premise.fact === 'option') return same(options[premise.name] ?? null, premise.value);
  return premise.fact !== 'initial' || same(options['initial'] ?? null, premise.value);
}

/** Whether a transaction writes a key that it has not read by then. */
function writesUnread(history: History, position: number): boolean {
  const { valueKinds, valuesA, valuesB, microOperations } = history.columns;
  if (valueKinds[position] === VALUE_TRANSACTION && microOperations !== undefined) {
    const { kinds, keys } = microOperations;
    const [first, end] = [valuesA[position], valuesA[position] + valuesB[position]];
    for (let at = first; at < end; at++) {
      if (kinds[at] < WROTE) continue;
      let read = first;
      while (read < at && (kinds[read] >= WROTE || keys[read] !== keys[at])) read++;
      if (read === at) return true;
    }
    return false;
  }
  const value = history.value(position);
  if (!isTransaction(value)) return false;
  const read = new Set<string>();
  return !value.every(([f, key]) => {
    const name = identity(key);
    if (f === 'r') read.add(name);
    return read.has(name);
  });
}

function isOverBefore({ columns }: History, position: number, since: number | undefined): boolean {
  const completion = columns.pairs[position];
  if (since === undefined || completion === NONE || columns.types[completion] !== OK) return false;
  return columns.indices[completion] < since;
}

type Updates = Extract<Premise, { readonly fact: 'updates' }>;

type IsRead = (operation: ModelOperation) => boolean;

/** Which operations change nothing, by a specification, with all that a history holds. */
function readsIn(history: History, name: string): IsRead | undefined {
  const model = modelNamed(name) as Model<unknown> | undefined;
  if (model?.readsAmong === undefined) return model && ((operation) => model.isRead(operation));
  const operations: ModelOperation[] = [];
  const { types, processes } = history.columns;
  for (let position = 0; position < history.length; position++) {
    if (types[position] === INVOKE && processes[position] !== NEMESIS) operations.push(operationAt(history, position));
  }
  return readsAmong(model, operations);
}

/** Found once a history: what is asked again for every operation that may be left out. */
const READS = new WeakMap<History, Map<string, IsRead | undefined>>();

function readsOnceIn(history: History, name: string): IsRead | undefined {
  const known = READS.get(history) ?? new Map<string, IsRead | undefined>();
  READS.set(history, known);
  if (!known.has(name)) known.set(name, readsIn(history, name));
  return known.get(name);
}

/**
 * Whether an operation can have changed an object, by its specification.
 *
 * @param isRead those that change nothing; undefined where the specification is not known
 */
function changes(
  { model: name, key: wanted, part }: Updates,
  key: string | undefined,
  operation: ModelOperation,
  isRead: IsRead | undefined,
): boolean {
  const model = modelNamed(name) as Model<unknown> | undefined;
  if (!same(wanted, key)) return false;
  if (model === undefined || !model.operations.includes(operation.f)) return true;
  if (part !== undefined && model.partition?.(operation) !== part) return false;
  return isRead?.(operation) !== true;
}

function operationAt(history: History, position: number): ModelOperation {
  const { pairs, types, functions, functionNames } = history.columns;
  const completion = pairs[position];
  const output = completion === NONE || types[completion] !== OK ? undefined : history.value(completion);
  return { f: functionNames[functions[position]], input: history.value(position), output };
}

function endOf(history: History, premise: Premise): number {
  if (!('before' in premise) || premise.before === undefined) return history.length;
  return positionOf(history, premise.before) ?? history.length;
}

function writeName(key: Json | undefined, value: Json): string {
  return `${identity(key)} ${identity(value)}`;
}

function push(map: Map<string, Awaited[]>, name: string, awaited: Awaited): void {
  const known = map.get(name);
  if (known) known.push(awaited);
  else map.set(name, [awaited]);
}
