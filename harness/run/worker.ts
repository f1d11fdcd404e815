import { StrangerError } from '../../docker/system.js';
import type { Client } from '../../workloads/workload.js';
import type { Completion, Invocation } from '../history/operation.js';
import type { Clock } from '../kit/clock.js';
import { checkedCompletion, completionOf, described } from './completion.js';

/** A client on a session of its own. */
export interface Connection {
  readonly client: Client;
  close(): Promise<void>;
}

/** Opens the sessions of a run. */
export interface Connector {
  /** The node a thread's sessions are bound to. */
  nodeOf(thread: number): string | undefined;
  /** Throws a {@link SessionError} when the node does not take a session. */
  open(thread: number, process: number): Promise<Connection>;
}

/** Pause after the first failed opening, and the longest one, ms. */
const BACK_OFF_MS = { first: 50, longest: 1000 } as const;
/** A session on which nothing but errors came back for so long, over so many operations, is replaced. */
const DEAD_SESSION = { errors: 3, forNs: 1e9 } as const;

/**
 * One thread's client: keeps one session for its current process, opens the next one in the background when the process
 * is replaced, and performs one operation at a time.
 *
 * Where no session can be had, the operation fails with `no-session`: nothing was sent, so this is definite. The thread
 * stays available (as in Jepsen), because a generator that waits for all threads must not hang on a dead node, and the
 * history should show what its clients met. Openings back off, so that such failures stay few.
 */
export class Worker {
  private connection: Connection | undefined;
  private opening: Promise<Connection> | undefined;
  private failedOpenings = 0;
  private lastFailureNs = 0;
  /** Changes when the process is replaced or an operation given up: what belongs to an older one is dropped. */
  private epoch = 0;
  private requestSent = false;
  private errors = 0;
  private errorsSinceNs = 0;

  constructor(
    readonly thread: number,
    private process: number,
    private readonly connector: Connector,
    private readonly clock: Clock,
  ) {}

  /** Whether the request of the current operation left: before that, giving up is a definite failure. */
  get sent(): boolean {
    return this.requestSent;
  }

  /** Whether only errors come back, so that a fresh session (and so a fresh process) is due. */
  get exhausted(): boolean {
    return this.errors >= DEAD_SESSION.errors && this.clock.nowNs() - this.errorsSinceNs >= DEAD_SESSION.forNs;
  }

  /** Opens a session now, so that the first operation finds one; quiet when that fails. */
  async prepare(): Promise<void> {
    await this.connected().catch(() => undefined);
  }

  /** Never rejects, except for a malformed answer and that of a stranger. */
  perform(invocation: Invocation): Promise<Completion> {
    this.requestSent = false;
    return this.connection === undefined ? this.connectAndSend(invocation) : this.send(this.connection, invocation);
  }

  /** Drops the operation under way; an answer to it will find nobody. */
  giveUp(): void {
    this.epoch++;
  }

  /** Goes on as another process: the session is closed behind our back, and a new one opened. */
  replace(process: number): void {
    const old = this.connection;
    this.process = process;
    this.giveUp();
    this.errors = 0;
    this.connection = undefined;
    this.opening = undefined;
    void old?.close().catch(() => undefined);
    void this.prepare();
  }

  async close(): Promise<void> {
    const old = this.connection;
    this.giveUp();
    this.connection = undefined;
    this.opening = undefined;
    await old?.close().catch(() => undefined);
  }

  private async connectAndSend(invocation: Invocation): Promise<Completion> {
    const epoch = this.epoch;
    let connection: Connection;
    try {
      connection = await this.connected();
    } catch (error) {
      if (error instanceof StrangerError) throw error;
      return { type: 'fail', error: described('no-session', error) };
    }
    // Given up while waiting for the session: it is recorded as a failure, so it must not be sent any more.
    if (epoch !== this.epoch) return { type: 'fail', error: 'no-session: given up' };
    return this.send(connection, invocation);
  }

  private async send(connection: Connection, invocation: Invocation): Promise<Completion> {
    const epoch = this.epoch;
    let answer: Completion;
    this.requestSent = true;
    try {
      answer = await connection.client.invoke(invocation);
    } catch (error) {
      if (error instanceof StrangerError) throw error;
      if (epoch === this.epoch && this.errors++ === 0) this.errorsSinceNs = this.clock.nowNs();
      return completionOf(error);
    }
    if (epoch === this.epoch) this.errors = 0;
    return checkedCompletion(answer, invocation.f);
  }

  private connected(): Promise<Connection> {
    if (this.connection !== undefined) return Promise.resolve(this.connection);
    this.opening ??= this.open(this.process);
    return this.opening;
  }

  private async open(process: number): Promise<Connection> {
    try {
      if (this.failedOpenings > 0) {
        const backOffMs = Math.min(BACK_OFF_MS.first * 2 ** (this.failedOpenings - 1), BACK_OFF_MS.longest);
        const restMs = backOffMs - (this.clock.nowNs() - this.lastFailureNs) / 1e6;
        if (restMs > 0) await this.clock.sleep(restMs);
      }
      const connection = await this.connector.open(this.thread, process);
      if (process !== this.process || this.opening === undefined) {
        void connection.close().catch(() => undefined);
        throw new Error('the process was replaced while its session was opened');
      }
      this.failedOpenings = 0;
      this.connection = connection;
      return connection;
    } catch (error) {
      if (process === this.process) {
        this.failedOpenings++;
        this.lastFailureNs = this.clock.nowNs();
        this.opening = undefined;
      }
      throw error;
    }
  }
}
