import { type LockSession, SessionError } from '../../../docker/system.js';
import type { LockCommand } from '../state/command.js';
import { SimulatedSession } from './session.js';

/** Pause between two attempts to say that the session is over. */
const LEAVE_NS = 300e6;

/**
 * Locks that are held until they are released or their session is closed; no time takes them away. The number of the log
 * entry is the fencing token, so that tokens grow.
 */
export class SimulatedLockSession extends SimulatedSession implements LockSession {
  private readonly held = new Set<string>();
  private asked = false;

  async acquire(lock: string): Promise<{ readonly token?: number } | undefined> {
    this.asked = true;
    this.connection.node.lockLeases.opened(this.connection.id);
    const { held, token } = await this.certain(() => this.ask(this.command({ kind: 'acquire', lock })));
    if (!held) return undefined;
    this.held.add(lock);
    return { token };
  }

  async release(lock: string): Promise<boolean> {
    const { held } = await this.certain(() => this.ask(this.command({ kind: 'release', lock })));
    this.held.delete(lock);
    return held;
  }

  /** Says goodbye to one node after the other until one has heard it. */
  override close(): Promise<void> {
    if (this.asked) this.leave(0);
    this.asked = false;
    return super.close();
  }

  /**
   * While the session holds a lock nothing is a definite failure: the client may be replaced after it, which gives the
   * lock back.
   */
  private async certain<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (this.held.size === 0 || !(error instanceof SessionError) || error.outcome === 'info') throw error;
      throw new SessionError('info', error.code, error.message, { cause: error });
    }
  }

  private leave(attempt: number): void {
    const { node, nodes, network, world } = this.connection;
    let heard = false;
    const to = nodes[(node.id + attempt) % nodes.length];
    network.send(network.clients, to.id, () =>
      to.receive(() =>
        to.requests.serve(this.command({ kind: 'leave' }), ({ kind }) =>
          network.send(to.id, network.clients, () => (heard ||= kind === 'ok')),
        ),
      ),
    );
    world.in(LEAVE_NS, () => {
      if (!heard) this.leave(attempt + 1);
    });
  }

  private command(action: LockCommand['action']): LockCommand {
    return { kind: 'lock', owner: this.connection.id, action };
  }
}
