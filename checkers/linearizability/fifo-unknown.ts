import type { Element, FifoResult, Wrong } from './fifo.js';
import { NEVER } from './partition.js';

/** A dequeue of unknown outcome: it took an element at any time after its call, or none. */
export interface Unknown {
  readonly op: number;
  readonly call: number;
}

interface Taken {
  readonly element: Element;
  /** Event before which the element had left the queue, because one behind it came out by then. */
  readonly deadline: number;
  readonly overtaker: Element;
}

/**
 * Elements that only unknown dequeues can have taken are shared out among them. Those that must have been taken are the
 * ones overtaken: an element enqueued after them came out. Each needs an unknown dequeue of its own, called before the
 * overtaker returned; earliest deadline to earliest call, which succeeds if anything does. If it fails the history is
 * illegal (there are fewer unknown dequeues than overtaken elements by some moment). If it succeeds and nothing else is
 * wrong then, it is legal: that is an execution. Otherwise the rest (elements that must have left because the queue was
 * found empty) is open.
 *
 * @param present elements that certainly were enqueued
 * @param judge the patterns of a history without unknown dequeues
 */
export function shareOut(
  present: readonly Element[],
  unknown: readonly Unknown[],
  judge: (elements: readonly Element[]) => Wrong | undefined,
): FifoResult {
  const taken = overtaken(present).sort((a, b) => a.deadline - b.deadline);
  const byCall = [...unknown].sort((a, b) => a.call - b.call);
  const callOf = new Map<Element, number>();
  for (let at = 0; at < taken.length; at++) {
    const { element, deadline } = taken[at];
    if (at >= byCall.length || byCall[at].call >= deadline) return tooFew(taken.slice(0, at + 1), byCall);
    callOf.set(element, byCall[at].call);
  }
  const shared = present.map((element) => {
    const dequeueCall = callOf.get(element);
    return dequeueCall === undefined ? element : { ...element, dequeueCall };
  });
  return judge(shared) === undefined ? { validity: 'valid' } : { validity: 'open' };
}

/** Elements that nobody is known to have dequeued, though one enqueued after them was. */
function overtaken(present: readonly Element[]): Taken[] {
  const byEnqueue = [...present].sort((a, b) => b.enqueueCall - a.enqueueCall);
  const waiting = present.filter(({ dequeue }) => dequeue === -1).sort((a, b) => b.enqueueReturn - a.enqueueReturn);
  const found: Taken[] = [];
  let passed = 0;
  let overtaker: Element | undefined;
  for (const element of waiting) {
    for (; passed < byEnqueue.length && byEnqueue[passed].enqueueCall > element.enqueueReturn; passed++) {
      const later = byEnqueue[passed];
      if (later.dequeueReturn < (overtaker?.dequeueReturn ?? NEVER)) overtaker = later;
    }
    if (overtaker !== undefined) found.push({ element, deadline: overtaker.dequeueReturn, overtaker });
  }
  return found;
}

function tooFew(taken: readonly Taken[], unknown: readonly Unknown[]): Wrong {
  const { deadline } = taken[taken.length - 1];
  const elements = new Set(taken.flatMap(({ element, overtaker }) => [element, overtaker]));
  const ops = [...elements].flatMap(({ enqueue, dequeue }) => (dequeue === -1 ? [enqueue] : [enqueue, dequeue]));
  const called = unknown.filter(({ call }) => call < deadline).map(({ op }) => op);
  return { validity: 'invalid', event: deadline, ops: [...ops, ...called].sort((a, b) => a - b) };
}
