import { Client } from 'undici';
import {
  SessionError,
  StrangerError,
  type KvAction,
  type KvCondition,
  type KvEntry,
  type KvOutcome,
  type KvSession,
} from '../system.js';
import { classifyAnswer, classifyFailure } from './errors.js';
import { compare, encode, entriesOf, keyRange, object, operation, outcomeOf, type JsonObject } from './wire.js';

export type Reads = 'linearizable' | 'serializable';

export interface EtcdSessionOptions {
  readonly timeoutMs: number;
  readonly reads: Reads;
  /** Throws where the header of an answer is a stranger's. */
  readonly checkHeader?: (header: JsonObject) => void;
}

/**
 * A kv session over etcd's JSON gateway: one connection to one node, one request at a time, nothing ever sent twice. A
 * connection that died is made anew for the next request only.
 */
export class EtcdSession implements KvSession {
  private readonly client: Client;
  private readonly serializable: boolean;

  constructor(
    origin: string,
    private readonly options: EtcdSessionOptions,
  ) {
    this.serializable = options.reads === 'serializable';
    this.client = new Client(origin, {
      pipelining: 1,
      // Well before the whole call's time is over, so that it is known that the request never left.
      connect: { timeout: Math.min(1_000, Math.ceil(options.timeoutMs * 0.8)) },
      // The call's own deadline rules, answered as `timeout`.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async get(key: string): Promise<KvEntry | undefined> {
    return this.call('/v3/kv/range', keyRange(key, this.serializable), (answer) => entriesOf(answer)[0]);
  }

  async put(key: string, value: string): Promise<void> {
    return this.call('/v3/kv/put', { key: encode(key), value: encode(value) }, () => undefined);
  }

  async compareAndSet(key: string, from: string, to: string): Promise<boolean> {
    const { succeeded } = await this.transact([{ kind: 'value', key, value: from }], [{ kind: 'put', key, value: to }]);
    return succeeded;
  }

  async transact(
    conditions: readonly KvCondition[],
    then: readonly KvAction[],
    otherwise: readonly KvAction[] = [],
  ): Promise<KvOutcome> {
    if (then.length + otherwise.length === 0) return this.onlyCompare(conditions);
    // Where a branch writes, the whole transaction goes through raft and the flag on its reads must not matter.
    const readOnly = [...then, ...otherwise].every(({ kind }) => kind === 'get' || kind === 'get-prefix');
    const serializable = readOnly && this.serializable;
    const request = {
      compare: conditions.map(compare),
      success: then.map((action) => operation(action, serializable)),
      failure: otherwise.map((action) => operation(action, serializable)),
    };
    return this.call('/v3/kv/txn', request, (answer) => outcomeOf(answer, then, otherwise));
  }

  async close(): Promise<void> {
    await this.client.destroy();
  }

  /**
   * Conditions alone. etcd answers a transaction without operations from the node's own, possibly stale, state: only a
   * linearizable range makes it wait for the leader. So one is sent along, and its result dropped.
   */
  private async onlyCompare(conditions: readonly KvCondition[]): Promise<KvOutcome> {
    const anchor: readonly KvAction[] = [{ kind: 'get', key: conditions[0]?.key ?? 'anchor' }];
    return { succeeded: (await this.transact(conditions, anchor, anchor)).succeeded, results: [] };
  }

  private async call<T>(path: string, request: JsonObject, read: (answer: JsonObject) => T): Promise<T> {
    try {
      const { statusCode, body } = await this.client.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(this.options.timeoutMs),
      });
      const text = await body.text();
      if (statusCode !== 200) throw classifyAnswer(statusCode, text);
      const answer = object(JSON.parse(text));
      // Every answer of the store names its revision; an empty object is not one.
      const header = object(answer['header']);
      this.options.checkHeader?.(header);
      return read(answer);
    } catch (error) {
      if (error instanceof SessionError || error instanceof StrangerError) throw error;
      throw classifyFailure(error);
    }
  }
}
