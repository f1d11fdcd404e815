import { createHash } from 'node:crypto';
import { type ClusterNode, StrangerError } from '../system.js';
import { peerOf } from './members.js';
import type { JsonObject } from './wire.js';

/**
 * Whose cluster answers. etcd derives a cluster's id from its token and its first members, and says it in the header of
 * every answer; the token is the run's. So the ids of a run's clusters are known before any of them starts: the first
 * one's, and one for each restore, which founds a new cluster.
 */
export class ClusterIdentity {
  private readonly ids = new Set<string>();

  /** A cluster of this run begins with these members. */
  founded(token: string, members: readonly ClusterNode[]): void {
    this.ids.add(clusterId(token, members.map(peerOf)));
  }

  /** Throws a {@link StrangerError} where an answer's header names a cluster that is none of this run's. */
  check(node: string, header: JsonObject): void {
    const found = header['cluster_id'];
    // Absent where it is zero, which no founded cluster is.
    if (typeof found === 'string' && this.ids.has(found)) return;
    throw new StrangerError(node, `cluster ${typeof found === 'string' ? found : 'none'}`, [...this.ids].join(' or '));
  }
}

/** As etcd computes it (server/etcdserver/api/membership): from sorted ids, each from the peer URL and the token. */
export function clusterId(token: string, peerUrls: readonly string[]): string {
  const ids = peerUrls.map((url) => idOf(Buffer.from(url + token))).sort((a, b) => (a < b ? -1 : 1));
  const bytes = Buffer.alloc(8 * ids.length);
  ids.forEach((id, at) => bytes.writeBigUInt64BE(id, 8 * at));
  return String(idOf(bytes));
}

function idOf(bytes: Uint8Array): bigint {
  return createHash('sha1').update(bytes).digest().readBigUInt64BE(0);
}
