import { UserError } from '../kit/errors.js';
import type { Random } from '../kit/random.js';
import type { ScheduledFault } from './plan.js';

/** A kind of fault to schedule, and the target strategies to draw among. */
export interface Schedulable {
  readonly name: string;
  readonly targets: readonly string[];
  /** Of the targets, those that were asked for by name: each has to have its turn. Absent: any will do. */
  readonly askedTargets?: readonly string[];
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
 *
 * Every kind, and every target that was asked for, has its turn: faults and pauses shrink for it as far as evidence
 * allows. Throws a {@link UserError} with the time that is needed where there is less.
 */
export function makeSchedule(request: ScheduleRequest, random: Random): readonly ScheduledFault[] {
  const { nemeses, faultsAtOnce = 1 } = request;
  const lanes = Array.from({ length: Math.min(faultsAtOnce, nemeses.length) }, (_, lane) =>
    nemeses.filter((_, at) => at % faultsAtOnce === lane),
  );
  const neededMs = Math.max(0, ...lanes.map((lane) => neededIn({ ...request, nemeses: lane })));
  if (neededMs > request.timeLimitMs) throw tooShort(request, neededMs);
  const faults = lanes.flatMap((lane, at) =>
    makeLane({ ...request, nemeses: lane }, at === 0 ? random : random.fork(`lane ${at}`)),
  );
  faults.sort((a, b) => a.atMs - b.atMs);
  return faults.map((fault, at) => ({ ...fault, request: { ...fault.request, id: at + 1 } }));
}

function tooShort({ nemeses, timeLimitMs }: ScheduleRequest, neededMs: number): UserError {
  const count = nemeses.reduce((sum, nemesis) => sum + turnsOf(nemesis), 0);
  const asked = nemeses.map(({ name, askedTargets = [] }) => [name, ...askedTargets].join(':')).join(', ');
  const what =
    count === nemeses.length
      ? `${count} ${count === 1 ? 'kind' : 'kinds'} of faults (${asked})`
      : `${count} kinds of faults with their targets (${asked})`;
  return new UserError(
    `-t ${timeLimitMs / 1000}: ${what} ${count === 1 ? 'needs' : 'need'} at least ${Math.ceil(neededMs / 1000)} s; raise --time-limit or ask for fewer (-n)`,
  );
}

/** Faults of a kind without which not everything that was asked for took place. */
function turnsOf({ askedTargets = [] }: Schedulable): number {
  return Math.max(1, askedTargets.length);
}

/**
 * Faults one after the other, never two at once. What was asked for comes first, then kinds come in rounds, each round in
 * an order of its own, and so do the targets of a kind: in n rounds each kind occurs n times, and no target again before
 * every other one had its turn.
 */
function makeLane(request: ScheduleRequest, random: Random): readonly ScheduledFault[] {
  const { nemeses, nodes, timeLimitMs } = request;
  const { count, faultMs, pauseMs } = cyclesIn(request);
  const [schedule] = random.draw((dice) => {
    const asked = nemeses.flatMap((nemesis) => Array.from({ length: turnsOf(nemesis) }, () => nemesis));
    const kinds = rounds(nemeses, (list) => dice.shuffle(list), asked);
    const targets = new Map(
      nemeses.map((nemesis) => [
        nemesis.name,
        rounds(nemesis.targets, (list) => dice.shuffle(list), nemesis.askedTargets),
      ]),
    );
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

/** A cycle of fault and pause, ms. */
interface Pace {
  readonly cycleMs: number;
  readonly faultMs: number;
  readonly pauseMs: number;
  /** From the beginning of the cycle to the latest end of its fault: both jitters together take half the pause at most. */
  readonly longestMs: number;
}

/** Faults and pauses of the lengths asked for, shrunk to a cycle of this length. */
function paceAt(cycleMs: number, { faultMs = DEFAULT_FAULT_MS, pauseMs = DEFAULT_PAUSE_MS }: ScheduleRequest): Pace {
  // A long pause must not squeeze a short fault to nothing.
  const shortMs = Math.max((faultMs * cycleMs) / (faultMs + pauseMs), Math.min(faultMs, SHORTEST_FAULT_MS));
  const quietMs = cycleMs - shortMs;
  const longestMs = shortMs + 0.25 * Math.min(shortMs, quietMs) + 0.25 * quietMs;
  return { cycleMs, faultMs: shortMs, pauseMs: quietMs, longestMs };
}

const askedCycle = ({ faultMs = DEFAULT_FAULT_MS, pauseMs = DEFAULT_PAUSE_MS }: ScheduleRequest) => faultMs + pauseMs;

/** The shortest cycle whose faults still prove something, and no longer than was asked. */
const leastPace = (request: ScheduleRequest) => paceAt(Math.min(askedCycle(request), SHORTEST_CYCLE_MS), request);

/** What everything that was asked for takes at a pace, when the slowest kinds come first. */
function turnsMs({ nemeses }: ScheduleRequest, { cycleMs, longestMs }: Pace): number {
  const turns = nemeses.reduce((sum, nemesis) => sum + turnsOf(nemesis), 0);
  const rooms = nemeses.flatMap((nemesis) => Array.from({ length: turnsOf(nemesis) }, () => nemesis.roomMs ?? 0));
  const roomMs = rooms.reduce((sum, each) => sum + each, 0) - Math.min(...rooms);
  return (turns - 1) * cycleMs + longestMs + roomMs;
}

/** The shortest phase in which everything that was asked for takes place. */
function neededIn(request: ScheduleRequest): number {
  const { nemeses } = request;
  if (nemeses.length === 0) return 0;
  const leastMs = turnsMs(request, leastPace(request));
  // One fault alone is followed by nothing: it may be as short as a fault can be.
  const alone = nemeses.length === 1 && turnsOf(nemeses[0]) === 1;
  return LEAD_MS + TAIL_MS + (alone ? Math.min(leastMs, SHORTEST_FAULT_MS) : leastMs);
}

/** How many cycles of fault and pause fit; the last needs no pause after it. */
function cyclesIn(request: ScheduleRequest) {
  const { nemeses, timeLimitMs, faultMs = DEFAULT_FAULT_MS } = request;
  const usableMs = timeLimitMs - LEAD_MS - TAIL_MS;
  const askedMs = askedCycle(request);
  const longestShare = paceAt(askedMs, request).longestMs / askedMs;
  const wantedMs = usableMs / (OCCURRENCES * Math.max(1, nemeses.length) - 1 + longestShare);
  const usual = paceAt(Math.min(askedMs, Math.max(wantedMs, SHORTEST_CYCLE_MS)), request);
  const pace = nemeses.length === 0 || turnsMs(request, usual) <= usableMs ? usual : hurried(request, usableMs);
  if (usableMs >= pace.longestMs) {
    return { ...pace, count: 1 + Math.floor((usableMs - pace.longestMs) / pace.cycleMs + 1e-9) };
  }
  return { count: Number(usableMs >= SHORTEST_FAULT_MS), faultMs: Math.min(faultMs, usableMs), pauseMs: 0 };
}

/** The longest cycle, to a millisecond, in which everything that was asked for has its turn. */
function hurried(request: ScheduleRequest, usableMs: number): Pace {
  let pace = leastPace(request);
  let [low, high] = [pace.cycleMs, askedCycle(request)];
  while (high - low > 1) {
    const middle = paceAt((low + high) / 2, request);
    if (turnsMs(request, middle) > usableMs) high = middle.cycleMs;
    else [low, pace] = [middle.cycleMs, middle];
  }
  return pace;
}

/** Goes round and round a list, each round in a new order; those that come `first` make the first round. */
function rounds<T>(items: readonly T[], shuffle: (items: readonly T[]) => T[], first: readonly T[] = []): () => T {
  let left: T[] = [];
  let next = first.length === 0 ? items : first;
  return () => {
    if (left.length === 0) {
      left = shuffle(next);
      next = items;
    }
    return left.pop()!;
  };
}
