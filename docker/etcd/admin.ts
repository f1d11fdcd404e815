import { Agent, request } from 'undici';
import { messageOf } from '../../harness/kit/errors.js';
import type { ClusterNode } from '../system.js';
import { encode, object, type JsonObject } from './wire.js';

export const CLIENT_PORT = 2379;
const TIMEOUT_MS = 700;

export function originOf(node: ClusterNode): string {
  return `http://${node.address}:${CLIENT_PORT}`;
}

/** What the harness itself asks of etcd, apart from any client session. */
export class EtcdAdmin {
  private readonly agent = new Agent({ connections: 2, keepAliveTimeout: 1_000, connect: { timeout: TIMEOUT_MS } });

  /** Whether the node itself believes to lead. Answered from its own state: a leader cut off may say so for a while. */
  async isLeader(node: ClusterNode): Promise<boolean> {
    const status = await this.post(node, '/v3/maintenance/status', {});
    return leads(status);
  }

  /** What keeps the node from serving: no leader known, or no linearizable read. */
  async missing(node: ClusterNode): Promise<string | undefined> {
    const status = await this.post(node, '/v3/maintenance/status', {}).catch(messageOf);
    if (typeof status === 'string') return `no answer (${status})`;
    if (!hasLeader(status)) return 'no leader';
    // Goes by the leader and waits until this node has applied all that was committed: it has joined.
    const refusal = await this.post(node, '/v3/kv/range', { key: encode('faultline/ready') }).then(
      () => undefined,
      messageOf,
    );
    if (refusal !== undefined) return `no linearizable read (${refusal})`;
    return undefined;
  }

  async version(node: ClusterNode): Promise<string> {
    const { version } = await this.post(node, '/v3/maintenance/status', {});
    return typeof version === 'string' ? version : 'unknown';
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async post(node: ClusterNode, path: string, body: JsonObject): Promise<JsonObject> {
    const answer = await request(originOf(node) + path, {
      method: 'POST',
      dispatcher: this.agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${text.slice(0, 200)}`);
    return object(JSON.parse(text));
  }
}

/** Member ids are 64-bit: compared as the decimal strings they come as. */
export function leads(status: JsonObject): boolean {
  return hasLeader(status) && status['leader'] === object(status['header'])['member_id'];
}

/** Without a leader the field is zero, and so left out. */
export function hasLeader(status: JsonObject): boolean {
  return typeof status['leader'] === 'string' && status['leader'] !== '0';
}
