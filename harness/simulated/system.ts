import type { System } from '../../docker/system.js';
import { SimulatedCluster } from './cluster.js';
import { behaviourOf, simulatedOptions } from './options.js';

/**
 * A replicated store in this process, on virtual time: consensus, disks, clocks and a network of which the seed decides
 * everything. Correct unless a bug is planted.
 */
export const simulated: System = {
  name: 'simulated',
  summary: 'a replicated store in this process, on virtual time, correct or with a planted bug; needs no Docker',
  families: ['kv'],
  abilities: ['network', 'processes', 'freezer'],
  nodes: { min: 1, max: 9, default: 5 },
  options: simulatedOptions,
  deterministic: true,
  // Whatever bug is planted: that it breaks the promise is the point.
  claims: () => ({
    consistency: 'strict-serializable',
    source: 'harness/simulated: Raft, reads confirmed by a majority',
  }),
  launch({ nodes, options, seed = 0 }) {
    const parsed = simulatedOptions.parse(options);
    const conditions = {
      latencyNs: Math.round(parsed.latency * 1e6),
      lossProbability: parsed.loss,
      reorderProbability: parsed.reorder,
    };
    return Promise.resolve(new SimulatedCluster({ nodes, seed, behaviour: behaviourOf(parsed), conditions }));
  },
};
