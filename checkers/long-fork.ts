import { FAIL, type History, INVOKE, OK } from '../harness/history/history.js';
import type { Json } from '../harness/history/operation.js';
import { nameOf } from '../harness/history/values/literal.js';
import { identity } from '../harness/history/values/identity.js';
import { show } from '../harness/history/values/show.js';
import { judged, modelOf } from './against.js';
import type { Anomaly, Checker } from './checker.js';
import { indicesOf, nonsense, SHOWN_ANOMALIES, verdictOf, whoAndWhen, whoAndWhenAfter } from './verdict.js';
import { oneOf } from './option-rules.js';

const THIN_AIR = 'thin-air-read';

/**
 * Long fork: two reads of the same group of keys, each of which sees a write that the other misses. Transactions are
 * single blind writes `[["w",k,v]]`, one a key, and reads of whole groups `[["r",k,v],…]`. Reads that show a
 * write that failed, or one that began after they ended, are named as well and, with option `initialState: empty`, those that show what nobody wrote; without it
 * that may be from before the history began. After Jepsen's long-fork, in
 * O(reads × group) instead of O(reads²): sorted by how much they see, every read must contain the one before it. A
 * model that allows it (read committed, parallel snapshot isolation) has it listed as allowed.
 */
export const longFork: Checker = {
  name: 'long-fork',
  summary: 'reads of a group of keys agree on one order of its writes',
  options: { initialState: oneOf('empty', 'unknown') },
  check(history, context) {
    const model = modelOf(context);
    const groups = groupsOf(history);
    const counts = { reads: 0, early: 0, late: 0, groups: groups.size, forks: 0 };
    const writes = writesByKey(history);
    const fromEmpty = context.options['initialState'] === 'empty';
    const anomalies: Anomaly[] = unwritten(history, groups, writes).filter(
      ({ kind }) => fromEmpty || kind !== THIN_AIR,
    );
    for (const reads of groups.values()) {
      counts.reads += reads.length;
      counts.early += reads.filter((read) => read.seen === 0).length;
      counts.late += reads.filter((read) => read.seen === read.values.length).length;
      for (const [older, newer] of forksAmong(reads)) {
        if (++counts.forks <= SHOWN_ANOMALIES) anomalies.push(fork(history, writes, older, newer));
      }
    }
    const twice = [...writes].find(([, invocations]) => invocations.length > 1)?.[0];
    return verdictOf({
      ...judged(twice === undefined ? anomalies : [], model),
      ...(twice !== undefined && { undecided: `key ${twice} is written more than once: reads cannot be compared` }),
      ...(twice === undefined && counts.reads === 0 && { undecided: 'no read of a group succeeded' }),
      details: model === undefined ? counts : { ...counts, model },
      checked: [
        'all reads of a group are ordered by what they see (no long fork)',
        'no read shows a write that failed, or that had not begun',
        ...(fromEmpty ? ['no read shows what nobody wrote'] : []),
      ],
      notChecked: ['whether reads are recent'],
    });
  },
};

/** A read of a whole group, its keys in one order. */
interface GroupRead {
  readonly at: number;
  readonly keys: readonly string[];
  readonly values: readonly Json[];
  readonly seen: number;
}

function groupsOf(history: History): Map<string, GroupRead[]> {
  const { types, length } = history.columns;
  const groups = new Map<string, GroupRead[]>();
  for (let at = 0; at < length; at++) {
    if (types[at] !== OK) continue;
    const reads = microOperations(history, at).filter(([f]) => f === 'r');
    if (reads.length < 2) continue;
    reads.sort(([, a], [, b]) => (a < b ? -1 : 1));
    const keys = reads.map(([, key]) => key);
    const values = reads.map(([, , value]) => value);
    const group = keys.join(' ');
    const read = { at, keys, values, seen: values.filter((value) => value !== null).length };
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [read]);
    else others.push(read);
  }
  return groups;
}

/** Pairs of reads neither of which contains the other. */
function forksAmong(reads: readonly GroupRead[]): [GroupRead, GroupRead][] {
  const sorted = [...reads].sort((a, b) => a.seen - b.seen);
  const forks: [GroupRead, GroupRead][] = [];
  for (let i = 1; i < sorted.length; i++) {
    const [older, newer] = [sorted[i - 1], sorted[i]];
    if (older.values.some((value, key) => value !== null && newer.values[key] === null)) forks.push([older, newer]);
  }
  return forks;
}

function fork(history: History, written: Writes, a: GroupRead, b: GroupRead): Anomaly {
  const { pairs } = history.columns;
  const onlyA = a.keys[a.values.findIndex((value, key) => value !== null && b.values[key] === null)];
  const onlyB = b.keys[b.values.findIndex((value, key) => value !== null && a.values[key] === null)];
  const writes = [onlyA, onlyB].flatMap((key) => (written.get(key) ?? []).flatMap((at) => [at, pairs[at]]));
  return {
    kind: 'long-fork',
    sentence:
      `The read by ${whoAndWhen(history, a.at)} sees the write of key ${onlyA} but not that of ${onlyB}, ` +
      `the read by ${whoAndWhenAfter(history, a.at, b.at)} sees ${onlyB} but not ${onlyA}: the writes happened in two orders.`,
    operations: indicesOf(history, [...writes, pairs[a.at], a.at, pairs[b.at], b.at]),
    // Nobody takes a write back, so that null is what was there before it.
    premises: [onlyA, onlyB].map((key) => ({ fact: 'writers', key: JSON.parse(key) as Json, value: null })),
    rulesOut: ['snapshot-isolation', 'repeatable-read'],
  };
}

/** Invocations that write a key, by key. */
type Writes = ReadonlyMap<string, readonly number[]>;

function writesByKey(history: History): Writes {
  const { types, length } = history.columns;
  const writes = new Map<string, number[]>();
  for (let at = 0; at < length; at++) {
    if (types[at] !== INVOKE) continue;
    for (const [f, key] of microOperations(history, at)) {
      if (f !== 'w') continue;
      const others = writes.get(key);
      if (others === undefined) writes.set(key, [at]);
      else others.push(at);
    }
  }
  return writes;
}

/** Reads of values that nobody wrote, or by a write that failed; the first of each kind and key. */
function unwritten(history: History, groups: ReadonlyMap<string, readonly GroupRead[]>, writes: Writes): Anomaly[] {
  const { types, pairs } = history.columns;
  const anomalies: Anomaly[] = [];
  const told = new Set<string>();
  for (const read of [...groups.values()].flat()) {
    read.values.forEach((value, i) => {
      const key = read.keys[i];
      const [write] = writes.get(key) ?? [];
      if (value === null || told.has(key)) return;
      const wrote = write !== undefined && valueWritten(history, write, key) === identity(value);
      const failed = wrote && pairs[write] >= 0 && types[pairs[write]] === FAIL;
      const isLater = wrote && write > read.at;
      if (wrote && !failed && !isLater) return;
      told.add(key);
      const writer = wrote ? [write, pairs[write]] : [];
      anomalies.push({
        kind: failed ? 'dirty-read' : isLater ? 'future-read' : THIN_AIR,
        sentence:
          `The read by ${whoAndWhen(history, read.at)} shows ${show(value)} at key ${key}, ` +
          (failed
            ? `whose write by ${whoAndWhenAfter(history, read.at, write)} failed.`
            : isLater
              ? `whose only write, by ${whoAndWhenAfter(history, read.at, write)}, had not begun: a read from the future.`
              : 'which nobody wrote.'),
        operations: indicesOf(history, [...writer, pairs[read.at], read.at]),
        premises: [
          { fact: 'writers', key: JSON.parse(key) as Json, value },
          ...(wrote ? [] : [{ fact: 'option', name: 'initialState', value: 'empty' } as const]),
        ],
        rulesOut: ['read-committed'],
      });
    });
  }
  return anomalies;
}

function valueWritten(history: History, write: number, key: string): string | undefined {
  const operation = microOperations(history, write).find(([f, k]) => f === 'w' && k === key);
  return operation === undefined ? undefined : identity(operation[2]);
}

type MicroOperation = readonly [f: string, key: string, value: Json];

function microOperations(history: History, at: number): MicroOperation[] {
  const { functions, functionNames } = history.columns;
  if (!['read', 'write', 'txn'].includes(functionNames[functions[at]])) return [];
  const value = history.value(at);
  if (value === null) return [];
  if (!Array.isArray(value))
    throw nonsense(history, at, 'expected a transaction, a list of ["r",key,value] or ["w",key,value]');
  return (value as readonly Json[]).map((operation) => {
    if (
      !Array.isArray(operation) ||
      operation.length !== 3 ||
      !['r', 'w'].includes(nameOf(operation[0] as Json) ?? '')
    ) {
      throw nonsense(history, at, `expected ["r",key,value] or ["w",key,value], found ${show(operation)}`);
    }
    return [nameOf(operation[0] as Json) ?? '', identity(operation[1] as Json), operation[2] as Json];
  });
}
