import type { Session } from '../../../docker/system.js';
import type { Call } from '../events.js';
import type { Network } from '../network.js';
import type { Answer, Reply } from '../server/answer.js';
import type { Node } from '../server/node.js';
import type { CommandOf, Outcomes } from '../state/command.js';
import type { World } from '../world.js';
import { failure } from './failure.js';

/** What a session is opened with. */
export interface Connection {
  readonly node: Node;
  /** All nodes, as far as they are known. */
  readonly nodes: readonly Node[];
  readonly world: World;
  readonly network: Network;
  readonly timeoutMs: number;
  /** A number that no other session has. */
  readonly id: number;
  /** The session was closed. */
  readonly forget: (session: SimulatedSession) => void;
}

/** What it means for the operation when a call ends without an answer. */
type Silence = 'info' | 'fail';

/** A client of one node. Each request is a connection of its own, which ends with the node's process or its move. */
export class SimulatedSession implements Session {
  /** Counts calls: what belongs to an earlier one finds nobody. */
  private call = 0;
  private settle: ((answer: Answer<unknown>) => void) | undefined;
  /** When it is too late for an answer. */
  private limit: Call | undefined;
  private closed = false;

  constructor(protected readonly connection: Connection) {}

  close(): Promise<void> {
    this.closed = true;
    this.settle?.({ kind: 'info', code: 'closed', message: 'the session was closed while it waited' });
    this.connection.forget(this);
    return Promise.resolve();
  }

  /** The node's process is gone, and its machine says so. */
  reset(node: Node): void {
    if (node !== this.connection.node) return;
    this.settle?.({ kind: 'info', code: 'reset', message: 'the connection was reset while the request was under way' });
  }

  /** Has the node carry out a command. */
  protected ask<C extends CommandOf<keyof Outcomes>>(command: C): Promise<Outcomes[C['kind']]> {
    return this.request<Outcomes[C['kind']]>((node, reply) => node.requests.serve(command, reply as Reply));
  }

  /**
   * Sends something to the node and waits for the answer. `silence`: what no answer means; `fail` where the request by
   * itself changes nothing.
   */
  protected request<T>(serve: (node: Node, reply: Reply<T>) => void, silence: Silence = 'info'): Promise<T> {
    const { world, node, timeoutMs } = this.connection;
    const call = ++this.call;
    return world.answer<T>((resolve, reject) => {
      const settle = (answer: Answer<T>) => {
        if (call !== this.call) return;
        this.limit?.callOff();
        this.settle = undefined;
        this.call++;
        if (answer.kind === 'ok') resolve(answer.outcome);
        else reject(failure(answer.kind === 'info' ? silence : 'fail', answer.code, answer.message));
      };
      this.settle = settle as (answer: Answer<unknown>) => void;
      if (this.closed) {
        world.in(1, () => settle({ kind: 'fail', code: 'closed', message: 'the session is closed' }));
        return;
      }
      if (node.process === 'dead') {
        this.refuse(settle);
        return;
      }
      this.limit = world.limit(Math.ceil(timeoutMs * 1e6), () =>
        settle({ kind: 'info', code: 'timeout', message: `no answer within ${timeoutMs} ms` }),
      );
      this.send(node, serve, settle);
    });
  }

  /** Sends something and waits for nothing. */
  protected tell(serve: (node: Node) => void): void {
    const { node } = this.connection;
    if (node.process !== 'dead') this.send(node, serve, () => undefined);
  }

  /** The machine without its process refuses; where it cannot be heard, the connection never comes about. */
  private refuse(settle: (answer: Answer<never>) => void): void {
    const { node, network, world, timeoutMs } = this.connection;
    const heard = network.packet(network.clients, node.id) && network.packet(node.id, network.clients);
    const refusal: Answer<never> = heard
      ? { kind: 'fail', code: 'refused', message: 'nobody listens' }
      : { kind: 'fail', code: 'connect-timeout', message: 'no connection in time' };
    world.in(heard ? 2 * network.latency() : Math.ceil(timeoutMs * 1e6), () => settle(refusal));
  }

  private send<T>(node: Node, serve: (node: Node, reply: Reply<T>) => void, settle: Reply<T>): void {
    const { network } = this.connection;
    const { incarnation, place } = node;
    network.send(network.clients, node.id, () => {
      node.receive(() => {
        if (node.incarnation !== incarnation || node.place !== place) return;
        serve(node, (answer) => network.send(node.id, network.clients, () => settle(answer)));
      });
    });
  }
}
