import type { Cluster, NodeOutage } from '../../docker/system.js';
import { OUTAGE } from '../history/outages.js';
import { recordDoubt } from './doubts.js';
import type { Recorder } from './recorder.js';

export interface OutageScene {
  readonly recorder: Recorder;
  readonly cluster: Cluster;
  /** Names of the nodes when the run began. */
  readonly nodes: readonly string[];
}

/**
 * Records every node that does not serve after everything was healed and waited for: findings about the database, not
 * trouble of the harness. `complaint`: why the cluster was not ready in time, where it was not; it is a doubt about the
 * run where no node can be named for it.
 */
export async function recordOutages(scene: OutageScene, complaint: string | undefined): Promise<void> {
  const { recorder, cluster, nodes } = scene;
  const present = cluster.nodes.map(({ name }) => name);
  const lost = nodes.filter((node) => !present.includes(node));
  const outages: readonly NodeOutage[] = [
    ...lost.map((node) => ({ node, reason: 'no part of the cluster any more', lastLines: [] })),
    ...(complaint === undefined ? [] : ((await cluster.outages?.()) ?? [])),
  ];
  for (const { node, reason, lastLines } of outages) {
    recorder.record({ process: 'nemesis', type: 'info', f: OUTAGE, value: { node, reason, lastLines } });
  }
  if (complaint !== undefined && outages.length === 0) {
    recordDoubt(recorder, `the cluster did not come back after healing: ${complaint}`);
  }
}
