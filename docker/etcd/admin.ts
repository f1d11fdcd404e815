import { Agent, request } from 'undici';
import { messageOf } from '../../harness/kit/errors.js';
import { type ClusterNode, StrangerError } from '../system.js';
import type { ClusterIdentity } from './identity.js';
import { encode, object, type JsonObject } from './wire.js';

export const CLIENT_PORT = 2379;
const TIMEOUT_MS = 700;
/** A change of membership is agreed on like a write. */
const CHANGE_TIMEOUT_MS = 5_000;

export interface EtcdMember {
  /** 64 bits, as the decimal text it comes as. */
  readonly id: string;
  /** Empty until it has started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
}

export function originOf(node: ClusterNode): string {
  return `http://${node.address}:${CLIENT_PORT}`;
}

/** What the harness itself asks of etcd, apart from any client session. */
export class EtcdAdmin {
  private readonly agent = new Agent({ connections: 2, keepAliveTimeout: 1_000, connect: { timeout: TIMEOUT_MS } });

  /** With the identity every answer is checked; a system that uses etcd inside itself has none to compare with. */
  constructor(private readonly identity?: ClusterIdentity) {}

  /** Whether the node itself believes to lead. Answered from its own state: a leader cut off may say so for a while. */
  async isLeader(node: ClusterNode): Promise<boolean> {
    const status = await this.post(node, '/v3/maintenance/status', {});
    return leads(status);
  }

  /** What keeps the node from serving: no leader known, or no linearizable read. */
  async missing(node: ClusterNode): Promise<string | undefined> {
    const status = await this.post(node, '/v3/maintenance/status', {}).catch(reasonOf);
    if (typeof status === 'string') return `no answer (${status})`;
    if (!hasLeader(status)) return 'no leader';
    // Goes by the leader and waits until this node has applied all that was committed: it has joined.
    const refusal = await this.post(node, '/v3/kv/range', { key: encode('faultline/ready') }).then(
      () => undefined,
      reasonOf,
    );
    if (refusal !== undefined) return `no linearizable read (${refusal})`;
    return undefined;
  }

  async version(node: ClusterNode): Promise<string> {
    const { version } = await this.post(node, '/v3/maintenance/status', {});
    return typeof version === 'string' ? version : 'unknown';
  }

  /** Members as this node knows them, those announced and not yet started included. */
  async members(node: ClusterNode): Promise<readonly EtcdMember[]> {
    const { members } = await this.post(node, '/v3/cluster/member/list', {}, CHANGE_TIMEOUT_MS);
    if (!Array.isArray(members)) throw new Error('no members in the answer');
    return members.map((entry: unknown) => {
      const { ID, name, peerURLs } = object(entry);
      return { id: String(ID), name: typeof name === 'string' ? name : '', peerUrls: texts(peerURLs) };
    });
  }

  async addMember(node: ClusterNode, peerUrl: string): Promise<void> {
    await this.post(node, '/v3/cluster/member/add', { peerURLs: [peerUrl] }, CHANGE_TIMEOUT_MS);
  }

  async updateMember(node: ClusterNode, id: string, peerUrl: string): Promise<void> {
    await this.post(node, '/v3/cluster/member/update', { ID: id, peerURLs: [peerUrl] }, CHANGE_TIMEOUT_MS);
  }

  async removeMember(node: ClusterNode, id: string): Promise<void> {
    await this.post(node, '/v3/cluster/member/remove', { ID: id }, CHANGE_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async post(node: ClusterNode, path: string, body: JsonObject, timeoutMs = TIMEOUT_MS): Promise<JsonObject> {
    const answer = await request(originOf(node) + path, {
      method: 'POST',
      dispatcher: this.agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${text.slice(0, 200)}`);
    const parsed = object(JSON.parse(text));
    this.identity?.check(node.name, object(parsed['header']));
    return parsed;
  }
}

/** Why there was no answer; a stranger's answer is worse than none. */
function reasonOf(error: unknown): string {
  if (error instanceof StrangerError) throw error;
  return messageOf(error);
}

/** Member ids are 64-bit: compared as the decimal strings they come as. */
export function leads(status: JsonObject): boolean {
  return hasLeader(status) && status['leader'] === object(status['header'])['member_id'];
}

/** Without a leader the field is zero, and so left out. */
export function hasLeader(status: JsonObject): boolean {
  return typeof status['leader'] === 'string' && status['leader'] !== '0';
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
