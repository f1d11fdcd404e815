import type { NodePhase, NodeRole } from '../../../docker/system.js';
import type { Dice } from '../../kit/random.js';
import type { Schedulable } from '../../run/schedule.js';
import type { ScheduledFault, Trigger } from '../../run/plan.js';

/** A moment in the life of a cluster: what a node is, and what it is busy with. */
export interface Moment {
  readonly role: NodeRole;
  readonly phase: NodePhase;
}

/** When a fault begins, once its turn has come. */
export type Aim =
  /** At once. */
  | { readonly kind: 'blind' }
  /** When a node is at that moment, and on that node. */
  | { readonly kind: 'moment'; readonly moment: Moment }
  /** On clusters that cannot be looked into. */
  | { readonly kind: 'trigger'; readonly trigger: Trigger };

export interface AimedFault {
  readonly kind: string;
  readonly target: string;
  readonly aim: Aim;
  /** Its turn is so long after the fault before began, so that both may be in place, or after all before it ended. */
  readonly follows: 'beginning' | 'end';
  readonly afterMs: number;
  readonly forMs: number;
}

/** What a run is to try. */
export type Idea = readonly AimedFault[];

/** The kinds of fault to search with, and where they may happen. */
export interface SearchSpace {
  readonly nemeses: readonly Schedulable[];
  /** Node names. */
  readonly nodes: readonly string[];
  readonly timeLimitMs: number;
  /** Most faults of one run. */
  readonly faults: number;
}

/** Targets whose first node is the front of the order: what an aim at a node needs. */
const SINGLE: readonly string[] = ['one', 'isolate-one', 'clients-node'];
const FAULT_MS = { least: 300, spread: 2200 } as const;

/** The target by which a kind hits one node that is chosen. */
export function singleTarget({ targets }: Schedulable): string {
  return SINGLE.find((target) => targets.includes(target)) ?? targets[0];
}

export function faultLengthMs(dice: Dice): number {
  return FAULT_MS.least + dice.int(FAULT_MS.spread);
}

/** One of so many that their turns come before the phase ends. */
export function fittingLengthMs({ timeLimitMs, faults }: SearchSpace, dice: Dice): number {
  return FAULT_MS.least + dice.int(Math.min(FAULT_MS.spread, Math.max(1, Math.floor(timeLimitMs / faults))));
}

/** Faults of an idea with their turns as times; turns past the end of the phase do not come. */
export function scheduleOf(idea: Idea, space: SearchSpace, dice: Dice): readonly ScheduledFault[] {
  let atMs = 0;
  let endMs = 0;
  return idea.flatMap(({ kind, target, aim, follows, afterMs, forMs }, at) => {
    atMs = (follows === 'end' ? endMs : atMs) + afterMs;
    endMs = Math.max(endMs, atMs + forMs);
    if (atMs >= space.timeLimitMs) return [];
    const request = { id: at + 1, kind, target, order: dice.shuffle(space.nodes) };
    return [{ request, atMs, forMs, ...(aim.kind === 'trigger' && { trigger: aim.trigger }) }];
  });
}

/** As many faults at times that nothing is known about, as a schedule without a search has them. */
export function blindIdea(space: SearchSpace, dice: Dice): Idea {
  const times = Array.from({ length: space.faults }, () => dice.int(space.timeLimitMs)).sort((a, b) => a - b);
  return times.map((timeMs, at) => {
    const { name, targets } = dice.pick(space.nemeses);
    const afterMs = timeMs - (at === 0 ? 0 : times[at - 1]);
    const turn = { follows: 'beginning', afterMs } as const;
    return { kind: name, target: dice.pick(targets), aim: { kind: 'blind' }, ...turn, forMs: faultLengthMs(dice) };
  });
}
