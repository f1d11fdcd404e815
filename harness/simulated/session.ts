import {
  type KvAction,
  type KvCondition,
  type KvEntry,
  type KvOutcome,
  type KvSession,
  SessionError,
} from '../../docker/system.js';
import type { Answer } from './answer.js';
import type { Network } from './network.js';
import type { Node } from './node.js';
import type { Command } from './store.js';
import type { World } from './world.js';

/** A client of one node. Each request is a connection of its own, which ends with the node's process. */
export class SimulatedSession implements KvSession {
  /** Counts calls: what belongs to an earlier one finds nobody. */
  private call = 0;
  private settle: ((answer: Answer) => void) | undefined;
  private closed = false;

  constructor(
    private readonly node: Node,
    private readonly world: World,
    private readonly network: Network,
    private readonly timeoutMs: number,
    private readonly forget: (session: SimulatedSession) => void,
  ) {}

  async get(key: string): Promise<KvEntry | undefined> {
    const { results } = await this.transact([], [{ kind: 'get', key }]);
    return results[0].at(0);
  }

  async put(key: string, value: string): Promise<void> {
    await this.transact([], [{ kind: 'put', key, value }]);
  }

  async compareAndSet(key: string, from: string, to: string): Promise<boolean> {
    return (await this.transact([{ kind: 'value', key, value: from }], [{ kind: 'put', key, value: to }])).succeeded;
  }

  transact(
    conditions: readonly KvCondition[],
    then: readonly KvAction[],
    otherwise: readonly KvAction[] = [],
  ): Promise<KvOutcome> {
    return this.ask({ conditions, then, otherwise });
  }

  close(): Promise<void> {
    this.closed = true;
    this.settle?.({ kind: 'info', code: 'closed', message: 'the session was closed while it waited' });
    this.forget(this);
    return Promise.resolve();
  }

  /** The node's process is gone, and its machine says so. */
  reset(node: Node): void {
    if (node !== this.node) return;
    this.settle?.({ kind: 'info', code: 'reset', message: 'the connection was reset while the request was under way' });
  }

  private ask(command: Command): Promise<KvOutcome> {
    const call = ++this.call;
    return this.world.answer<KvOutcome>((resolve, reject) => {
      this.settle = (answer) => {
        if (call !== this.call) return;
        this.settle = undefined;
        this.call++;
        if (answer.kind === 'ok') resolve(answer.outcome);
        else reject(new SessionError(answer.kind, answer.code, answer.message));
      };
      const { settle } = this;
      if (this.closed) {
        this.world.in(1, () => settle({ kind: 'fail', code: 'closed', message: 'the session is closed' }));
        return;
      }
      if (this.node.process === 'dead') {
        this.refuse(settle);
        return;
      }
      this.world.in(Math.ceil(this.timeoutMs * 1e6), () =>
        settle({ kind: 'info', code: 'timeout', message: `no answer within ${this.timeoutMs} ms` }),
      );
      this.send(command, settle);
    });
  }

  /** The machine without its process refuses; where it cannot be heard, the connection never comes about. */
  private refuse(settle: (answer: Answer) => void): void {
    const { node, network } = this;
    const heard = network.packet(network.clients, node.id) && network.packet(node.id, network.clients);
    const refusal: Answer = heard
      ? { kind: 'fail', code: 'refused', message: 'nobody listens' }
      : { kind: 'fail', code: 'connect-timeout', message: 'no connection in time' };
    this.world.in(heard ? 2 * network.latency() : Math.ceil(this.timeoutMs * 1e6), () => settle(refusal));
  }

  private send(command: Command, settle: (answer: Answer) => void): void {
    const { node, network } = this;
    const { incarnation } = node;
    network.send(network.clients, node.id, () => {
      node.receive(() => {
        if (node.incarnation !== incarnation) return;
        node.request(command, (answer) => network.send(node.id, network.clients, () => settle(answer)));
      });
    });
  }
}
