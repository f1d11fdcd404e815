import { expect, it } from 'vitest';
import type { Cluster } from '../../docker/system.js';
import type { Assignment } from './cluster-connector.js';
import { ClusterConnector } from './cluster-connector.js';

it('a session keeps its node while members come and go; the next one is opened on a node that is there', async () => {
  const nodes = ['n1', 'n2', 'n3'].map((name) => ({ name, address: name }));
  const opened: string[] = [];
  const cluster = {
    nodes,
    open: async (_family: string, node: string) => {
      opened.push(node);
      return { close: async () => undefined };
    },
  };
  const assignment = {
    workload: { clients: { kv: { client: () => ({}) } } },
    family: 'kv',
    firstThread: 0,
    concurrency: 3,
  } as unknown as Assignment;
  const connector = new ClusterConnector(cluster as unknown as Cluster, [assignment], 1000);
  expect([0, 1, 2].map((thread) => connector.nodeOf(thread))).toEqual(['n1', 'n2', 'n3']);
  await connector.open(2, 2);
  cluster.nodes = nodes.filter(({ name }) => name !== 'n2');
  expect(connector.nodeOf(2)).toBe('n3');
  await connector.open(2, 5);
  expect(connector.nodeOf(2)).toBe('n1');
  await connector.open(1, 4);
  expect(opened).toEqual(['n3', 'n1', 'n3']);
});
