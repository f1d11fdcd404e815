import { NONE } from '../../harness/history/history.js';
import { INITIAL, NEVER, type RegisterLog, type RegisterOperation } from './register-log.js';

/**
 * Which versions certainly came after which: one whose write began when the other had taken effect. Among those the one
 * that took effect first is the version's replacement; following replacements gives the longest run of writes one after
 * the other, as choosing the earliest end always does for disjoint intervals.
 */
export class Succession {
  /** Per version its replacement, or NONE. */
  private readonly next: Int32Array;
  /** Length of the run that begins here. */
  private readonly depth: Int32Array;
  /** A version far along the run, so that counting takes logarithmic time (skew-binary jump pointers, Myers 1983). */
  private readonly jump: Int32Array;
  /** Positions of all invocations of writes, and of their completions (unknown ones never complete), ascending. */
  private readonly begins: Int32Array;
  private readonly ends: Int32Array;

  /** @param done per version, by when it had taken effect; NEVER for one that may not have. */
  constructor(
    log: RegisterLog,
    private readonly done: Int32Array,
  ) {
    const { versions, writers, operations } = log;
    const began = (version: number) => operations[writers[version]].invoked;
    // One that had taken effect before it began is nonsense, and would be its own replacement.
    const certain = Array.from({ length: versions - 1 }, (_, at) => at + 1).filter(
      (at) => done[at] !== NEVER && done[at] > began(at),
    );
    this.next = new Int32Array(versions).fill(NONE);
    this.depth = new Int32Array(versions);
    this.jump = new Int32Array(versions).fill(NONE);
    const earliest = suffixEarliest(certain, done);
    // A replacement took effect later than what it replaces: going back in time, it is complete before it is needed.
    const late = [INITIAL, ...certain].sort((a, b) => done[b] - done[a]);
    for (const version of late) {
      const first = firstAfter(certain, done[version], began);
      const next = first === certain.length ? NONE : earliest[first];
      this.next[version] = next;
      this.depth[version] = next === NONE ? 1 : this.depth[next] + 1;
      this.jump[version] = next === NONE ? NONE : this.jumpOver(next);
    }
    this.begins = Int32Array.from(writers.subarray(1), (writer) => operations[writer].invoked);
    this.ends = Int32Array.from(writers.subarray(1), (writer) => operations[writer].completed).sort();
  }

  /** The earliest version that came after it, if it was there by a position. */
  replacementBefore(version: number, position: number): number | undefined {
    const next = this.next[version];
    return next === NONE || this.done[next] >= position ? undefined : next;
  }

  /** How many versions of the run from `version` took effect before a position; it is one of them. */
  countBefore(version: number, position: number): number {
    const isDone = (candidate: number) => candidate !== NONE && this.done[candidate] < position;
    let last = version;
    for (;;) {
      if (isDone(this.jump[last])) last = this.jump[last];
      else if (isDone(this.next[last])) last = this.next[last];
      else return this.depth[version] - this.depth[last] + 1;
    }
  }

  /** Whether some other write may have been under way at any time of an operation. */
  overlapsWrite({ invoked, completed, written }: RegisterOperation): boolean {
    const begun = countBelow(this.begins, completed);
    const ended = countBelow(this.ends, invoked);
    return begun - ended > (written === NONE ? 0 : 1);
  }

  private jumpOver(next: number): number {
    const far = this.jump[next];
    if (far === NONE) return next;
    const farther = this.jump[far];
    const depthOf = (version: number) => (version === NONE ? 0 : this.depth[version]);
    return farther !== NONE && depthOf(next) - depthOf(far) === depthOf(far) - depthOf(farther) ? farther : next;
  }
}

/** For each place the version that takes effect first among those from there on; they are in order of invocation. */
function suffixEarliest(versions: readonly number[], done: Int32Array): Int32Array {
  const earliest = new Int32Array(versions.length);
  let best = NONE;
  for (let at = versions.length - 1; at >= 0; at--) {
    if (best === NONE || done[versions[at]] < done[best]) best = versions[at];
    earliest[at] = best;
  }
  return earliest;
}

/** The first place whose version began after a position. */
function firstAfter(versions: readonly number[], position: number, began: (version: number) => number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (began(versions[middle]) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

function countBelow(ascending: Int32Array, position: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
