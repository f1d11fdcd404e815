import type { Json, Operation } from '../../harness/history/operation.js';
import type { Anomaly, StreamingChecker } from '../checker.js';
import { forbids, modelNamed } from '../cycles/lattice.js';
import { text } from '../models/values.js';
import { type Ended, eventsOf, type StreamContext, type Watcher, watching, who } from './watch.js';

/** Keys remembered, the latest used; workloads move from key to key. */
const MOST_KEYS = 1_024;

/** `append` and `r` of lists, or `w` and `r` of registers. */
type Micro = readonly [f: string, key: Json, value: Json];

interface KeyState {
  /** Longest list read, and its elements. Whoever reads a part of it needs no second look. */
  longest: readonly Json[];
  members: Set<string>;
  longestBy: Ended | undefined;
  /** Transactions that certainly did not happen, by the values they would have written. */
  readonly failed: Map<string, Ended>;
  /** Values whose writer is still open, and who read them already. */
  readonly open: Set<string>;
  readonly readOf: Map<string, Ended>;
}

/**
 * Transactions of lists or registers, as far as one of them tells at once: reads that contradict the transaction's own
 * writes, reads of transactions that failed, elements twice in a list, lists that contradict each other. Cycles are for
 * the check of the whole. Only what the model asked for (or claimed) forbids is told. Memory: by key among the latest.
 */
export function streamTransactions({ consistency, claimed }: StreamContext): StreamingChecker {
  const name = consistency ?? claimed;
  const model = (name === undefined ? undefined : modelNamed(name)) ?? 'strict-serializable';
  return watching(new TransactionWatch((kind) => forbids(model, kind)));
}

class TransactionWatch implements Watcher {
  private readonly keys = new Map<string, KeyState>();

  constructor(private readonly isForbidden: (kind: string) => boolean) {}

  invoked({ value }: Operation): undefined {
    for (const [f, key, written] of microsOf(value)) if (f !== 'r') this.of(key).open.add(text(written));
  }

  failed(operation: Ended): Anomaly | undefined {
    let found: Anomaly | undefined;
    for (const [f, key, written] of microsOf(operation.invocation.value)) {
      if (f === 'r') continue;
      const state = this.of(key);
      const value = text(written);
      state.failed.set(value, operation);
      const reader = state.readOf.get(value);
      if (reader !== undefined && this.isForbidden('G1a')) found ??= aborted(reader, operation, key, value);
    }
    this.close(operation);
    return found;
  }

  unknown(operation: Ended): undefined {
    this.close(operation);
  }

  ok(operation: Ended): Anomaly | undefined {
    this.close(operation);
    const micros = microsOf(operation.completion.value);
    return this.within(operation, micros) ?? this.among(operation, micros);
  }

  private close({ invocation }: Ended): void {
    for (const [f, key, written] of microsOf(invocation.value)) {
      if (f === 'r') continue;
      const { open, readOf } = this.of(key);
      open.delete(text(written));
      readOf.delete(text(written));
    }
  }

  /** What the transaction saw of itself. */
  private within(operation: Ended, micros: readonly Micro[]): Anomaly | undefined {
    if (!this.isForbidden('internal') || !namesTwice(micros)) return undefined;
    /** Whole lists (or the one value of a register), once the transaction knows them; before, what it appended. */
    const known = new Map<string, readonly string[]>();
    const appended = new Map<string, readonly string[]>();
    for (const [f, key, value] of micros) {
      const name = text(key);
      const whole = known.get(name);
      if (f === 'w') known.set(name, [text(value)]);
      else if (f === 'append') {
        if (whole !== undefined) known.set(name, [...whole, text(value)]);
        else appended.set(name, [...(appended.get(name) ?? []), text(value)]);
      } else if (f === 'r') {
        const seen = listOf(value);
        const own = appended.get(name) ?? [];
        const isRight = whole !== undefined ? same(seen, whole) : same(seen.slice(seen.length - own.length), own);
        if (!isRight || seen.length < own.length) return internal(operation, name, whole ?? own, seen);
        known.set(name, seen);
      }
    }
    return undefined;
  }

  /** What it saw of others. */
  private among(operation: Ended, micros: readonly Micro[]): Anomaly | undefined {
    const own = new Set(micros.filter(([f]) => f !== 'r').map(([, key, value]) => `${text(key)} ${text(value)}`));
    for (const [f, key, value] of micros) {
      if (f !== 'r' || value === null) continue;
      const state = this.of(key);
      const list: readonly Json[] = Array.isArray(value) ? value : [value];
      const found = Array.isArray(value) ? this.contradiction(operation, key, state, list) : undefined;
      if (found !== undefined) return found;
      for (let at = Array.isArray(value) ? state.longest.length : 0; at < list.length; at++) {
        const element = text(list[at]);
        if (own.has(`${text(key)} ${element}`)) continue;
        const writer = state.failed.get(element);
        if (writer !== undefined && this.isForbidden('G1a')) return aborted(operation, writer, key, element);
        if (state.open.has(element)) state.readOf.set(element, operation);
      }
      if (Array.isArray(value)) learn(state, list, operation);
    }
    return undefined;
  }

  /** An element twice, or another order than that of the longest list read before. */
  private contradiction(
    operation: Ended,
    key: Json,
    { longest, longestBy, members }: KeyState,
    list: readonly Json[],
  ): Anomaly | undefined {
    let at = 0;
    while (at < longest.length && at < list.length && isSame(longest[at], list[at])) at++;
    if (at === list.length) return undefined;
    const differs = at < longest.length;
    const seen = differs ? new Set<string>() : new Set(members);
    for (const element of differs ? list : list.slice(at)) {
      const name = text(element);
      if (seen.has(name) && this.isForbidden('duplicate-elements')) {
        const sentence = `The read of ${text(key)} by ${who(operation.completion)} shows ${name} twice.`;
        return { kind: 'duplicate-elements', sentence, operations: eventsOf(operation), details: { streaming: true } };
      }
      seen.add(name);
    }
    if (!differs || longestBy === undefined || !this.isForbidden('incompatible-order')) return undefined;
    const sentence =
      `The reads of ${text(key)} by ${who(longestBy.completion)} and by ${who(operation.completion)} contradict each other: ` +
      `element ${at + 1} is ${text(longest[at])} in the first and ${text(list[at])} in the second.`;
    const operations = eventsOf(longestBy, operation);
    return { kind: 'incompatible-order', sentence, operations, details: { streaming: true } };
  }

  private of(key: Json): KeyState {
    const name = text(key);
    let state = this.keys.get(name);
    if (state === undefined)
      state = {
        longest: [],
        members: new Set(),
        longestBy: undefined,
        failed: new Map(),
        open: new Set(),
        readOf: new Map(),
      };
    else this.keys.delete(name);
    this.keys.set(name, state);
    if (this.keys.size > MOST_KEYS) {
      for (const oldest of this.keys.keys()) {
        this.keys.delete(oldest);
        break;
      }
    }
    return state;
  }
}

function microsOf(value: Operation['value']): readonly Micro[] {
  return Array.isArray(value) ? value.filter((micro: Json): micro is Micro & Json => Array.isArray(micro)) : [];
}

/** Whether a key occurs more than once: otherwise a transaction sees nothing of itself. */
function namesTwice(micros: readonly Micro[]): boolean {
  return micros.some(([, key], at) => micros.findIndex(([, other]) => isSame(other, key)) < at);
}

/** Keeps the longest list, where it goes on from the one before. */
function learn(state: KeyState, list: readonly Json[], operation: Ended): void {
  const { longest } = state;
  if (list.length <= longest.length || !longest.every((element, at) => isSame(element, list[at]))) return;
  for (let at = longest.length; at < list.length; at++) state.members.add(text(list[at]));
  state.longest = list;
  state.longestBy = operation;
}

function isSame(a: Json, b: Json): boolean {
  return a === b || (typeof a === 'object' && text(a) === text(b));
}

/** A register is a list of one; null is the empty list. */
function listOf(value: Json): readonly string[] {
  if (value === null) return [];
  return Array.isArray(value) ? value.map((element: Json) => text(element)) : [text(value)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((element, at) => element === b[at]);
}

function internal(operation: Ended, key: string, expected: readonly string[], seen: readonly string[]): Anomaly {
  const last = (list: readonly string[]) => (list.length === 0 ? 'nothing' : list.slice(-3).join(', '));
  const sentence = `The transaction by ${who(operation.completion)} read ${key} ending in ${last(seen)}, though by itself it had to end in ${last(expected)}.`;
  return { kind: 'internal', sentence, operations: eventsOf(operation), details: { streaming: true } };
}

function aborted(reader: Ended, writer: Ended, key: Json, value: string): Anomaly {
  const sentence = `The transaction by ${who(reader.completion)} read ${value} of ${text(key)}, written by one that failed (${who(writer.completion)}).`;
  return { kind: 'G1a', sentence, operations: eventsOf(reader, writer), details: { streaming: true } };
}
