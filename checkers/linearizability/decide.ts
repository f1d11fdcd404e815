import type { Deadline } from './budget.js';
import { checkChains, isContradiction } from './chains.js';
import { checkFrontier } from './frontier.js';
import { orderByEffects, orderByZones } from './order.js';
import { prepare } from './prepare.js';
import { CAS, type RegisterOperations } from './registers.js';
import { checkZones, hasUniqueValues } from './zones.js';

export type Engine = 'zones' | 'chains' | 'frontier' | 'search' | 'elements' | 'queue' | 'sequence' | 'counter';

/** What an engine found about one independent object. */
export type Decision =
  | {
      readonly validity: 'valid';
      readonly engine: Engine;
      readonly maxConfigurations: number;
      /** Positions in the history of the invocations, in a legal order; when asked for. */
      readonly order?: readonly number[];
    }
  | {
      readonly validity: 'invalid';
      readonly engine: Engine;
      readonly maxConfigurations: number;
      /**
       * Of a register, values whose operations prove it; otherwise operations that do, in order of invocation.
       * Undefined: all operations up to `until`.
       */
      readonly culprits: readonly number[] | undefined;
      /** Position in the history of the event by which the history is illegal. */
      readonly until: number;
    }
  | {
      readonly validity: 'unknown';
      readonly engine: Engine;
      readonly maxConfigurations: number;
      readonly reason: string;
      /** Position in the history before which everything is proven linearizable. */
      readonly provenBefore: number;
    };

/** Judges one register with the quickest engine that is exact for it. */
export function decideRegister(
  raw: RegisterOperations,
  pairs: Int32Array,
  deadline: Deadline,
  order: 'wanted' | 'unwanted' = 'unwanted',
): Decision {
  deadline.check();
  const operations = prepare(raw, deadline);
  const positions = (ops: readonly number[]) => ops.map((op) => operations.invocations[op]);
  if (hasUniqueValues(operations)) {
    const hasCas = operations.kinds.includes(CAS);
    const chains = hasCas ? checkChains(operations, deadline) : checkZones(operations, deadline);
    const engine = hasCas ? 'chains' : 'zones';
    if (chains === undefined || !isContradiction(chains)) {
      const found = order === 'wanted' ? { order: positions(orderByZones(operations, chains)) } : {};
      return { validity: 'valid', engine, maxConfigurations: 1, ...found };
    }
    return {
      validity: 'invalid',
      engine,
      maxConfigurations: 1,
      culprits: chains.values,
      until: positionOf(operations, pairs, chains.event),
    };
  }
  const result = checkFrontier(operations, deadline, order);
  const { maxConfigurations } = result;
  switch (result.validity) {
    case 'valid':
      return {
        validity: 'valid',
        engine: 'frontier',
        maxConfigurations,
        ...(result.effects && { order: positions(orderByEffects(operations, result.effects)) }),
      };
    case 'invalid':
      return {
        validity: 'invalid',
        engine: 'frontier',
        maxConfigurations,
        culprits: undefined,
        until: positionOf(operations, pairs, result.event),
      };
    default:
      return {
        validity: 'unknown',
        engine: 'frontier',
        maxConfigurations,
        reason: result.reason,
        provenBefore: positionOf(operations, pairs, result.provenEvents),
      };
  }
}

/** Position in the history of an event of a register; that of the next real one where it was put in by `prepare`. */
export function positionOf({ events, invocations }: RegisterOperations, pairs: Int32Array, event: number): number {
  for (let at = event; at < events.length; at++) {
    if (events[at] >= 0) return invocations[events[at]];
    const completion = pairs[invocations[~events[at]]];
    if (completion !== -1) return completion;
  }
  return events.length === 0 ? 0 : pairs.length;
}
