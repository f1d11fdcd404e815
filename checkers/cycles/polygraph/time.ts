import { NONE } from '../../../harness/history/history.js';
import { OPEN, type Registers } from './registers.js';

/** Orders besides the data that an execution must respect. */
export type TimeOrdering = 'none' | 'process' | 'realtime';

/** When participants took place. */
export type Timed = Pick<Registers, 'length' | 'processes' | 'invokes' | 'completions'>;

/** By participant: the next one of its process, or NONE. An unknown outcome ends a process. */
export function successors({ length, processes, completions }: Timed): Int32Array {
  const successor = new Int32Array(length).fill(NONE);
  const last = new Map<number, number>();
  for (let member = 0; member < length; member++) {
    const previous = last.get(processes[member]);
    if (previous !== undefined) successor[previous] = member;
    if (completions[member] === OPEN) last.delete(processes[member]);
    else last.set(processes[member], member);
  }
  return successor;
}

/** By participant: the first one invoked after its completion, or their number. */
export function followers({ length, invokes, completions }: Timed): Int32Array {
  const follower = new Int32Array(length);
  for (let member = 0; member < length; member++) {
    let low = member;
    let step = 1;
    while (low + step < length && invokes[low + step] < completions[member]) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, length);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (invokes[middle] < completions[member]) low = middle;
      else high = middle;
    }
    follower[member] = completions[member] === OPEN ? length : high;
  }
  return follower;
}

/**
 * Pairs that the order puts one before the other, few enough that all others follow by transitivity: B was invoked after A
 * completed, and nothing invoked in between A's completion and B's invocation completed in between.
 */
export function eachOrdered(registers: Timed, order: TimeOrdering, visit: (a: number, b: number) => void): void {
  if (order === 'none') return;
  if (order === 'process') {
    successors(registers).forEach((next, member) => {
      if (next !== NONE) visit(member, next);
    });
    return;
  }
  const { length, invokes, completions } = registers;
  /** By participant: the earliest completion among it and those invoked later. */
  const earliest = new Int32Array(length + 1).fill(OPEN);
  for (let member = length - 1; member >= 0; member--) {
    earliest[member] = Math.min(earliest[member + 1], completions[member]);
  }
  followers(registers).forEach((follower, member) => {
    for (let next = follower; next < length && invokes[next] < earliest[follower]; next++) visit(member, next);
  });
}
