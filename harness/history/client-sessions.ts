import { type History, INFO, INVOKE, NEMESIS } from './history.js';

/** Process numbers up to this many times the number of events are looked up in an array, larger ones in a set. */
const SPARSE = 4;

/** The sessions of a history's clients. */
export interface ClientSessions {
  /**
   * By position, the session of a client's event (its process number, or a number above all of them); NEMESIS for the
   * nemesis. The column of processes itself where no process was used again.
   */
  readonly sessions: Int32Array;
  /** Invocations by which a process that had met an unknown outcome went on, ascending. */
  readonly reused: readonly number[];
}

const known = new WeakMap<History, ClientSessions>();

/**
 * The one policy for a process that goes on after an operation of unknown outcome, as some recorders let it: `info`
 * retires the process, as in Jepsen, and what follows under the same number is a new session. Nobody knows when, or
 * whether, the unknown operation took effect, nor whether the client had to connect anew, so nothing that a session
 * promises (its order, a lock that it holds) is taken to hold from one to the other. Every checker that speaks of
 * sessions asks here. Linear, and once a history.
 */
export function clientSessions(history: History): ClientSessions {
  const before = known.get(history);
  if (before !== undefined) return before;
  const found = divide(history);
  known.set(history, found);
  return found;
}

/** Says so, where a process was used again; undefined where none was. `lineOf`: where a position stands in its file. */
export function reuseNote(history: History, lineOf: (position: number) => number): string | undefined {
  const { reused } = clientSessions(history);
  if (reused.length === 0) return undefined;
  const [first] = reused;
  const times = reused.length === 1 ? '' : ` (and ${reused.length - 1} more like it)`;
  return (
    `process ${history.processName(first)} goes on after an operation of unknown outcome on line ${lineOf(first)}` +
    `${times}: what follows is taken as a new session`
  );
}

function divide(history: History): ClientSessions {
  const { types, processes, pairs, length } = history.columns;
  const retired = new Retired(processes, length);
  const reused: number[] = [];
  for (let at = 0; at < length; at++) {
    const type = types[at];
    if (processes[at] === NEMESIS) continue;
    if (type === INFO) retired.add(processes[at]);
    else if (type === INVOKE && retired.delete(processes[at])) reused.push(at);
  }
  if (reused.length === 0) return { sessions: processes, reused };
  const sessions = processes.slice();
  const current = new Map<number, number>();
  let next = 1 + processes.reduce((largest, process) => Math.max(largest, process), 0);
  let turn = 0;
  for (let at = 0; at < length; at++) {
    if (processes[at] === NEMESIS) continue;
    if (at === reused[turn]) {
      current.set(processes[at], next++);
      turn++;
    }
    // A completion belongs to its invocation's session, which is the current one: a process has one operation open.
    sessions[at] =
      types[at] === INVOKE || pairs[at] < 0 ? (current.get(processes[at]) ?? processes[at]) : sessions[pairs[at]];
  }
  return { sessions, reused };
}

/** Processes whose last operation has an unknown outcome. */
class Retired {
  private readonly dense?: Uint8Array;
  private readonly sparse = new Set<number>();

  constructor(processes: Int32Array, length: number) {
    let largest = 0;
    for (let at = 0; at < length; at++) if (processes[at] > largest) largest = processes[at];
    if (largest <= SPARSE * length) this.dense = new Uint8Array(largest + 1);
  }

  add(process: number): void {
    if (this.dense) this.dense[process] = 1;
    else this.sparse.add(process);
  }

  /** Answers whether it was there. */
  delete(process: number): boolean {
    if (!this.dense) return this.sparse.delete(process);
    if (this.dense[process] === 0) return false;
    this.dense[process] = 0;
    return true;
  }
}
