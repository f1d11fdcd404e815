import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { StrangerError } from '../system.js';
import { CLIENT_PORT, EtcdAdmin } from './admin.js';
import { ClusterIdentity, clusterId } from './identity.js';
import { EtcdSession } from './session.js';

let stranger: Server | undefined;
afterEach(() => void stranger?.close());

/** An etcd of somebody else, which is glad to answer whatever it is asked. */
async function answering(host: string, port: number, header: object): Promise<number> {
  stranger = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify({ header, leader: '1', version: '3.4.23', kvs: [], members: [] }));
  });
  await new Promise<void>((listening) => stranger!.listen(port, host, listening));
  const address = stranger.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

const nodes = ['127.77.0.10', '127.77.0.11'].map((address, at) => ({ name: `n${at + 1}`, address }));
const identity = () => {
  const made = new ClusterIdentity();
  made.founded('run-1', nodes);
  return made;
};
const OURS = clusterId(
  'run-1',
  nodes.map(({ address }) => `http://${address}:2380`),
);

describe('the identity of a cluster', () => {
  it('goes by token and members, in whichever order', () => {
    const urls = nodes.map(({ address }) => `http://${address}:2380`);
    expect(clusterId('run-1', [...urls].reverse())).toBe(OURS);
    expect(clusterId('run-2', urls)).not.toBe(OURS);
    expect(clusterId('run-1', urls.slice(1))).not.toBe(OURS);
    expect(OURS).toMatch(/^\d{15,20}$/);
  });

  it('is asked of every answer to a session: a stranger’s is none', async () => {
    const port = await answering('127.0.0.1', 0, { cluster_id: '1', revision: '5' });
    const session = new EtcdSession(`http://127.0.0.1:${port}`, {
      timeoutMs: 5_000,
      reads: 'linearizable',
      checkHeader: (header) => identity().check('n1', header),
    });
    await expect(session.get('x')).rejects.toBeInstanceOf(StrangerError);
    await expect(session.put('x', '1')).rejects.toThrow(
      `a stranger answers for n1: it says it belongs to cluster 1, and this run's cluster is ${OURS}`,
    );
    await session.close();
  });

  it.each([[{}], [{ cluster_id: 7 }], [{ cluster_id: '0' }]])('is missing from an answer with header %j', (header) => {
    expect(() => identity().check('n1', header)).toThrow(StrangerError);
  });

  it('is asked while the cluster starts, too: one that is ready and a stranger is not waited for', async () => {
    await answering(nodes[0]!.address, CLIENT_PORT, { cluster_id: '1', member_id: '1' });
    const admin = new EtcdAdmin(identity());
    await expect(admin.missing(nodes[0]!)).rejects.toBeInstanceOf(StrangerError);
    await expect(admin.isLeader(nodes[0]!)).rejects.toBeInstanceOf(StrangerError);
    await admin.close();
  });

  it('lets the run’s own clusters pass: the first, and what a restore founded', async () => {
    const known = identity();
    known.founded('run-1-restored', nodes);
    const urls = nodes.map(({ address }) => `http://${address}:2380`);
    for (const id of [OURS, clusterId('run-1-restored', urls)]) known.check('n1', { cluster_id: id });
  });
});
