import type { z } from 'zod';
import type { Ability, Cluster } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';
import type { Json } from '../harness/history/operation.js';
import type { Clock } from '../harness/kit/clock.js';

/** How long a nemesis waits for anything. Nothing it does is unbounded. */
export interface Limits {
  /** One call of an ability or one question to the cluster. */
  readonly callMs: number;
  /** A call that takes a database's own time: a pod made again, a node joining from nothing, a disk recovering. */
  readonly slowMs: number;
  /** Until an injected fault shows: a killed pid gone, a stopped process in state T. */
  readonly effectMs: number;
  /** Until some node claims to lead, where the target is the leader. */
  readonly leaderMs: number;
  /** Until a fault is proven undone; after that it is reported as not healed. */
  readonly healMs: number;
  /** First pause between two looks; it doubles up to a second. */
  readonly pollMs: number;
}

export interface NemesisContext {
  readonly cluster: Cluster;
  /** Stops an injection that has not happened yet. Healing ignores it. */
  readonly signal?: AbortSignal;
  /** Defaults to {@link DEFAULT_LIMITS}. */
  readonly limits?: Limits;
  /** By which everything waits; by default the real one. */
  readonly clock?: Clock;
  /** Puts a moment on record (nemesis, `info`), at once. */
  readonly mark?: (f: string, value: Json) => void;
}

export const DEFAULT_LIMITS: Limits = {
  callMs: 15_000,
  slowMs: 90_000,
  effectMs: 5_000,
  leaderMs: 5_000,
  healMs: 30_000,
  pollMs: 50,
};

/** For faults whose injection or healing is a matter of the database's own pace. */
export function patient(context: NemesisContext): NemesisContext {
  const { limits = DEFAULT_LIMITS } = context;
  const { slowMs, healMs } = limits;
  return { ...context, limits: { ...limits, callMs: slowMs, healMs: Math.max(slowMs, healMs) } };
}

/** What a healed fault proves: that it bit, and that nothing of it is left. */
export interface HealedFault {
  readonly evidence: readonly Evidence[];
  readonly effective: boolean;
  readonly healing: readonly Evidence[];
  readonly healed: boolean;
  readonly leadersAfter: readonly string[];
}

/** A fault in place. */
export interface ActiveFault {
  /** Plain words: `n1 n2 | n3 n4 n5 cut, both ways`. */
  readonly description: string;
  readonly nodes: readonly string[];
  readonly leadersBefore: readonly string[];
  /**
   * Gathers the evidence, undoes the fault and verifies by probes that it is gone. Never throws for a fault that did
   * not bite; that is what `effective` is for. Idempotent: a second call answers the same, or, where something of the
   * fault was left, tries again to undo it; the evidence stays that of the first call.
   */
  heal(): Promise<HealedFault>;
}

/** What a test offers a nemesis; known before anything is launched. */
export interface Terrain {
  /** Name of the system, for messages. */
  readonly system: string;
  readonly abilities: readonly Ability[];
  readonly nodes: number;
}

/**
 * A family of faults: injection, healing and evidence travel together. One file, one line in the registry.
 * Targets are resolved when the fault is injected (`leader` is whoever leads then); random choices come from
 * `FaultRequest.order`, drawn from the seed when the plan is made.
 */
export interface Nemesis {
  readonly name: string;
  /** One line for `faultline list nemeses` and the docs. */
  readonly summary: string;
  readonly needs: readonly Ability[];
  /** Target strategies it knows; the schedule draws among them. */
  readonly targets: readonly string[];
  /** Target strategies that the schedule never draws: they happen only when asked for by name. */
  readonly targetsOnRequest?: readonly string[];
  /** Of the targets, those that make sense there; absent: all of them. */
  targetsFor?(terrain: Terrain): readonly string[];
  /** Fewest nodes at which it makes sense. */
  readonly minNodes: number;
  /** What injecting and healing take on a real cluster beyond the fault's own time, where that is long. */
  readonly takesMs?: number;
  /** Of `FaultRequest.options`: every one has a default, and a description for the docs. Absent: it takes none. */
  readonly options?: z.ZodObject;
  /**
   * Resolves once the fault is in place. Rejects when it could not be put in place, after undoing whatever part of it
   * was.
   */
  inject(request: FaultRequest, context: NemesisContext): Promise<ActiveFault>;
}
