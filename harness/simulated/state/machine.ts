import type { Command, Outcome } from './command.js';
import { Locks } from './locks.js';
import { Queues } from './queues.js';
import type { Store } from './store.js';
import type { Tables } from './tables.js';

/** Where in the log a command stands, and when it is applied, ns. */
export interface Moment {
  readonly index: number;
  readonly timeNs: number;
}

/** The state machine: everything that commands change, in the order of the log. */
export class Machine {
  readonly queues = new Queues();
  readonly locks = new Locks();

  constructor(
    readonly store: Store,
    readonly tables: Tables,
  ) {}

  clear(): void {
    this.store.clear();
    this.queues.clear();
    this.locks.clear();
    this.tables.clear();
  }

  apply(command: Command, { index, timeNs }: Moment): Outcome {
    switch (command.kind) {
      case 'kv':
        return this.store.apply(command, timeNs);
      case 'queue':
        return this.queues.apply(command);
      case 'lock':
        return this.locks.apply(command, index);
      case 'commit':
        return this.tables.commit(command, index, timeNs);
      case 'table':
        return this.tables.create(command, index);
      case 'index':
        return index;
    }
  }
}
