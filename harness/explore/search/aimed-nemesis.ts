import type { Nemesis } from '../../../nemesis/nemesis.js';
import type { Hit } from './coverage.js';
import type { Aim, Moment } from './idea.js';

/** An injection as it came about. */
export interface Shot {
  /** Of the fault. */
  readonly id: number;
  /** Of the run, ns. */
  readonly time: number;
  readonly order: readonly string[];
  /** Of the nodes that were hit. */
  readonly hits: readonly Hit[];
  /** Of all nodes before the fault was aimed: as faults at random times find them. */
  readonly before: readonly Moment[];
}

/** A fault waits so long for its moment; other faults are not healed meanwhile. */
const PATIENCE_MS = 1200;

/** A nemesis that waits for the moment its fault is aimed at, where the cluster can be looked into; notes what it hit. */
export function aimedNemesis(nemesis: Nemesis, aims: ReadonlyMap<number, Aim>, shots: Shot[]): Nemesis {
  return {
    ...nemesis,
    async inject(request, context) {
      const { phases, virtualClock } = context.cluster;
      const aim = aims.get(request.id);
      const before = phases?.states() ?? [];
      let { order } = request;
      if (aim?.kind === 'moment' && phases !== undefined) {
        const { role, phase } = aim.moment;
        const node = await phases.reached(role, phase, PATIENCE_MS);
        if (node === undefined) throw new Error(`no ${role} came to ${phase} within ${PATIENCE_MS} ms`);
        order = [node, ...order.filter((other) => other !== node)];
      }
      const states = phases?.states() ?? [];
      const time = virtualClock?.nowNs() ?? 0;
      const fault = await nemesis.inject({ ...request, order }, context);
      const hits = states
        .filter(({ node }) => fault.nodes.includes(node))
        .map(({ role, phase }) => ({ kind: request.kind, role, phase, time }));
      shots.push({ id: request.id, time, order, hits, before });
      return fault;
    },
  };
}
