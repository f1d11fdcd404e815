import type { Json } from '../../harness/history/operation.js';
import { text } from '../models/values.js';
import { shareOut, type Unknown } from './fifo-unknown.js';
import { NEVER, returnsOf, type Partition } from './partition.js';

export type FifoResult =
  | { readonly validity: 'valid' }
  | {
      readonly validity: 'invalid';
      /** Event by which it is. */
      readonly event: number;
      /**
       * Operations that are illegal by themselves. All operations on some elements may always be left out: without them
       * the others are still in the same order. So these prove the whole history illegal.
       */
      readonly ops: readonly number[];
    }
  /** Elements repeat, or what is unknown leaves it open: the general search must decide. */
  | { readonly validity: 'open' };

/** What happened to one element: event positions. */
export interface Element {
  readonly enqueue: number;
  dequeue: number;
  readonly enqueueCall: number;
  enqueueReturn: number;
  dequeueCall: number;
  dequeueReturn: number;
}

/**
 * Linearizability of a FIFO queue whose elements are all different, in O(n log n), by the patterns that make one
 * illegal (Bouajjani, Emmi, Enea & Hamza, "On reducing linearizability to state reachability", 2015; Abdulla et al.
 * 2025): an element is dequeued that was not enqueued before, or twice; two are dequeued against the order of their
 * enqueues (a never dequeued one counts as dequeued after everything); or the queue is found empty although at every
 * moment of that dequeue some element was certainly in it.
 *
 * An unknown enqueue of an element that was dequeued returned before that; of another one, it need not have happened.
 * An unknown dequeue may have taken any element nobody else did: see {@link shareOut}.
 */
export function checkFifo(partition: Partition, enqueue: string): FifoResult {
  const returns = returnsOf(partition);
  const elements = new Map<string, Element>();
  const empties: Empty[] = [];
  const unknownDequeues: Unknown[] = [];
  for (let at = 0; at < partition.events.length; at++) {
    const op = partition.events[at];
    if (op < 0) continue;
    const { f, input, output } = partition.classes[partition.classOf[op]];
    if (f === enqueue) {
      const name = text(input);
      // A dequeue of null could then have taken the element, or have found nothing.
      if (input === null || elements.has(name)) return { validity: 'open' };
      elements.set(name, {
        enqueue: op,
        dequeue: -1,
        enqueueCall: at,
        enqueueReturn: returns[op],
        dequeueCall: NEVER,
        dequeueReturn: NEVER,
      });
    } else if (output === undefined) unknownDequeues.push({ op, call: at });
    else if (output === null) empties.push({ op, call: at, return: returns[op] });
  }
  const wrong = takeOut(partition, returns, elements, enqueue);
  if (wrong !== undefined) return wrong;
  const certain = [...elements.values()].filter(
    ({ enqueueReturn, dequeueCall }) =>
      enqueueReturn !== NEVER && (dequeueCall !== NEVER || unknownDequeues.length === 0),
  );
  const { length } = partition.events;
  const judge = (some: readonly Element[]) => againstOrder(some, length) ?? foundEmpty(some, empties);
  const found = judge(certain);
  if (found !== undefined) return found;
  if (unknownDequeues.length === 0) return { validity: 'valid' };
  const present = [...elements.values()].filter(({ enqueueReturn }) => enqueueReturn !== NEVER);
  return shareOut(present, unknownDequeues, judge);
}

export type Wrong = Extract<FifoResult, { validity: 'invalid' }>;

export interface Empty {
  readonly op: number;
  readonly call: number;
  readonly return: number;
}

export function opsOf(elements: readonly Element[], ...others: readonly number[]): number[] {
  return [...elements.flatMap(({ enqueue, dequeue }) => (dequeue === -1 ? [enqueue] : [enqueue, dequeue])), ...others];
}

/** Joins every dequeue with its enqueue; answers the event at which that is impossible. */
function takeOut(
  partition: Partition,
  returns: Int32Array,
  elements: Map<string, Element>,
  enqueue: string,
): Wrong | undefined {
  for (let at = 0; at < partition.events.length; at++) {
    const op = partition.events[at];
    if (op < 0) continue;
    const { f, output } = partition.classes[partition.classOf[op]];
    if (f === enqueue || output === undefined || output === null) continue;
    const element = elements.get(text(output as Json));
    if (element === undefined) return { validity: 'invalid', event: returns[op], ops: [op] };
    if (element.dequeueCall !== NEVER || returns[op] < element.enqueueCall) {
      return { validity: 'invalid', event: returns[op], ops: opsOf([element], op) };
    }
    element.dequeue = op;
    element.dequeueCall = at;
    element.dequeueReturn = returns[op];
    element.enqueueReturn = Math.min(element.enqueueReturn, returns[op]);
  }
  return undefined;
}

/**
 * Two elements a, b with enqueue(a) before enqueue(b) and dequeue(b) before dequeue(a). One sweep: at the call of
 * enqueue(b) the latest dequeue call of all elements whose enqueue has returned is known.
 */
function againstOrder(elements: readonly Element[], length: number): Wrong | undefined {
  const byReturn = [...elements].sort((a, b) => a.enqueueReturn - b.enqueueReturn);
  const byCall = [...elements].sort((a, b) => a.enqueueCall - b.enqueueCall);
  let entered = 0;
  let latest: Element | undefined;
  for (const element of byCall) {
    while (entered < byReturn.length && byReturn[entered].enqueueReturn < element.enqueueCall) {
      const other = byReturn[entered++];
      if (latest === undefined || other.dequeueCall > latest.dequeueCall) latest = other;
    }
    if (latest === undefined || element.dequeueReturn >= latest.dequeueCall) continue;
    const event = latest.dequeueCall === NEVER ? length - 1 : latest.dequeueCall;
    return { validity: 'invalid', event, ops: opsOf([latest, element]) };
  }
  return undefined;
}

/** A dequeue that found nothing although the intervals in which elements were certainly in cover it without a gap. */
function foundEmpty(elements: readonly Element[], empties: readonly Empty[]): Wrong | undefined {
  const full = elements
    .filter(({ enqueueReturn, dequeueCall }) => enqueueReturn < dequeueCall)
    .sort((a, b) => a.enqueueReturn - b.enqueueReturn);
  // Points lie between events, so that an interval which ends where the next one begins leaves no gap only if they overlap.
  const covers: { from: number; to: number }[] = [];
  for (const { enqueueReturn, dequeueCall } of full) {
    const last = covers[covers.length - 1];
    if (last !== undefined && enqueueReturn < last.to) last.to = Math.max(last.to, dequeueCall);
    else covers.push({ from: enqueueReturn, to: dequeueCall });
  }
  for (const empty of empties) {
    const at = lastFrom(covers, empty.call);
    if (at === -1 || covers[at].to <= empty.return) continue;
    const cover = full.filter((one) => one.enqueueReturn < empty.return && one.dequeueCall > empty.call);
    return { validity: 'invalid', event: empty.return, ops: opsOf(cover, empty.op) };
  }
  return undefined;
}

/** Index of the last cover that begins before an event, or −1. */
function lastFrom(covers: readonly { readonly from: number }[], event: number): number {
  let low = 0;
  let high = covers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (covers[middle].from < event) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
