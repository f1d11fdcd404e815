import { FAIL, INFO, INVOKE, NONE, OK, type History } from '../../harness/history/history.js';
import type { Json } from '../../harness/history/operation.js';
import { show, text } from '../models/values.js';
import { Moments } from '../moments.js';
import { NEVER } from './partition.js';
import { CAS, INITIAL, READ, type RegisterOperations } from './registers.js';

const READS = ['read', 'get'];

/** What went wrong with a register, in a word and in a sentence. */
export interface Story {
  readonly cause:
    'value-never-written' | 'failed-write' | 'future-read' | 'lost-write' | 'stale-read' | 'lost-update' | 'no-order';
  readonly sentence: string;
}

/**
 * Names what the minimal sub-history shows.
 *
 * @param whole all operations on the register; `witness` the minimal ones
 * @param culprit operation of `witness` that no order explains
 */
export function narrate(
  history: History,
  whole: RegisterOperations,
  witness: RegisterOperations,
  culprit: number,
): Story {
  const tell = new Narrator(history, whole, witness);
  return (
    tell.neverWritten(culprit) ??
    tell.doubleCas(culprit) ??
    tell.overwritten(culprit) ??
    tell.seenNewer(culprit) ?? {
      cause: 'no-order',
      sentence: `${tell.did(culprit)}, but no order of these ${witness.count} operations${tell.ofKey} explains that.`,
    }
  );
}

class Narrator {
  readonly ofKey: string;
  private readonly moments: Moments;

  constructor(
    private readonly history: History,
    private readonly whole: RegisterOperations,
    private readonly witness: RegisterOperations,
  ) {
    this.ofKey = whole.name === undefined ? '' : ` of key ${whole.name}`;
    this.moments = new Moments(history);
  }

  neverWritten(op: number): Story | undefined {
    const value = this.witness.from[op];
    const completion = this.completion(this.witness, op);
    if (value === INITIAL) return undefined;
    let later = -1;
    const { count, kinds, to, invocations } = this.whole;
    for (let other = 0; other < count; other++) {
      if (kinds[other] === READ || to[other] !== value) continue;
      if (invocations[other] < completion) return undefined;
      if (later === -1) later = other;
    }
    if (later !== -1) {
      return {
        cause: 'future-read',
        sentence: `${this.did(op)}, before the first ${this.action(this.whole, later)} was invoked${this.where(invocations[later])} ${this.at(invocations[later])}.`,
      };
    }
    const failed = this.failedWrite(op);
    if (failed === -1) {
      return { cause: 'value-never-written', sentence: `${this.did(op)}, a value that nobody ever wrote.` };
    }
    return {
      cause: 'failed-write',
      sentence: `${this.did(op)}, although the only write of that value, invoked${this.where(failed)} ${this.at(failed)}, had failed.`,
    };
  }

  /** Position of the invocation of a failed update that would have written what `op` saw, or −1. */
  private failedWrite(op: number): number {
    const { columns } = this.history;
    const seen = text(this.expected(this.witness, op));
    const key = columns.keys[this.witness.invocations[op]];
    for (let at = 0; at < columns.length; at++) {
      if (columns.types[at] !== INVOKE || columns.pairs[at] === NONE || columns.keys[at] !== key) continue;
      if (columns.types[columns.pairs[at]] !== FAIL) continue;
      const value = this.history.value(at);
      const written = Array.isArray(value) && value.length === 2 ? (value[1] as Json) : value;
      if (written !== null && text(written) === seen) return at;
    }
    return -1;
  }

  /** Two cas from a value that was there once. */
  doubleCas(op: number): Story | undefined {
    const { kinds, from, to, count, returns } = this.witness;
    if (kinds[op] !== CAS) return undefined;
    let sources = from[op] === INITIAL ? 1 : 0;
    for (let other = 0; other < count; other++) if (kinds[other] !== READ && to[other] === from[op]) sources++;
    const others = [];
    for (let other = 0; other < count; other++) {
      if (other !== op && kinds[other] === CAS && from[other] === from[op] && returns[other] !== NEVER)
        others.push(other);
    }
    if (sources !== 1 || others.length === 0) return undefined;
    const other = others[0];
    return {
      cause: 'lost-update',
      sentence: `${this.did(op)}, although ${this.action(this.witness, other)}${this.where(this.witness.invocations[other])} had succeeded ${this.at(this.completion(this.witness, other))} and the value ${this.name(this.witness, op)} was there only once: one of the two updates is lost.`,
    };
  }

  /** An update acknowledged before the operation began, after the one whose value it saw. */
  overwritten(op: number): Story | undefined {
    const { kinds, from, to, calls, returns, count } = this.witness;
    const sourceReturn = this.sourceReturn(op);
    let latest = -1;
    for (let other = 0; other < count; other++) {
      if (kinds[other] === READ || to[other] === from[op] || returns[other] === NEVER) continue;
      if (returns[other] > calls[op] || calls[other] < sourceReturn) continue;
      if (latest === -1 || returns[other] > returns[latest]) latest = other;
    }
    if (latest === -1) return undefined;
    const isLost = !this.wasSeen(to[latest]) && !this.mayBeReplaced(latest, op);
    const cause = isLost ? 'lost-write' : 'stale-read';
    const value = this.written(latest);
    const did = this.did(op);
    const acknowledged = `although ${value} had been written and acknowledged${this.by(this.witness.invocations[latest])} ${this.at(this.completion(this.witness, latest))}`;
    const lost = cause === 'lost-write' ? `; no read ever saw ${value}` : '';
    return { cause, sentence: `${did}, ${acknowledged}${lost}.` };
  }

  /** Somebody had seen a newer value before the operation began. */
  seenNewer(op: number): Story | undefined {
    const { kinds, from, calls, returns, count } = this.witness;
    let latest = -1;
    for (let other = 0; other < count; other++) {
      if (kinds[other] !== READ || from[other] === from[op] || returns[other] > calls[op]) continue;
      if (latest === -1 || returns[other] > returns[latest]) latest = other;
    }
    if (latest === -1) return undefined;
    const { invocations } = this.witness;
    return {
      cause: 'stale-read',
      sentence: `${this.did(op)}, although a read${this.where(invocations[latest])} had already returned ${this.name(this.witness, latest)} ${this.at(this.completion(this.witness, latest))}.`,
    };
  }

  /** Event by which the value that `op` saw was certainly written; −1 for the initial one. */
  private sourceReturn(op: number): number {
    const { kinds, from, to, returns, count } = this.witness;
    let earliest = from[op] === INITIAL ? -1 : NEVER;
    for (let other = 0; other < count; other++) {
      const has = kinds[other] === READ ? from[other] : to[other];
      if (other !== op && has === from[op] && returns[other] < earliest) earliest = returns[other];
    }
    return earliest;
  }

  /** Whether some order has another update between one and the read, so that the read could not see it anyway. */
  private mayBeReplaced(update: number, read: number): boolean {
    const { types, pairs, keys, functions, functionNames } = this.history.columns;
    const written = this.witness.invocations[update];
    const asked = this.witness.invocations[read];
    // All of the history: updates of unknown outcome that nobody saw are not among the register's operations.
    for (let at = 0, end = this.completion(this.witness, read); at < end; at++) {
      if (types[at] !== INVOKE || keys[at] !== keys[written] || at === written || at === asked) continue;
      if (READS.includes(functionNames[functions[at]])) continue;
      const outcome = pairs[at] === NONE ? INFO : types[pairs[at]];
      if (outcome !== FAIL && (outcome !== OK || pairs[at] > written)) return true;
    }
    return false;
  }

  private wasSeen(value: number): boolean {
    const { count, from, returns } = this.whole;
    for (let op = 0; op < count; op++) if (from[op] === value && returns[op] !== NEVER) return true;
    return false;
  }

  /** `Read of key r3 on n2 returned 7 at 12.41 s`. */
  did(op: number): string {
    const { invocations, kinds } = this.witness;
    const where = this.where(invocations[op]);
    const at = this.at(this.completion(this.witness, op));
    if (kinds[op] === READ) return `Read${this.ofKey}${where} returned ${this.name(this.witness, op)} ${at}`;
    const action = this.action(this.witness, op);
    return `${action.charAt(0).toUpperCase()}${action.slice(1)}${this.ofKey}${where} succeeded ${at}`;
  }

  private action({ invocations }: RegisterOperations, op: number): string {
    const { f, value } = this.history.event(invocations[op]);
    if (Array.isArray(value) && value.length === 2) return `${f} ${show(value[0] as Json)}→${show(value[1] as Json)}`;
    return value === null ? f : `${f} of ${show(value)}`;
  }

  private written(op: number): string {
    const value = this.history.value(this.witness.invocations[op]);
    const isCas = this.witness.kinds[op] === CAS && Array.isArray(value);
    return show(isCas ? (value[1] as Json) : value);
  }

  private name(operations: RegisterOperations, op: number): string {
    return show(this.expected(operations, op));
  }

  /** The value that a read returned or a cas expected. */
  private expected(operations: RegisterOperations, op: number): Json {
    if (operations.kinds[op] === READ) return this.history.value(this.completion(operations, op));
    const value = this.history.value(operations.invocations[op]);
    return Array.isArray(value) ? (value[0] as Json) : value;
  }

  private completion({ invocations }: RegisterOperations, op: number): number {
    return this.history.columns.pairs[invocations[op]];
  }

  private where(position: number): string {
    const { nodes, nodeNames } = this.history.columns;
    return nodes[position] === NONE
      ? ` by process ${this.history.processName(position)}`
      : ` on ${nodeNames[nodes[position]]}`;
  }

  private by(position: number): string {
    const { nodes, nodeNames } = this.history.columns;
    return nodes[position] === NONE
      ? ` by process ${this.history.processName(position)}`
      : ` by ${nodeNames[nodes[position]]}`;
  }

  private at(position: number): string {
    return this.moments.at(position);
  }
}
