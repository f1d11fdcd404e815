import type { SessionFamily, SessionsByFamily } from '../../../docker/system.js';
import { SimulatedCluster } from '../cluster.js';
import { behaviourOf, simulatedOptions } from '../options.js';

/** A cluster of five on a network without mishaps. */
export function clusterOf(seed: number, options: Readonly<Record<string, unknown>> = {}): SimulatedCluster {
  return new SimulatedCluster({
    nodes: 5,
    seed,
    behaviour: behaviourOf(simulatedOptions.parse(options)),
    conditions: { latencyNs: 250_000, lossProbability: 0, reorderProbability: 0 },
  });
}

/** Runs it in the cluster's time. */
export function within<T>(on: SimulatedCluster, work: () => Promise<T>): Promise<T> {
  return on.virtualClock.run(work());
}

export function open<F extends SessionFamily>(
  on: SimulatedCluster,
  family: F,
  node: string,
): Promise<SessionsByFamily[F]> {
  return on.open(family, node, { process: 0, timeoutMs: 1000 });
}
