import type { Random } from '../kit/random.js';
import type { ScheduledFault } from './plan.js';

/** A kind of fault to schedule, and the target strategies to draw among. */
export interface Schedulable {
  readonly name: string;
  readonly targets: readonly string[];
  /** Time to leave for injecting and healing beyond the fault's own, where they are known to be slow. Default 0. */
  readonly roomMs?: number;
}

export interface ScheduleRequest {
  readonly nemeses: readonly Schedulable[];
  /** Node names. */
  readonly nodes: readonly string[];
  /** Length of the faults phase. */
  readonly timeLimitMs: number;
  /** Mean length of a fault. Default 5 s. */
  readonly faultMs?: number;
  /** Mean quiet between two faults. Default 4 s. */
  readonly pauseMs?: number;
  /** Faults in place at once, at most, each of another kind. Default 1. */
  readonly faultsAtOnce?: number;
}

const DEFAULT_FAULT_MS = 5000;
const DEFAULT_PAUSE_MS = 4000;
/** Quiet before the first fault. */
const LEAD_MS = 1000;
/** Injecting and healing take their time too; the last fault is to be healed within the phase all the same. */
const TAIL_MS = 1500;
/** As often should each kind occur; where the time is short, faults and pauses shrink for it, down to this cycle. */
const OCCURRENCES = 2;
const SHORTEST_CYCLE_MS = 4000;
const SHORTEST_FAULT_MS = 1000;

/**
 * Faults over the faults phase, one after the other, or in as many lanes as there may be at once. A kind stays in its
 * lane, so that no two faults of a kind are in place together. Same random source, same schedule.
 */
export function makeSchedule(request: ScheduleRequest, random: Random): readonly ScheduledFault[] {
  const { nemeses, faultsAtOnce = 1 } = request;
  const lanes = Array.from({ length: Math.min(faultsAtOnce, nemeses.length) }, (_, lane) =>
    nemeses.filter((_, at) => at % faultsAtOnce === lane),
  );
  const faults = lanes.flatMap((lane, at) =>
    makeLane({ ...request, nemeses: lane }, at === 0 ? random : random.fork(`lane ${at}`)),
  );
  faults.sort((a, b) => a.atMs - b.atMs);
  return faults.map((fault, at) => ({ ...fault, request: { ...fault.request, id: at + 1 } }));
}

/**
 * Faults one after the other, never two at once. Kinds come in rounds, each round in an order of its own, and so do the
 * targets of a kind: in n rounds each kind occurs n times, and no target again before every other one had its turn.
 */
function makeLane(request: ScheduleRequest, random: Random): readonly ScheduledFault[] {
  const { nemeses, nodes, timeLimitMs } = request;
  const { count, faultMs, pauseMs } = cyclesIn(request);
  const [schedule] = random.draw((dice) => {
    const kinds = rounds(nemeses, (list) => dice.shuffle(list));
    const targets = new Map(nemeses.map(({ name, targets }) => [name, rounds(targets, (list) => dice.shuffle(list))]));
    let roomMs = 0;
    return Array.from({ length: count }, (_, index): ScheduledFault => {
      const { name: kind, roomMs: needed = 0 } = kinds();
      const target = targets.get(kind)!();
      const atMs = Math.round(LEAD_MS + index * (faultMs + pauseMs) + dice.float() * 0.25 * pauseMs + roomMs);
      roomMs += needed;
      const swingMs = 0.25 * Math.min(faultMs, pauseMs) * (2 * dice.float() - 1);
      const forMs = Math.min(Math.round(faultMs + swingMs), timeLimitMs - TAIL_MS - atMs);
      return { request: { id: index + 1, kind, target, order: dice.shuffle(nodes) }, atMs, forMs };
    });
  });
  // Where room was left, the last ones may have been pushed out of the phase.
  return schedule.filter(({ forMs }) => forMs >= 0.5 * Math.min(faultMs, SHORTEST_FAULT_MS));
}

/** How many cycles of fault and pause fit; the last needs no pause after it. */
function cyclesIn({ nemeses, timeLimitMs, faultMs = DEFAULT_FAULT_MS, pauseMs = DEFAULT_PAUSE_MS }: ScheduleRequest) {
  const usableMs = timeLimitMs - LEAD_MS - TAIL_MS;
  const askedMs = faultMs + pauseMs;
  // From the beginning of its cycle to the latest end of a fault: both jitters together take half the pause at most.
  const longestShare = (faultMs + 0.25 * Math.min(faultMs, pauseMs) + 0.25 * pauseMs) / askedMs;
  const wantedMs = usableMs / (OCCURRENCES * Math.max(1, nemeses.length) - 1 + longestShare);
  const cycleMs = Math.min(askedMs, Math.max(wantedMs, SHORTEST_CYCLE_MS));
  // A long pause must not squeeze a short fault to nothing.
  const shortMs = Math.max((faultMs * cycleMs) / askedMs, Math.min(faultMs, SHORTEST_FAULT_MS));
  const quietMs = cycleMs - shortMs;
  const longestMs = shortMs + 0.25 * Math.min(shortMs, quietMs) + 0.25 * quietMs;
  if (usableMs >= longestMs) {
    return { count: 1 + Math.floor((usableMs - longestMs) / cycleMs + 1e-9), faultMs: shortMs, pauseMs: quietMs };
  }
  return { count: Number(usableMs >= SHORTEST_FAULT_MS), faultMs: Math.min(faultMs, usableMs), pauseMs: 0 };
}

/** Goes round and round a list, each round in a new order. */
function rounds<T>(items: readonly T[], shuffle: (items: readonly T[]) => T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = shuffle(items);
    return left.pop()!;
  };
}
