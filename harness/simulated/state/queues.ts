import type { QueueCommand } from './command.js';

const NOBODY: readonly string[] = [];

/** Queues by name, first in first out within a shard. */
export class Queues {
  private readonly shards = new Map<string, string[]>();

  clear(): void {
    this.shards.clear();
  }

  /** Answers the elements taken. */
  apply({ queue, action }: QueueCommand): readonly string[] {
    const elements = this.of(queue, action.shard);
    switch (action.kind) {
      case 'enqueue':
        elements.push(action.element);
        return NOBODY;
      case 'take':
        return elements.splice(0, action.count);
      case 'drop': {
        const at = elements.indexOf(action.element);
        if (at >= 0) elements.splice(at, 1);
        return NOBODY;
      }
    }
  }

  /** What would be taken next. */
  head(queue: string, shard: number): string | undefined {
    return this.of(queue, shard).at(0);
  }

  private of(queue: string, shard: number): string[] {
    const name = `${queue}/${shard}`;
    let elements = this.shards.get(name);
    if (elements === undefined) this.shards.set(name, (elements = []));
    return elements;
  }
}
