import type { ColumnStore } from './columns.js';
import { INVOKE, NEMESIS, NONE } from './history.js';

/** Names that {@link pairEvents} needs for its messages. */
export interface PairingNames {
  readonly functions: readonly string[];
  readonly keys: readonly string[];
  readonly process: (process: number) => string;
  /** Throws a HistoryError; positions count events from 0. */
  readonly reject: (position: number, problem: (lineOf: (position: number) => number) => string) => never;
}

/**
 * Matches every completion with its invocation: a process has at most one operation open, so one pass with one slot a
 * process is enough. A completion that leaves out key, node or workload inherits them from its invocation.
 *
 * `info` ends the pairing and not the operation. Our own harness then retires the process; imported histories may let
 * it go on, which is no contradiction: the unknown operation stays open beside its process' later ones, which are those
 * of a new session (`client-sessions.ts`).
 *
 * @returns for every position its partner's, or NONE.
 */
export function pairEvents(store: ColumnStore, names: PairingNames): Int32Array {
  const { length, types, processes } = store;
  const pairs = new Int32Array(length).fill(NONE);
  const open = new OpenInvocations(processes, length);
  const nemesis = new Map<number, number[]>();
  for (let position = 0; position < length; position++) {
    const process = processes[position];
    if (process === NEMESIS) {
      pairNemesis(store, pairs, nemesis, position);
      continue;
    }
    const slot = open.slotOf(process);
    const invoked = open.positions[slot];
    if (types[position] === INVOKE) {
      if (invoked !== NONE) rejectOverlap(store, names, invoked, position);
      open.positions[slot] = position;
      continue;
    }
    if (invoked === NONE) rejectOrphan(store, names, position);
    match(store, names, invoked, position);
    pairs[invoked] = position;
    pairs[position] = invoked;
    open.positions[slot] = NONE;
  }
  return pairs;
}

/** One slot a process: the process itself, or a dense number where process numbers are sparse and huge. */
class OpenInvocations {
  readonly positions: Int32Array;
  private readonly slots?: Map<number, number>;

  constructor(processes: Int32Array, length: number) {
    let largest = 0;
    for (let position = 0; position < length; position++) {
      if (processes[position] > largest) largest = processes[position];
    }
    const dense = largest <= 4 * length + 65_536;
    if (!dense) this.slots = new Map();
    this.positions = new Int32Array(dense ? largest + 1 : length).fill(NONE);
  }

  slotOf(process: number): number {
    if (this.slots === undefined) return process;
    const known = this.slots.get(process);
    if (known !== undefined) return known;
    const slot = this.slots.size;
    this.slots.set(process, slot);
    return slot;
  }
}

/**
 * Several faults may be under way at once, so the nemesis' events are matched by their `f`, first come first served.
 * Its lone `info` events (phase marks, other tools' logs) have no partner, and a run that was killed leaves halves.
 */
function pairNemesis(store: ColumnStore, pairs: Int32Array, open: Map<number, number[]>, position: number): void {
  const f = store.functions[position];
  const waiting = open.get(f) ?? [];
  if (store.types[position] === INVOKE) {
    waiting.push(position);
    open.set(f, waiting);
    return;
  }
  const invoked = waiting.shift();
  if (invoked === undefined) return;
  pairs[invoked] = position;
  pairs[position] = invoked;
}

function match(store: ColumnStore, names: PairingNames, invoked: number, completed: number): void {
  const { functions, keys, nodes, workloads } = store;
  if (functions[invoked] !== functions[completed]) {
    const [asked, answered] = [names.functions[functions[invoked]], names.functions[functions[completed]]];
    names.reject(
      completed,
      (lineOf) =>
        `process ${names.process(store.processes[completed])} completes ${quote(answered)}, ` +
        `but what it invoked on line ${lineOf(invoked)} is ${quote(asked)}`,
    );
  }
  if (keys[completed] === NONE) keys[completed] = keys[invoked];
  if (keys[invoked] !== keys[completed]) {
    const name = (key: number) => (key === NONE ? 'no key' : `key ${quote(names.keys[key])}`);
    names.reject(
      completed,
      (lineOf) =>
        `the completion names ${name(keys[completed])}, its invocation on line ${lineOf(invoked)} ${name(keys[invoked])}`,
    );
  }
  if (nodes[completed] === NONE) nodes[completed] = nodes[invoked];
  if (workloads[completed] === NONE) workloads[completed] = workloads[invoked];
}

function rejectOverlap(store: ColumnStore, names: PairingNames, first: number, second: number): never {
  const f = (position: number) => quote(names.functions[store.functions[position]]);
  return names.reject(
    second,
    (lineOf) =>
      `process ${names.process(store.processes[second])} invokes ${f(second)} while its ${f(first)} of line ${lineOf(first)} is still open; ` +
      'a process does one operation at a time (is a line missing, doubled or out of order?)',
  );
}

function rejectOrphan(store: ColumnStore, names: PairingNames, position: number): never {
  return names.reject(
    position,
    () =>
      `process ${names.process(store.processes[position])} completes ${quote(names.functions[store.functions[position]])} ` +
      'without having invoked it (is a line missing, doubled or out of order?)',
  );
}

/** A name from a file, short enough for a message. */
export function quote(text: string | undefined): string {
  const shown = text ?? '';
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 57)}...` : shown);
}
