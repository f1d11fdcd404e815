import type { KvOutcome } from '../../../docker/system.js';
import { type Command, type KvCommand, type QueueCommand, readsOnly } from '../state/command.js';
import { leaderLost, NO_LEADER, ok, type Reply, UNKNOWN } from './answer.js';
import { checkedEarly } from './checks.js';
import type { Node } from './node.js';
import { dequeueCarelessly, Prefetched, sharded } from './queues.js';

interface Forwarded {
  readonly reply: Reply;
  readonly command: Command;
}

const MS = 1e6;
/** How long a node that sends requests again waits for the leader. */
const RETRY = { afterNs: 12 * MS, times: 3 } as const;
/** Between the writes of a transaction that is torn. */
const TORN_NS = 15 * MS;
/** How far the lagging half of the keys is behind. */
const FORK_NS = 150 * MS;

/** What a node does with requests of clients: most go to the leader, and from there through the log. */
export class Requests {
  private readonly forwarded = new Map<number, Forwarded>();
  private readonly prefetched = new Prefetched();
  private serial = 0;

  constructor(private readonly node: Node) {}

  /** The process is gone. */
  clear(): void {
    this.forwarded.clear();
    this.prefetched.clear();
  }

  serve(command: Command, reply: Reply): void {
    const { order, queues } = this.node.around.behaviour;
    if (command.kind === 'index') this.readIndex(command, reply);
    else if (command.kind === 'kv' && readsOnly(command)) this.read(command, reply);
    else if (command.kind === 'kv' && order === 'clock-timestamps') {
      this.write({ ...command, timestamp: Math.floor(this.node.wallNs() / 1e3) }, reply);
    } else if (command.kind === 'queue' && command.action.kind === 'take' && queues === 'prefetched') {
      this.prefetched.take(command, reply, (more, done) => this.write(more, done));
    } else this.write(command, reply);
  }

  /** From when a reader that lags behind sees a key; undefined where reads do not lag. */
  lagging(): ((key: string) => number) | undefined {
    if (this.node.around.behaviour.reads !== 'forked-state') return undefined;
    const now = this.node.around.world.nowNs();
    return (key) => (this.lags(key) ? now - FORK_NS : now);
  }

  private get store() {
    return this.node.raft.log.machine.store;
  }

  private readIndex(command: Command, reply: Reply): void {
    const { reads } = this.node.around.behaviour;
    if (reads === 'quorum' || reads === 'leader' || reads === 'lease') this.write(command, reply);
    else reply(ok(this.node.raft.log.applied));
  }

  private read(command: KvCommand, reply: Reply): void {
    switch (this.node.around.behaviour.reads) {
      case 'own-state':
        return reply(ok(this.store.read(command)));
      case 'forked-state':
        return reply(ok(this.store.read(command, this.lagging())));
      case 'each-key-anywhere':
        return reply(ok(this.readPiecemeal(command)));
      case 'any-state':
        return this.readAnywhere(command, reply);
      default:
        return this.write(command, reply);
    }
  }

  /** Prefixes are many keys, which are spread over the nodes by their last letter. */
  private readPiecemeal(command: KvCommand): KvOutcome {
    const { peers } = this.node.around;
    const results = command.then.map((action) => {
      const seen = peers.map(
        ({ raft }) => raft.log.machine.store.read({ ...command, conditions: [], then: [action] }).results[0],
      );
      return seen[this.node.id].flatMap(({ key }) => {
        const node = key.charCodeAt(key.length - 1) % peers.length;
        return seen[node].filter((entry) => entry.key === key);
      });
    });
    return { succeeded: true, results };
  }

  private lags(key: string): boolean {
    return (key.charCodeAt(key.length - 1) + this.node.id) % 2 === 0;
  }

  private readAnywhere(command: KvCommand, reply: Reply): void {
    const { peers, chance } = this.node.around;
    const other = peers[chance.int(peers.length)];
    if (other === this.node) {
      reply(ok(this.store.read(command)));
      return;
    }
    this.node.send(other, () => {
      const answer = ok(other.raft.log.machine.store.read(command));
      other.send(this.node, () => reply(answer));
    });
  }

  /** To the leader, wherever it is. */
  private write(command: Command, reply: Reply): void {
    const { leader, role } = this.node.raft;
    if (role === 'leader') this.execute(command, reply);
    else if (leader === -1) reply(NO_LEADER);
    else this.forward(command, reply, 0);
  }

  private forward(command: Command, reply: Reply, attempt: number): void {
    const { leader } = this.node.raft;
    if (leader === -1 || leader === this.node.id) {
      this.forwardLater(command, reply, attempt);
      return;
    }
    const serial = ++this.serial;
    this.forwarded.set(serial, { command, reply });
    const other = this.node.around.peers[leader];
    const answered: Reply = (answer) => {
      other.send(this.node, () => {
        if (this.forwarded.delete(serial)) reply(answer);
      });
    };
    this.node.send(other, () => {
      if (other.raft.role === 'leader') other.requests.execute(command, answered);
      else
        answered({ kind: 'fail', code: 'not-leader', message: 'the node asked leads no more; nothing was proposed' });
    });
    if (this.node.around.behaviour.retries === 'blindly') this.forwardLater(command, reply, attempt, serial);
  }

  /** A request without an answer goes out again, though the first may have been carried out. */
  private forwardLater(command: Command, reply: Reply, attempt: number, serial?: number): void {
    if (attempt >= RETRY.times) return;
    this.node.later(RETRY.afterNs, () => {
      if (serial !== undefined && !this.forwarded.has(serial)) return;
      let open = true;
      const once: Reply = (answer) => {
        if (open) reply(answer);
        open = false;
        if (serial !== undefined) this.forwarded.delete(serial);
      };
      if (this.node.raft.role === 'leader') this.execute(command, once);
      else this.forward(command, once, attempt + 1);
    });
  }

  /** As the leader. */
  private execute(command: Command, reply: Reply): void {
    const { raft, around } = this.node;
    if (readsOnly(command)) {
      const lost = () => reply(UNKNOWN);
      raft.confirm(() => reply(ok(this.answerRead(command))), lost);
    } else if (command.kind === 'kv') this.executeKv(command, reply);
    else if (command.kind === 'queue') this.executeQueue(command, reply);
    else {
      raft.propose(
        command,
        (outcome) => reply(ok(outcome)),
        () => reply(leaderLost(command, around.behaviour)),
      );
    }
  }

  private answerRead(command: Command) {
    const { raft, around } = this.node;
    if (command.kind !== 'kv') return raft.log.commit;
    return (around.behaviour.visible === 'proposed' ? raft.provisional() : this.store).read(command);
  }

  private executeQueue(asked: QueueCommand, reply: Reply): void {
    const { raft, around } = this.node;
    const { queues } = around.behaviour;
    const command = queues === 'sharded' ? sharded(asked, raft.log.machine.queues, around.chance) : asked;
    if (queues === 'handed-out-first' && command.action.kind === 'take') {
      dequeueCarelessly(command, raft, reply);
      return;
    }
    raft.propose(
      command,
      (outcome) => reply(ok(outcome)),
      () => reply(leaderLost(command, around.behaviour)),
    );
  }

  private executeKv(command: KvCommand, reply: Reply): void {
    const { raft, around } = this.node;
    const checked = checkedEarly(command, around.behaviour, this.store);
    const [first, ...others] = checked.then;
    const torn = around.behaviour.transactions === 'torn' && others.length > 0;
    raft.propose(
      torn ? { ...checked, then: [first] } : checked,
      (outcome) => {
        if (!torn || !(outcome as KvOutcome).succeeded) reply(ok(outcome));
        else
          this.node.later(TORN_NS, () =>
            this.finishTorn({ kind: 'kv', conditions: [], then: others, otherwise: [] }, reply),
          );
      },
      () => reply(leaderLost(command, around.behaviour)),
    );
  }

  private finishTorn(rest: KvCommand, reply: Reply): void {
    const { raft, around } = this.node;
    const lost = () => reply(leaderLost(rest, around.behaviour));
    if (raft.role !== 'leader') lost();
    else raft.propose(rest, (outcome) => reply(ok(outcome)), lost);
  }

  /** Requests that went to a leader who is none any more: nobody knows what became of them. */
  leaderChanged(): void {
    if (this.node.around.behaviour.retries === 'blindly') return;
    const lost = [...this.forwarded.values()];
    this.forwarded.clear();
    for (const { reply } of lost) reply(UNKNOWN);
  }
}
