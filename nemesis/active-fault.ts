import type { Evidence } from '../harness/history/faults.js';
import { messageOf } from '../harness/kit/errors.js';
import { boundsOf, eventually, within, type Bounds } from './bounded.js';
import type { ActiveFault, HealedFault, NemesisContext } from './nemesis.js';
import { leadersNow } from './targets.js';

/** What differs from fault to fault; the rest of a healing is the same for all. */
export interface FaultParts {
  readonly description: string;
  readonly nodes: readonly string[];
  readonly leadersBefore: readonly string[];
  /** Measures, with the fault still in place, whether it bites. Every entry must bite for the fault to count. */
  measure(): Promise<readonly Evidence[]>;
  /** Undoes the fault; repeated until {@link verify} is content. */
  undo(): Promise<void>;
  /** Probes for anything left of it. */
  verify(): Promise<readonly Evidence[]>;
}

/** A fault in place, whose healing never throws and never hangs. */
export function activeFault(parts: FaultParts, context: NemesisContext): ActiveFault {
  const bounds = boundsOf(context);
  const measure = () => orTrouble('evidence', within(bounds.callMs, 'measuring', parts.measure(), bounds));
  return {
    description: parts.description,
    nodes: parts.nodes,
    leadersBefore: parts.leadersBefore,
    heal: untilHealed(async (before) => {
      const evidence = before?.evidence ?? (await measure());
      const healing = await undone(parts, bounds);
      const leadersAfter = await leadersNow(context);
      return { evidence, effective: allBit(evidence), healing, healed: allBit(healing), leadersAfter };
    }),
  };
}

/** Heals once however often it is asked, and again only where something was left. */
export function untilHealed(
  heal: (before: HealedFault | undefined) => Promise<HealedFault>,
): () => Promise<HealedFault> {
  let last: HealedFault | undefined;
  let healing: Promise<HealedFault> | undefined;
  const attempt = async () => {
    last = await heal(last);
    if (!last.healed) healing = undefined;
    return last;
  };
  return () => (healing ??= attempt());
}

/**
 * Undoes and verifies until everything is back or `healMs` are over. What counts is what the probes see: an undo that
 * complains (one node of five did not answer) may have done all that was needed, one that succeeds may have done
 * nothing.
 */
function undone(parts: FaultParts, bounds: Bounds): Promise<readonly Evidence[]> {
  const attempt = async (): Promise<readonly Evidence[]> => {
    const undoing = within(bounds.callMs, 'undoing', parts.undo(), bounds);
    const complaints = await orTrouble(
      'undoing the fault',
      undoing.then(() => []),
    );
    const seen = await orTrouble('verifying', within(bounds.callMs, 'verifying', parts.verify(), bounds));
    return allBit(seen) ? seen : [...seen, ...complaints];
  };
  return eventually(bounds.healMs, bounds, attempt, allBit);
}

/** Nothing measured proves nothing. */
const allBit = (evidence: readonly Evidence[]): boolean => evidence.length > 0 && evidence.every(({ bit }) => bit);

/** A measurement that failed is one that did not bite. */
async function orTrouble(what: string, measuring: Promise<readonly Evidence[]>): Promise<readonly Evidence[]> {
  try {
    return await measuring;
  } catch (error) {
    return [{ what, expected: 'no error', measured: messageOf(error), bit: false }];
  }
}

/** Evidence of every node, asked all at once; never rejects, so that one dead node does not silence the others. */
export async function ofEachNode(
  nodes: readonly string[],
  bounds: Bounds,
  look: (node: string, at: number) => Promise<readonly Evidence[]>,
): Promise<readonly Evidence[]> {
  const bounded = (node: string, at: number) => within(bounds.callMs, 'the node', look(node, at), bounds);
  return (await Promise.all(nodes.map((node, at) => orTrouble(`evidence of ${node}`, bounded(node, at))))).flat();
}

/**
 * Injects within `callMs`; on failure undoes whatever part of the fault is in place and passes the failure on: a rule
 * set on three of five nodes must not outlive the attempt. An injection that comes about after its time is undone too.
 */
export async function injectOrUndo(
  bounds: Bounds,
  inject: () => Promise<unknown>,
  undo: () => Promise<void>,
): Promise<void> {
  const attempt = inject();
  try {
    await within(bounds.callMs, 'injecting', attempt, bounds);
  } catch (error) {
    attempt.then(undo).catch(() => undefined);
    const alsoFailed = await within(bounds.callMs, 'undoing', undo(), bounds).then(
      () => '',
      (second: unknown) => `; and undoing what was in place failed: ${messageOf(second)}`,
    );
    throw new Error(`${messageOf(error)}${alsoFailed}`, { cause: error });
  }
}
