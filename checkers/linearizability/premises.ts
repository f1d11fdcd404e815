import { FAIL, INVOKE, NEMESIS, NONE, OK, type History } from '../../harness/history/history.js';
import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, CheckContext, Premise, Verdict } from '../checker.js';
import type { Model } from '../model.js';
import { identity } from '../witness/identity.js';
import { positionOf } from '../witness/listed.js';
import { writeFilter } from '../witness/write-filter.js';
import { writesOf } from '../witness/writes.js';
import { registerKind } from './register-objects.js';

type Options = CheckContext['options'];

/** The verdict with all that its anomalies rest on besides operations: that nobody else wrote, and with what it began. */
export function withPremises<State>(
  verdict: Verdict,
  history: History,
  model: Model<State>,
  options: Options,
): Verdict {
  if (verdict.anomalies.length === 0) return verdict;
  const kind = registerKind(history, model, options);
  // Who proves witnesses anew knows a register by the usual names of its operations; of others, every operation is told.
  const isRegister = kind !== undefined && READS.includes(kind.read) && WRITES.includes(kind.write);
  const anomalies = verdict.anomalies.map((anomaly): Anomaly => {
    if (anomaly.premises !== undefined) return anomaly;
    const timed = anomaly.kind === 'nonlinearizable';
    const events = eventsOf(history, timed ? anomaly.operations : withWitnesses(history, anomaly.operations));
    const { operations, premises } = isRegister ? sources(history, events, timed) : updates(history, model, events);
    const details = { ...anomaly.details, model: model.name };
    return { ...anomaly, operations, details, premises: [...premises, ...beginnings(options)] };
  });
  return { ...verdict, anomalies } as Verdict;
}

interface Facts {
  readonly operations: readonly number[];
  readonly premises: readonly Premise[];
}

const BEGINNINGS = ['initial', 'permits'];

function beginnings(options: Options): readonly Premise[] {
  return BEGINNINGS.map((name) => ({ fact: 'option', name, value: options[name] ?? null }));
}

/**
 * With somebody who saw what an operation of unknown outcome wrote, and who saw that one's, where its outcome is unknown too:
 * they took effect only because somebody did. (Where order is by time, such are part of the minimal sub-history already.)
 */
function withWitnesses(history: History, operations: readonly number[]): readonly number[] {
  const { indices, types, pairs, length } = history.columns;
  const wanted = new Set(operations);
  const sought = new Set<string>();
  const note = (at: number) => {
    for (const { key, value } of writesOf(history.event(at))) sought.add(`${identity(key)} ${identity(value)}`);
  };
  const isOk = (at: number) => pairs[at] !== NONE && types[pairs[at]] === OK;
  for (let at = 0; at < length; at++) if (wanted.has(indices[at]) && types[at] === INVOKE && !isOk(at)) note(at);
  for (let left = -1; sought.size > 0 && left !== sought.size;) {
    left = sought.size;
    for (let at = 0; at < length; at++) {
      if (types[at] !== INVOKE || (pairs[at] !== NONE && types[pairs[at]] === FAIL)) continue;
      const { f, key, value } = history.event(at);
      const shown = READS.includes(f)
        ? isOk(at)
          ? history.value(pairs[at])
          : undefined
        : f === 'cas'
          ? first(value)
          : undefined;
      if (shown === undefined || wanted.has(indices[at]) || !sought.delete(`${identity(key)} ${identity(shown)}`))
        continue;
      wanted.add(indices[at]);
      if (isOk(at)) wanted.add(indices[pairs[at]]);
      else note(at);
    }
  }
  return [...wanted];
}

function first(value: Json): Json | undefined {
  return Array.isArray(value) ? (value[0] as Json) : undefined;
}

function eventsOf(history: History, operations: readonly number[]): readonly Operation[] {
  const positions = [...new Set(operations)].flatMap((index) => positionOf(history, index) ?? []);
  return positions.sort((a, b) => a - b).map((position) => history.event(position));
}

/** Somebody who saw a value, and so needs a write of it. */
interface Reader {
  readonly key: string | undefined;
  readonly value: Json;
  readonly invoked: number;
  /** Index of the answer, or of the last event that is listed; undefined where order is not by time. */
  readonly answered: number | undefined;
  /** Index at which the last write of the value that is not listed was acknowledged; infinite where it never was. */
  last: number;
  /** An update that was invoked after that and acknowledged before the reader was invoked. */
  separator?: { readonly invoked: number; readonly ended: number; readonly isPlain: boolean };
}

/**
 * Of each value that was read or expected: from where on only listed operations can have written it. A write that is not
 * listed was replaced by an update that began after it was over and ended before the reader began; that one is listed too.
 */
function sources(history: History, events: readonly Operation[], timed: boolean): Facts {
  const readers = readersOf(history, events, timed);
  const listed = new Set(events.map(({ index }) => index));
  const byValue = new Map<string, Reader[]>();
  for (const reader of readers) {
    const name = `${identity(reader.key)} ${identity(reader.value)}`;
    byValue.set(name, [...(byValue.get(name) ?? []), reader]);
  }
  const mayWrite = writeFilter(history, readers);
  eachUpdate(history, (position, index, ended) => {
    if (!mayWrite(position) || listed.has(index)) return;
    const { f, value, key } = history.event(position);
    for (const write of writesOf({ f, value, ...(key !== undefined && { key }) })) {
      for (const reader of byValue.get(`${identity(write.key)} ${identity(write.value)}`) ?? []) {
        if (index < (reader.answered ?? Number.POSITIVE_INFINITY)) reader.last = Math.max(reader.last, ended);
      }
    }
  });
  const replaced = readers.filter(({ last }) => last >= 0 && last < Number.POSITIVE_INFINITY);
  if (timed && replaced.length > 0) separate(history, replaced);
  const extra = replaced.flatMap(({ separator }) => (separator ? [separator.invoked, separator.ended] : []));
  const indices = [...new Set([...listed, ...extra])].sort((a, b) => a - b);
  const premises = new Map<string, Premise>();
  for (const { key, value, answered, last } of readers) {
    const since = last < 0 ? undefined : indices.find((index) => index > last);
    if (last >= 0 && (since === undefined || !timed)) continue;
    const premise: Premise = {
      fact: 'sources',
      ...(key !== undefined && { key }),
      value,
      ...(since !== undefined && { since }),
      ...(answered !== undefined && { before: answered }),
    };
    premises.set(JSON.stringify(premise), premise);
  }
  return { operations: indices, premises: [...premises.values()] };
}

function readersOf(history: History, events: readonly Operation[], timed: boolean): readonly Reader[] {
  const { indices, pairs } = history.columns;
  const end = Math.max(...events.map(({ index }) => index));
  const readers: Reader[] = [];
  for (const { type, f, key, value, index } of events) {
    const at = positionOf(history, index)!;
    const isRead = READS.includes(f);
    if (isRead ? type !== 'ok' : f !== 'cas' || type !== 'invoke' || !Array.isArray(value)) continue;
    const partner = pairs[at] === NONE ? undefined : indices[pairs[at]];
    const invoked = isRead ? (partner ?? index) : index;
    const answer = isRead
      ? index
      : partner !== undefined && events.some((other) => other.index === partner && other.type === 'ok')
        ? partner
        : undefined;
    const shown = isRead ? value : ((value as readonly Json[])[0] as Json);
    readers.push({ key, value: shown, invoked, answered: timed ? (answer ?? end) : undefined, last: -1 });
  }
  return readers;
}

/** Finds, for each reader, the update invoked last that lies between the writes that are not listed and the reader. */
function separate(history: History, readers: readonly Reader[]): void {
  const { keys, keyNames, functions, functionNames } = history.columns;
  eachUpdate(history, (position, index, ended) => {
    const f = functionNames[functions[position]];
    if (READS.includes(f)) return;
    const key = keys[position] === NONE ? undefined : keyNames[keys[position]];
    const isPlain = f !== 'cas';
    for (const reader of readers) {
      if (reader.key !== key || index <= reader.last || ended >= reader.invoked) continue;
      if (isPlain || !reader.separator?.isPlain) reader.separator = { invoked: index, ended, isPlain };
    }
  });
}

const READS = ['read', 'get'];
const WRITES = ['write', 'put'];

/** Calls back for operations that may have taken effect, with the index of their acknowledgement. */
function eachUpdate(
  { columns, length }: History,
  visit: (position: number, index: number, ended: number) => void,
): void {
  const { types, pairs, indices, processes } = columns;
  for (let position = 0; position < length; position++) {
    if (types[position] !== INVOKE || processes[position] === NEMESIS) continue;
    const completion = pairs[position];
    if (completion !== NONE && types[completion] === FAIL) continue;
    const isOver = completion !== NONE && types[completion] === OK;
    visit(position, indices[position], isOver ? indices[completion] : Number.POSITIVE_INFINITY);
  }
}

function updates<State>(history: History, model: Model<State>, events: readonly Operation[]): Facts {
  const [first] = events;
  const { key } = first;
  const part = model.partition?.({ f: first.f, input: first.value, output: undefined });
  const before = Math.max(...events.map(({ index }) => index));
  const fact = { fact: 'updates', model: model.name, before } as const;
  const premises = [{ ...fact, ...(key !== undefined && { key }), ...(part !== undefined && { part }) }];
  return { operations: events.map(({ index }) => index), premises };
}
