import type { Ability, Cluster } from '../docker/system.js';
import type { Evidence, FaultRequest } from '../harness/history/faults.js';

export interface NemesisContext {
  readonly cluster: Cluster;
  readonly signal?: AbortSignal;
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
   * Gathers the evidence, undoes the fault and verifies by probes that it is gone. Idempotent: a second call answers
   * the same. Never throws for a fault that did not bite; that is what `effective` is for.
   */
  heal(): Promise<HealedFault>;
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
  /** Fewest nodes at which it makes sense. */
  readonly minNodes: number;
  inject(request: FaultRequest, context: NemesisContext): Promise<ActiveFault>;
}
