import type { SessionFamily, System } from '../../docker/system.js';
import type { Level } from './behaviour.js';
import { ABILITIES, SimulatedCluster } from './cluster.js';
import { behaviourOf, preferredFamily, simulatedOptions } from './options.js';

const FAMILIES: readonly SessionFamily[] = ['kv', 'sql', 'queue', 'lock'];

/** Names of the models in the lattice. */
const MODELS: Readonly<Record<Level, string>> = {
  'read-uncommitted': 'read-uncommitted',
  'read-committed': 'read-committed',
  'repeatable-read': 'repeatable-read',
  snapshot: 'snapshot-isolation',
  serializable: 'serializable',
  'strict-serializable': 'strict-serializable',
};

/**
 * A replicated store in this process, on virtual time: consensus, disks, clocks and a network of which the seed decides
 * everything. Correct unless a bug is planted.
 */
export const simulated: System = {
  name: 'simulated',
  summary: 'a replicated store in this process, on virtual time, correct or with a planted bug; needs no Docker',
  families: FAMILIES,
  familiesFor(options) {
    const first = preferredFamily(simulatedOptions.parse(options));
    return [...FAMILIES].sort((a, b) => Number(b === first) - Number(a === first));
  },
  abilities: ABILITIES,
  nodes: { min: 1, max: 9, default: 5 },
  options: simulatedOptions,
  deterministic: true,
  // Whatever bug is planted: that it breaks the promise is the point.
  claims(options) {
    const { isolation } = simulatedOptions.parse(options);
    return {
      consistency: MODELS[isolation],
      source: 'harness/simulated: Raft, reads confirmed by a majority, transactions decided in the order of the log',
    };
  },
  // Statements of a transaction change nothing before its commit: over tables the same codes may be failures.
  indefinite: (options) => (preferredFamily(simulatedOptions.parse(options)) === 'kv' ? ['timeout', 'reset'] : []),
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
