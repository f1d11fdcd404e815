import type { Chance } from '../chance.js';
import type { Raft } from '../consensus/raft.js';
import type { QueueCommand } from '../state/command.js';
import type { Queues } from '../state/queues.js';
import { ok, type Reply } from './answer.js';

/** Elements that a careless node takes at a time. */
const PREFETCHED = 4;

/** Elements that a node took out of queues before anybody asked for them. They die with its process. */
export class Prefetched {
  private readonly elements = new Map<string, string[]>();

  clear(): void {
    this.elements.clear();
  }

  take(command: QueueCommand, reply: Reply, fetch: (command: QueueCommand, reply: Reply) => void): void {
    const { queue } = command;
    const kept = this.elements.get(queue) ?? [];
    const element = kept.shift();
    if (element !== undefined) {
      reply(ok([element]));
      return;
    }
    const more: QueueCommand = { ...command, action: { kind: 'take', shard: 0, count: PREFETCHED } };
    fetch(more, (answer) => {
      if (answer.kind !== 'ok') {
        reply(answer);
        return;
      }
      const [first, ...others] = answer.outcome as readonly string[];
      this.elements.set(queue, [...(this.elements.get(queue) ?? []), ...others]);
      reply(ok(first === undefined ? [] : [first]));
    });
  }
}

/** Answers the first element at once and has it removed later; until then others are given it too. */
export function dequeueCarelessly({ kind, queue }: QueueCommand, raft: Raft, reply: Reply): void {
  const element = raft.log.machine.queues.head(queue, 0);
  reply(ok(element === undefined ? [] : [element]));
  if (element === undefined) return;
  const removal: QueueCommand = { kind, queue, action: { kind: 'drop', element, shard: 0 } };
  const nothing = () => undefined;
  raft.propose(removal, nothing, nothing);
}

/** Into either half of the queue; out of either half that has something. */
export function sharded(command: QueueCommand, queues: Queues, chance: Chance): QueueCommand {
  const { queue, action } = command;
  const drawn = chance.int(2);
  const empty = action.kind === 'take' && queues.head(queue, drawn) === undefined;
  return { ...command, action: { ...action, shard: empty ? 1 - drawn : drawn } };
}
